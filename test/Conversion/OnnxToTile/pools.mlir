// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Elements in the padding do not count.
// CHECK-LABEL: @counts_what_is_inside
// CHECK: %[[SUM:.*]] = tile.window_reduction "add"
// CHECK: %[[FACTOR:.*]] = tile.constant dense<[5.000000e-01, 0.333333343, 5.000000e-01]>
// CHECK: tile.elementwise "multiply"(%[[SUM]], %[[FACTOR]])
func.func @counts_what_is_inside(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %y = onnx.AveragePool %x {kernel_shape = array<i64: 3>, pads = array<i64: 1, 1>} : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %y : tensor<1x1x3xf32>
}

// CHECK-LABEL: @counts_the_padding
// CHECK: tile.constant dense<0.333333343> : tensor<f32>
func.func @counts_the_padding(%x: tensor<1x1x3xf32>) -> tensor<1x1x3xf32> {
  %y = onnx.AveragePool %x {kernel_shape = array<i64: 3>, pads = array<i64: 1, 1>, count_include_pad = 1 : i64} : (tensor<1x1x3xf32>) -> tensor<1x1x3xf32>
  return %y : tensor<1x1x3xf32>
}

// ceil_mode lets the last window reach past the attribute's padding.
// CHECK-LABEL: @reaches_past_the_end
// CHECK: tile.window_reduction "max"
// CHECK-SAME: pad_high = array<i64: 1>, pad_low = array<i64: 0>
func.func @reaches_past_the_end(%x: tensor<1x1x4xf32>) -> tensor<1x1x2xf32> {
  %none = onnx.none
  %y, %i = onnx.MaxPool %x {kernel_shape = array<i64: 3>, strides = array<i64: 2>, ceil_mode = 1 : i64} : (tensor<1x1x4xf32>) -> (tensor<1x1x2xf32>, none)
  return %y : tensor<1x1x2xf32>
}

// A global pool is a reduction.
// CHECK-LABEL: @global
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.reduction "add" %[[X]] over [2, 3] in "f32"
// CHECK: tile.elementwise "multiply"
func.func @global(%x: tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32> {
  %y = onnx.GlobalAveragePool %x : (tensor<1x8x7x7xf32>) -> tensor<1x8x1x1xf32>
  return %y : tensor<1x8x1x1xf32>
}
