// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// With known statistics it is one factor and one addend for each channel.
// CHECK-LABEL: @batch_normalization
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:{{[^%]*}}%[[M:[^:]+]]:{{[^%]*}}%[[V:[^:]+]]:
// CHECK: %[[EPSILON:.*]] = tile.constant dense<9.99999974E-6>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[V]], %[[EPSILON]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[SQRT:.*]] = tile.elementwise "sqrt"(%[[ADD]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[S]], %[[SQRT]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[M]], %[[DIVIDE]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[B]], %[[MULTIPLY]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[DIVIDE]]
// CHECK-SAME: -> tensor<1x4x1xf32>
// CHECK: %[[MULTIPLY_2:.*]] = tile.elementwise "multiply"(%[[X]], %[[RESHAPE]]) in "f32"
// CHECK-SAME: -> tensor<2x4x5xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[SUBTRACT]]
// CHECK-SAME: -> tensor<1x4x1xf32>
// CHECK: tile.elementwise "add"(%[[MULTIPLY_2]], %[[RESHAPE_2]]) in "f32"
// CHECK-SAME: -> tensor<2x4x5xf32>
func.func @batch_normalization(%x: tensor<2x4x5xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<2x4x5xf32> {
  %y, %rm, %rv = onnx.BatchNormalization %x, %s, %b, %m, %v
      : (tensor<2x4x5xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<2x4x5xf32>, none, none)
  return %y : tensor<2x4x5xf32>
}

// CHECK-LABEL: @layer_normalization
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[NORMALIZATION:.*]] = tile.normalization %[[X]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[NORMALIZATION]], %[[S]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[B]]) in "f32"
func.func @layer_normalization(%x: tensor<2x4x5xf32>, %s: tensor<5xf32>, %b: tensor<5xf32>) -> tensor<2x4x5xf32> {
  %y, %m, %d = onnx.LayerNormalization %x, %s, %b : (tensor<2x4x5xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<2x4x5xf32>, none, none)
  return %y : tensor<2x4x5xf32>
}

// CHECK-LABEL: @rms_normalization
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:
// CHECK: %[[NORMALIZATION:.*]] = tile.normalization %[[X]] {axis = 1 : i64, epsilon = 9.99999974E-6 : f32, subtract_mean = false}
// CHECK: tile.elementwise "multiply"(%[[NORMALIZATION]], %[[S]]) in "f32"
func.func @rms_normalization(%x: tensor<2x4x5xf32>, %s: tensor<4x5xf32>) -> tensor<2x4x5xf32> {
  %y = onnx.RMSNormalization %x, %s {axis = 1 : i64} : (tensor<2x4x5xf32>, tensor<4x5xf32>) -> tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}

// CHECK-LABEL: @instance_normalization
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[NORMALIZATION:.*]] = tile.normalization %[[X]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[S]]
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[B]]
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[NORMALIZATION]], %[[RESHAPE]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[RESHAPE_2]]) in "f32"
func.func @instance_normalization(%x: tensor<2x4x5xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<2x4x5xf32> {
  %y = onnx.InstanceNormalization %x, %s, %b : (tensor<2x4x5xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}

// CHECK-LABEL: @group_normalization
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK: %[[NORMALIZATION:.*]] = tile.normalization %[[RESHAPE]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[NORMALIZATION]]
// CHECK: %[[RESHAPE_3:.*]] = tile.reshape %[[S]]
// CHECK: %[[RESHAPE_4:.*]] = tile.reshape %[[B]]
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[RESHAPE_2]], %[[RESHAPE_3]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[RESHAPE_4]]) in "f32"
func.func @group_normalization(%x: tensor<2x4x5xf32>, %s: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<2x4x5xf32> {
  %y = onnx.GroupNormalization %x, %s, %b {num_groups = 2 : i64} : (tensor<2x4x5xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<2x4x5xf32>
  return %y : tensor<2x4x5xf32>
}

// CHECK-LABEL: @local_response
// CHECK: tile.local_normalization %{{.*}} {bias = 1.000000e+00 : f32, exponent = 2.500000e-01 : f32, scale = 5.000000e-01 : f32, size = 4 : i64}
func.func @local_response(%x: tensor<1x8x3x3xf32>) -> tensor<1x8x3x3xf32> {
  %y = onnx.LRN %x {size = 4 : i64, alpha = 2.0 : f32, beta = 0.25 : f32} : (tensor<1x8x3x3xf32>) -> tensor<1x8x3x3xf32>
  return %y : tensor<1x8x3x3xf32>
}

// A row of norm 0 stays 0.
// CHECK-LABEL: @l1_normalization
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "f32" {element_op = "abs"}
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[EQ:.*]] = tile.elementwise "eq"(%[[SUM]], %[[ZERO]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[EQ]], %[[ONE]], %[[SUM]]) in "f32"
// CHECK: tile.elementwise "divide"(%[[X]], %[[SELECT]]) in "f32"
func.func @l1_normalization(%x: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %y = onnx.LpNormalization %x {p = 1 : i64} : (tensor<4x5xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// CHECK-LABEL: @log_softmax
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.softmax %[[X]] {axis = 0 : i64, logarithm = true}
func.func @log_softmax(%x: tensor<4x5xf16>) -> tensor<4x5xf16> {
  %y = onnx.LogSoftmax %x {axis = 0 : i64} : (tensor<4x5xf16>) -> tensor<4x5xf16>
  return %y : tensor<4x5xf16>
}

// The named operator has f32 arithmetic, so that f64 is taken apart.
// CHECK-LABEL: @softmax_of_f64
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[MAX:.*]] = tile.reduction "max" %[[X]] over [1] in "f64"
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[X]], %[[MAX]]) in "f64"
// CHECK: %[[EXP:.*]] = tile.elementwise "exp"(%[[SUBTRACT]]) in "f64"
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[EXP]] over [1] in "f64"
// CHECK: tile.elementwise "divide"(%[[EXP]], %[[SUM]]) in "f64"
func.func @softmax_of_f64(%x: tensor<4x5xf64>) -> tensor<4x5xf64> {
  %y = onnx.Softmax %x : (tensor<4x5xf64>) -> tensor<4x5xf64>
  return %y : tensor<4x5xf64>
}

// CHECK-LABEL: @hardmax
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ARG_MAX:.*]] = tile.reduction "arg_max" %[[X]] over [1] in "f32"
// CHECK-SAME: -> tensor<4x1xi32>
// CHECK: %[[PLACES:.*]] = tile.constant dense<{{\[\[}}0, 1, 2]]>
// CHECK: tile.elementwise "eq"(%[[PLACES]], %[[ARG_MAX]]) in "i32"
// CHECK-SAME: -> tensor<4x3xf32>
func.func @hardmax(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %y = onnx.Hardmax %x : (tensor<4x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
