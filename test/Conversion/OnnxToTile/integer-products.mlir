// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// One known zero point is the array's own subtraction.
// CHECK-LABEL: @known_zero_points
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: tile.contract %[[A]], %[[B]] {zero_a = 128 : i64, zero_b = -3 : i64}
// CHECK-SAME: -> tensor<4x3xi32>
func.func @known_zero_points(%a: tensor<4x8xui8>, %b: tensor<8x3xi8>) -> tensor<4x3xi32> {
  %za = onnx.Constant dense<128> : tensor<ui8>
  %zb = onnx.Constant dense<-3> : tensor<i8>
  %y = onnx.MatMulInteger %a, %b, %za, %zb : (tensor<4x8xui8>, tensor<8x3xi8>, tensor<ui8>, tensor<i8>) -> tensor<4x3xi32>
  return %y : tensor<4x3xi32>
}

// A zero point for each column takes the sums of the rows away.
// CHECK-LABEL: @zero_point_for_each_column
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:{{[^%]*}}%[[ZB:[^:]+]]:
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[A]], %[[B]]
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[A]] over [1] in "i32"
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[ZB]], %[[SUM]]) in "i32"
// CHECK: tile.elementwise "subtract"(%[[CONTRACT]], %[[MULTIPLY]]) in "i32"
func.func @zero_point_for_each_column(%a: tensor<4x8xui8>, %b: tensor<8x3xi8>, %zb: tensor<3xi8>) -> tensor<4x3xi32> {
  %none = onnx.none
  %y = onnx.MatMulInteger %a, %b, %none, %zb : (tensor<4x8xui8>, tensor<8x3xi8>, none, tensor<3xi8>) -> tensor<4x3xi32>
  return %y : tensor<4x3xi32>
}

// CHECK-LABEL: @convolution
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[W:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[W]] {dims = array<i64: 2, 1, 0>
// CHECK-SAME: -> tensor<3x2x4xui8>
// CHECK: tile.convolution %[[X]], %[[RESTRIDE]] {dilations = array<i64: 1>, input_dilations = array<i64: 1>, pad_high = array<i64: 0>, pad_low = array<i64: 0>, strides = array<i64: 1>, zero_input = 7 : i64, zero_kernel = 9 : i64}
// CHECK-SAME: -> tensor<1x4x6xi32>
func.func @convolution(%x: tensor<1x2x8xui8>, %w: tensor<4x2x3xui8>) -> tensor<1x4x6xi32> {
  %zx = onnx.Constant dense<7> : tensor<ui8>
  %zw = onnx.Constant dense<9> : tensor<ui8>
  %y = onnx.ConvInteger %x, %w, %zx, %zw : (tensor<1x2x8xui8>, tensor<4x2x3xui8>, tensor<ui8>, tensor<ui8>) -> tensor<1x4x6xi32>
  return %y : tensor<1x4x6xi32>
}

// The sum is scaled, rounded to even, and only then moved to its zero point.
// CHECK-LABEL: @requantizes
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:{{[^%]*}}%[[SA:[^:]+]]:{{[^%]*}}%[[SB:[^:]+]]:{{[^%]*}}%[[SY:[^:]+]]:
// CHECK: %[[POINT:.*]] = tile.constant dense<5>
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[A]], %[[B]]
// CHECK-SAME: -> tensor<4x3xi32>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[SA]], %[[SB]]) in "f32"
// CHECK-SAME: -> tensor<f32>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[MULTIPLY]], %[[SY]]) in "f32"
// CHECK-SAME: -> tensor<f32>
// CHECK: %[[MULTIPLY_2:.*]] = tile.elementwise "multiply"(%[[CONTRACT]], %[[DIVIDE]]) in "f32"
// CHECK-SAME: -> tensor<4x3xf32>
// CHECK: %[[ROUND:.*]] = tile.elementwise "round"(%[[MULTIPLY_2]]) in "f32"
// CHECK-SAME: -> tensor<4x3xf32>
// CHECK: tile.elementwise "add"(%[[ROUND]], %[[POINT]]) in "f32"
// CHECK-SAME: -> tensor<4x3xi8>
func.func @requantizes(%a: tensor<4x8xi8>, %b: tensor<8x3xi8>, %sa: tensor<f32>, %sb: tensor<f32>, %sy: tensor<f32>) -> tensor<4x3xi8> {
  %z = onnx.Constant dense<0> : tensor<i8>
  %zy = onnx.Constant dense<5> : tensor<i8>
  %y = onnx.QLinearMatMul %a, %sa, %z, %b, %sb, %z, %sy, %zy
      : (tensor<4x8xi8>, tensor<f32>, tensor<i8>, tensor<8x3xi8>, tensor<f32>, tensor<i8>, tensor<f32>, tensor<i8>) -> tensor<4x3xi8>
  return %y : tensor<4x3xi8>
}

// CHECK-LABEL: @adds_an_integer_bias
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[W:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[POINT:.*]] = tile.constant dense<3>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[W]] {dims = array<i64: 2, 1, 0>
// CHECK-SAME: -> tensor<3x2x4xi8>
// CHECK: %[[CONVOLUTION:.*]] = tile.convolution %[[X]], %[[RESTRIDE]] {dilations = array<i64: 1>, input_dilations = array<i64: 1>, pad_high = array<i64: 0>, pad_low = array<i64: 0>, strides = array<i64: 1>, zero_input = 3 : i64}
// CHECK-SAME: -> tensor<1x4x6xi32>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[B]]
// CHECK-SAME: -> tensor<1x4x1xi32>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[CONVOLUTION]], %[[RESHAPE]]) in "i32"
// CHECK-SAME: -> tensor<1x4x6xi32>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[S]], %[[S]]) in "f32"
// CHECK-SAME: -> tensor<f32>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[MULTIPLY]], %[[S]]) in "f32"
// CHECK-SAME: -> tensor<f32>
// CHECK: %[[MULTIPLY_2:.*]] = tile.elementwise "multiply"(%[[ADD]], %[[DIVIDE]]) in "f32"
// CHECK-SAME: -> tensor<1x4x6xf32>
// CHECK: %[[ROUND:.*]] = tile.elementwise "round"(%[[MULTIPLY_2]]) in "f32"
// CHECK-SAME: -> tensor<1x4x6xf32>
// CHECK: tile.elementwise "add"(%[[ROUND]], %[[POINT]]) in "f32"
// CHECK-SAME: -> tensor<1x4x6xui8>
func.func @adds_an_integer_bias(%x: tensor<1x2x8xui8>, %w: tensor<4x2x3xi8>, %s: tensor<f32>, %b: tensor<4xi32>) -> tensor<1x4x6xui8> {
  %zx = onnx.Constant dense<3> : tensor<ui8>
  %zw = onnx.Constant dense<0> : tensor<i8>
  %y = onnx.QLinearConv %x, %s, %zx, %w, %s, %zw, %s, %zx, %b
      : (tensor<1x2x8xui8>, tensor<f32>, tensor<ui8>, tensor<4x2x3xi8>, tensor<f32>, tensor<i8>, tensor<f32>, tensor<ui8>, tensor<4xi32>) -> tensor<1x4x6xui8>
  return %y : tensor<1x4x6xui8>
}
