// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @adds_bias_before_rounding
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[W_IN:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[W:.*]] = tile.restride %[[W_IN]] {dims = array<i64: 2, 3, 1, 0>
// CHECK: %[[SUM:.*]] = tile.convolution %[[X]], %[[W]]
// CHECK-SAME: pad_high = array<i64: 1, 0>, pad_low = array<i64: 1, 0>, strides = array<i64: 2, 1>
// CHECK-SAME: -> tensor<1x4x4x6xf32>
// CHECK: %[[BIAS:.*]] = tile.reshape %[[B]] : tensor<4xf16> -> tensor<1x4x1x1xf16>
// CHECK: tile.elementwise "add"(%[[SUM]], %[[BIAS]]) in "f32"
// CHECK-SAME: -> tensor<1x4x4x6xf16>
func.func @adds_bias_before_rounding(%x: tensor<1x2x8x8xf16>, %w: tensor<4x2x3x3xf16>, %b: tensor<4xf16>) -> tensor<1x4x4x6xf16> {
  %y = onnx.Conv %x, %w, %b {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 0, 1, 0>, strides = array<i64: 2, 1>}
      : (tensor<1x2x8x8xf16>, tensor<4x2x3x3xf16>, tensor<4xf16>) -> tensor<1x4x4x6xf16>
  return %y : tensor<1x4x4x6xf16>
}

// The odd element of the padding is above for SAME_UPPER.
// CHECK-LABEL: @pads_to_same
// CHECK: tile.convolution
// CHECK-SAME: pad_high = array<i64: 1>, pad_low = array<i64: 0>, strides = array<i64: 2>
func.func @pads_to_same(%x: tensor<1x1x8xf32>, %w: tensor<1x1x3xf32>) -> tensor<1x1x4xf32> {
  %none = onnx.none
  %y = onnx.Conv %x, %w, %none {auto_pad = "SAME_UPPER", strides = array<i64: 2>}
      : (tensor<1x1x8xf32>, tensor<1x1x3xf32>, none) -> tensor<1x1x4xf32>
  return %y : tensor<1x1x4xf32>
}

// A transposed convolution spreads the input and flips the kernel.
// CHECK-LABEL: @spreads_and_flips
// CHECK: tile.restride %{{.*}} {dims = array<i64: 3, 1, 0, 2>, starts = array<i64: 0, 0, 0, 2>, steps = array<i64: -1, 1, 1, 1>}
// CHECK: tile.convolution
// CHECK-SAME: group = 2 : i64, input_dilations = array<i64: 2>, pad_high = array<i64: 2>, pad_low = array<i64: 1>, strides = array<i64: 1>
func.func @spreads_and_flips(%x: tensor<1x4x5xf32>, %w: tensor<4x3x3xf32>) -> tensor<1x6x10xf32> {
  %none = onnx.none
  %y = onnx.ConvTranspose %x, %w, %none {group = 2 : i64, strides = array<i64: 2>, pads = array<i64: 1, 1>, output_padding = array<i64: 1>}
      : (tensor<1x4x5xf32>, tensor<4x3x3xf32>, none) -> tensor<1x6x10xf32>
  return %y : tensor<1x6x10xf32>
}
