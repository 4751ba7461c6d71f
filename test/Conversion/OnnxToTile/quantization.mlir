// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// The zero point is added after rounding, so that halves go to even; the write
// saturates.
// CHECK-LABEL: @quantizes
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:
// CHECK: %[[POINT:.*]] = tile.constant dense<128>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[X]], %[[S]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[ROUND:.*]] = tile.elementwise "round"(%[[DIVIDE]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: tile.elementwise "add"(%[[ROUND]], %[[POINT]]) in "f32"
// CHECK-SAME: -> tensor<4xui8>
func.func @quantizes(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xui8> {
  %z = onnx.Constant dense<128> : tensor<ui8>
  %y = onnx.QuantizeLinear %x, %s, %z : (tensor<4xf32>, tensor<f32>, tensor<ui8>) -> tensor<4xui8>
  return %y : tensor<4xui8>
}

// Without a zero point the write alone rounds.
// CHECK-LABEL: @quantizes_symmetrically
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:
// CHECK: tile.elementwise "divide"(%[[X]], %[[S]]) in "f32"
// CHECK-SAME: -> tensor<4xi8>
func.func @quantizes_symmetrically(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xi8> {
  %z = onnx.Constant dense<0> : tensor<i8>
  %y = onnx.QuantizeLinear %x, %s, %z : (tensor<4xf32>, tensor<f32>, tensor<i8>) -> tensor<4xi8>
  return %y : tensor<4xi8>
}

// CHECK-LABEL: @dequantizes_each_channel
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:{{[^%]*}}%[[Z:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[Z]]
// CHECK-SAME: -> tensor<1x3x1xi8>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[X]], %[[RESHAPE]]) in "f32"
// CHECK-SAME: -> tensor<2x3x5xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[S]]
// CHECK-SAME: -> tensor<1x3x1xf32>
// CHECK: tile.elementwise "multiply"(%[[SUBTRACT]], %[[RESHAPE_2]]) in "f32"
// CHECK-SAME: -> tensor<2x3x5xf32>
func.func @dequantizes_each_channel(%x: tensor<2x3x5xi8>, %s: tensor<3xf32>, %z: tensor<3xi8>) -> tensor<2x3x5xf32> {
  %y = onnx.DequantizeLinear %x, %s, %z : (tensor<2x3x5xi8>, tensor<3xf32>, tensor<3xi8>) -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// Integers of 32 bits keep their difference exact.
// CHECK-LABEL: @dequantizes_wide
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:
// CHECK: %[[POINT:.*]] = tile.constant dense<3>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[X]], %[[POINT]]) in "i32"
// CHECK-SAME: -> tensor<4xi32>
// CHECK: tile.elementwise "multiply"(%[[SUBTRACT]], %[[S]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
func.func @dequantizes_wide(%x: tensor<4xi32>, %s: tensor<f32>) -> tensor<4xf32> {
  %z = onnx.Constant dense<3> : tensor<i32>
  %y = onnx.DequantizeLinear %x, %s, %z : (tensor<4xi32>, tensor<f32>, tensor<i32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// A scale for each block is repeated over it.
// CHECK-LABEL: @dequantizes_blocks
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[S:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[S]]
// CHECK-SAME: -> tensor<2x1x2xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, -1, 2>
// CHECK-SAME: -> tensor<2x2x2xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<4x2xf32>
// CHECK: tile.elementwise "multiply"(%[[X]], %[[RESHAPE_2]]) in "f32"
// CHECK-SAME: -> tensor<4x2xf32>
func.func @dequantizes_blocks(%x: tensor<4x2xi8>, %s: tensor<2x2xf32>) -> tensor<4x2xf32> {
  %none = onnx.none
  %y = onnx.DequantizeLinear %x, %s, %none {axis = 0 : i64, block_size = 2 : i64} : (tensor<4x2xi8>, tensor<2x2xf32>, none) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}

// The range holds 0, and a range of nothing has the scale 1.
// CHECK-LABEL: @dynamic
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[MIN:.*]] = tile.reduction "min" %[[X]] over [0, 1] in "f32"
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[MIN]]
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MIN_2:.*]] = tile.elementwise "min"(%[[RESHAPE]], %[[ZERO]]) in "f32"
// CHECK: %[[MAX:.*]] = tile.reduction "max" %[[X]] over [0, 1] in "f32"
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[MAX]]
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX_2:.*]] = tile.elementwise "max"(%[[RESHAPE_2]], %[[ZERO_2]]) in "f32"
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[MAX_2]], %[[MIN_2]]) in "f32"
// CHECK: %[[STEPS:.*]] = tile.constant dense<2.550000e+02>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[SUBTRACT]], %[[STEPS]]) in "f32"
// CHECK: %[[ZERO_3:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[EQ:.*]] = tile.elementwise "eq"(%[[SUBTRACT]], %[[ZERO_3]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[EQ]], %[[ONE]], %[[DIVIDE]]) in "f32"
// CHECK: %[[ZERO_4:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[DIVIDE_2:.*]] = tile.elementwise "divide"(%[[MIN_2]], %[[SELECT]]) in "f32"
// CHECK: %[[SUBTRACT_2:.*]] = tile.elementwise "subtract"(%[[ZERO_4]], %[[DIVIDE_2]]) in "f32"
// CHECK: %[[COPY:.*]] = tile.elementwise "copy"(%[[SUBTRACT_2]]) in "f32"
// CHECK: %[[DIVIDE_3:.*]] = tile.elementwise "divide"(%[[X]], %[[SELECT]]) in "f32"
// CHECK: %[[ROUND:.*]] = tile.elementwise "round"(%[[DIVIDE_3]]) in "f32"
// CHECK: tile.elementwise "add"(%[[ROUND]], %[[COPY]]) in "f32"
func.func @dynamic(%x: tensor<4x3xf32>) -> (tensor<4x3xui8>, tensor<f32>, tensor<ui8>) {
  %y, %s, %z = onnx.DynamicQuantizeLinear %x : (tensor<4x3xf32>) -> (tensor<4x3xui8>, tensor<f32>, tensor<ui8>)
  return %y, %s, %z : tensor<4x3xui8>, tensor<f32>, tensor<ui8>
}
