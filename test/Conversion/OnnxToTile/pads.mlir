// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @constant
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.assemble %[[X]] {fill = 7.000000e+00 : f32, offsets = array<i64: 0, 1>, steps = array<i64: 1, 1>}
// CHECK-SAME: -> tensor<2x6xf32>
func.func @constant(%x: tensor<2x3xf32>) -> tensor<2x6xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[1, 2]> : tensor<2xi64>
  %v = onnx.Constant dense<7.0> : tensor<f32>
  %a = onnx.Constant dense<[-1]> : tensor<1xi64>
  %y = onnx.Pad %x, %p, %v, %a : (tensor<2x3xf32>, tensor<2xi64>, tensor<f32>, tensor<1xi64>) -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// Negative pads crop.
// CHECK-LABEL: @crops
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 2>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<3xf32>
// CHECK: tile.assemble %[[RESTRIDE]] {fill = 0.000000e+00 : f32, offsets = array<i64: 0>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<4xf32>
func.func @crops(%x: tensor<5xf32>) -> tensor<4xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[-2, 1]> : tensor<2xi64>
  %y = onnx.Pad %x, %p, %none, %none : (tensor<5xf32>, tensor<2xi64>, none, none) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// A fill that is known only at run time is chosen by a mask.
// CHECK-LABEL: @fill_of_the_run
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[V:[^:]+]]:
// CHECK: %[[INSIDE:.*]] = tile.constant dense<true>
// CHECK: %[[ASSEMBLE:.*]] = tile.assemble %[[INSIDE]] {fill = false, offsets = array<i64: 1>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<5xi1>
// CHECK: %[[ASSEMBLE_2:.*]] = tile.assemble %[[X]] {fill = 0.000000e+00 : f32, offsets = array<i64: 1>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<5xf32>
// CHECK: tile.elementwise "select"(%[[ASSEMBLE]], %[[ASSEMBLE_2]], %[[V]]) in "f32"
// CHECK-SAME: -> tensor<5xf32>
func.func @fill_of_the_run(%x: tensor<3xf32>, %v: tensor<f32>) -> tensor<5xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[1, 1]> : tensor<2xi64>
  %y = onnx.Pad %x, %p, %v, %none : (tensor<3xf32>, tensor<2xi64>, tensor<f32>, none) -> tensor<5xf32>
  return %y : tensor<5xf32>
}

// The other modes are made of runs of the input.
// CHECK-LABEL: @reflect
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 2>, steps = array<i64: -1>}
// CHECK-SAME: -> tensor<3xf32>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 1>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<3xf32>
// CHECK: %[[RESTRIDE_3:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 2>, steps = array<i64: -1>}
// CHECK-SAME: -> tensor<2xf32>
// CHECK: tile.assemble %[[RESTRIDE]], %[[RESTRIDE_2]], %[[RESTRIDE_3]] {offsets = array<i64: 0, 3, 6>, steps = array<i64: 1, 1, 1>}
// CHECK-SAME: -> tensor<8xf32>
func.func @reflect(%x: tensor<4xf32>) -> tensor<8xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[2, 2]> : tensor<2xi64>
  %y = onnx.Pad %x, %p, %none, %none {mode = "reflect"} : (tensor<4xf32>, tensor<2xi64>, none, none) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// CHECK-LABEL: @edge
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0>
// CHECK-SAME: -> tensor<1xf32>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[RESTRIDE]] {dims = array<i64: -1>
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[RESTRIDE_3:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 1>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<3xf32>
// CHECK: tile.assemble %[[RESTRIDE_2]], %[[RESTRIDE_3]] {offsets = array<i64: 0, 4>, steps = array<i64: 1, 1>}
// CHECK-SAME: -> tensor<7xf32>
func.func @edge(%x: tensor<4xf32>) -> tensor<7xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[3, 0]> : tensor<2xi64>
  %y = onnx.Pad %x, %p, %none, %none {mode = "edge"} : (tensor<4xf32>, tensor<2xi64>, none, none) -> tensor<7xf32>
  return %y : tensor<7xf32>
}

// CHECK-LABEL: @wrap
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 3>, steps = array<i64: -3>}
// CHECK-SAME: -> tensor<2xf32>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[X]] {dims = array<i64: 0>, starts = array<i64: 1>, steps = array<i64: 1>}
// CHECK-SAME: -> tensor<3xf32>
// CHECK: %[[RESTRIDE_3:.*]] = tile.restride %[[X]] {dims = array<i64: 0>
// CHECK-SAME: -> tensor<2xf32>
// CHECK: tile.assemble %[[RESTRIDE]], %[[RESTRIDE_2]], %[[RESTRIDE_3]] {offsets = array<i64: 0, 2, 5>, steps = array<i64: 1, 1, 1>}
// CHECK-SAME: -> tensor<7xf32>
func.func @wrap(%x: tensor<4xf32>) -> tensor<7xf32> {
  %none = onnx.none
  %p = onnx.Constant dense<[1, 2]> : tensor<2xi64>
  %y = onnx.Pad %x, %p, %none, %none {mode = "wrap"} : (tensor<4xf32>, tensor<2xi64>, none, none) -> tensor<7xf32>
  return %y : tensor<7xf32>
}

// Around the middle, one dimension cropped and the other padded.
// CHECK-LABEL: @center_crop_pad
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0, 1>, starts = array<i64: 1, 0>, steps = array<i64: 1, 1>}
// CHECK-SAME: -> tensor<2x4xf32>
// CHECK: tile.assemble %[[RESTRIDE]] {fill = 0.000000e+00 : f32, offsets = array<i64: 0, 1>, steps = array<i64: 1, 1>}
// CHECK-SAME: -> tensor<2x7xf32>
func.func @center_crop_pad(%x: tensor<5x4xf32>) -> tensor<2x7xf32> {
  %s = onnx.Constant dense<[2, 7]> : tensor<2xi64>
  %y = onnx.CenterCropPad %x, %s : (tensor<5x4xf32>, tensor<2xi64>) -> tensor<2x7xf32>
  return %y : tensor<2x7xf32>
}
