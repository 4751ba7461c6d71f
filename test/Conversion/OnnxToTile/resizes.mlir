// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// A whole factor repeats elements by strides.
// CHECK-LABEL: @nearest_by_a_factor
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK-SAME: -> tensor<1x1x2x1x3xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, 1, 2, -1, 4>
// CHECK-SAME: -> tensor<1x1x2x2x3xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<1x1x4x3xf32>
// CHECK: %[[RESHAPE_3:.*]] = tile.reshape %[[RESHAPE_2]]
// CHECK-SAME: -> tensor<1x1x4x3x1xf32>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[RESHAPE_3]] {dims = array<i64: 0, 1, 2, 3, -1>
// CHECK-SAME: -> tensor<1x1x4x3x2xf32>
// CHECK: tile.reshape %[[RESTRIDE_2]]
// CHECK-SAME: -> tensor<1x1x4x6xf32>
func.func @nearest_by_a_factor(%x: tensor<1x1x2x3xf32>) -> tensor<1x1x4x6xf32> {
  %none = onnx.none
  %s = onnx.Constant dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>
  %y = onnx.Resize %x, %none, %s, %none {mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"} : (tensor<1x1x2x3xf32>, none, tensor<4xf32>, none) -> tensor<1x1x4x6xf32>
  return %y : tensor<1x1x4x6xf32>
}

// CHECK-LABEL: @nearest_shrinks
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1, 2>, starts = array<i64: 0, 0, 0>, steps = array<i64: 1, 1, 2>}
// CHECK-SAME: -> tensor<1x1x4xf32>
func.func @nearest_shrinks(%x: tensor<1x1x8xf32>) -> tensor<1x1x4xf32> {
  %none = onnx.none
  %s = onnx.Constant dense<[1, 1, 4]> : tensor<3xi64>
  %y = onnx.Resize %x, %none, %none, %s {mode = "nearest"} : (tensor<1x1x8xf32>, none, none, tensor<3xi64>) -> tensor<1x1x4xf32>
  return %y : tensor<1x1x4xf32>
}

// Two neighbours of each element, each times its weight.
// CHECK-LABEL: @linear
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0, 1, 2>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[RESTRIDE]] {dims = array<i64: 0, 1, -1>
// CHECK: %[[RESTRIDE_3:.*]] = tile.restride %[[X]] {dims = array<i64: 0, 1, 2>, starts = array<i64: 0, 0, 1>, steps = array<i64: 1, 1, 1>}
// CHECK: %[[ASSEMBLE:.*]] = tile.assemble %[[RESTRIDE_2]], %[[RESTRIDE_3]] {offsets = array<i64: 0, 0, 0, 0, 0, 3>, steps = array<i64: 1, 1, 1, 1, 1, 1>}
// CHECK: %[[LOW_WEIGHTS:.*]] = tile.constant dense<[2.500000e-01, 7.500000e-01, 2.500000e-01, 7.500000e-01]>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[LOW_WEIGHTS]]
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[ASSEMBLE]], %[[RESHAPE]]) in "f32"
// CHECK: %[[RESTRIDE_4:.*]] = tile.restride %[[X]] {dims = array<i64: 0, 1, 2>, starts = array<i64: 0, 0, 1>, steps = array<i64: 1, 1, 1>}
// CHECK: %[[RESTRIDE_5:.*]] = tile.restride %[[RESTRIDE_4]] {dims = array<i64: 0, 1, -1>
// CHECK: %[[ASSEMBLE_2:.*]] = tile.assemble %[[X]], %[[RESTRIDE_5]] {offsets = array<i64: 0, 0, 0, 0, 0, 2>, steps = array<i64: 1, 1, 1, 1, 1, 1>}
// CHECK: %[[HIGH_WEIGHTS:.*]] = tile.constant dense<[7.500000e-01, 2.500000e-01, 7.500000e-01, 2.500000e-01]>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[HIGH_WEIGHTS]]
// CHECK: %[[MULTIPLY_2:.*]] = tile.elementwise "multiply"(%[[ASSEMBLE_2]], %[[RESHAPE_2]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[MULTIPLY_2]]) in "f32"
func.func @linear(%x: tensor<1x1x2xf32>) -> tensor<1x1x4xf32> {
  %none = onnx.none
  %s = onnx.Constant dense<[1, 1, 4]> : tensor<3xi64>
  %y = onnx.Resize %x, %none, %none, %s {mode = "linear"} : (tensor<1x1x2xf32>, none, none, tensor<3xi64>) -> tensor<1x1x4xf32>
  return %y : tensor<1x1x4xf32>
}
