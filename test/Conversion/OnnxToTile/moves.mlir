// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Pieces of no elements are left out.
// CHECK-LABEL: @concat
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%{{[^:]+}}:{{[^%]*}}%[[C:[^:]+]]:
// CHECK: tile.assemble %[[A]], %[[C]] {offsets = array<i64: 0, 0, 0, 3>, steps = array<i64: 1, 1, 1, 1>}
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x0xf32>, %c: tensor<2x5xf32>) -> tensor<2x8xf32> {
  %y = onnx.Concat %a, %b, %c {axis = -1 : i64} : (tensor<2x3xf32>, tensor<2x0xf32>, tensor<2x5xf32>) -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// CHECK-LABEL: @split
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1>
// CHECK-SAME: -> tensor<2x4xf32>
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1>, starts = array<i64: 0, 4>, steps = array<i64: 1, 1>}
// CHECK-SAME: -> tensor<2x3xf32>
func.func @split(%x: tensor<2x7xf32>) -> (tensor<2x4xf32>, tensor<2x3xf32>) {
  %s = onnx.Constant dense<[4, 3]> : tensor<2xi64>
  %a, %b = onnx.Split %x, %s {axis = 1 : i64} : (tensor<2x7xf32>, tensor<2xi64>) -> (tensor<2x4xf32>, tensor<2x3xf32>)
  return %a, %b : tensor<2x4xf32>, tensor<2x3xf32>
}

// Starts beyond the end are clamped, and a negative step walks back.
// CHECK-LABEL: @slice_backwards
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1>, starts = array<i64: 0, 7>, steps = array<i64: 1, -2>}
// CHECK-SAME: -> tensor<6x4xf32>
func.func @slice_backwards(%x: tensor<6x8xf32>) -> tensor<6x4xf32> {
  %start = onnx.Constant dense<[100]> : tensor<1xi64>
  %end = onnx.Constant dense<[-100]> : tensor<1xi64>
  %axis = onnx.Constant dense<[-1]> : tensor<1xi64>
  %step = onnx.Constant dense<[-2]> : tensor<1xi64>
  %y = onnx.Slice %x, %start, %end, %axis, %step : (tensor<6x8xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// CHECK-LABEL: @lower_triangle
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[KEPT:.*]] = tile.constant dense<{{\[\[}}true, false, false], [true, true, false]]>
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: tile.elementwise "select"(%[[KEPT]], %[[X]], %[[ZERO]]) in "f32"
func.func @lower_triangle(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %none = onnx.none
  %y = onnx.Trilu %x, %none {upper = 0 : i64} : (tensor<2x3xf32>, none) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// Each sequence is reversed up to its own length.
// CHECK-LABEL: @reverses_sequences
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[N:[^:]+]]:
// CHECK: %[[TIME:.*]] = tile.constant dense<{{\[\[}}0], [1], [2], [3]]>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[N]]
// CHECK: %[[ONE:.*]] = tile.constant dense<1>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[RESHAPE]], %[[ONE]]) in "i64"
// CHECK: %[[SUBTRACT_2:.*]] = tile.elementwise "subtract"(%[[SUBTRACT]], %[[TIME]]) in "i64"
// CHECK: %[[LT:.*]] = tile.elementwise "lt"(%[[TIME]], %[[RESHAPE]]) in "i64"
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[LT]], %[[SUBTRACT_2]], %[[TIME]]) in "i64"
// CHECK: tile.take_elements %[[X]], %[[SELECT]] {axis = 0 : i64}
func.func @reverses_sequences(%x: tensor<4x2xf32>, %n: tensor<2xi64>) -> tensor<4x2xf32> {
  %y = onnx.ReverseSequence %x, %n : (tensor<4x2xf32>, tensor<2xi64>) -> tensor<4x2xf32>
  return %y : tensor<4x2xf32>
}
