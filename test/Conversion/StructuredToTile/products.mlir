// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Bias and activation are applied as the sums leave PSUM: one instruction, and
// no pass over the result.
// CHECK-LABEL: @fuses_bias_and_relu
// CHECK: tile.issue "matmul" on "pe"
// CHECK: tile.issue "{{activate|tensor_scalar}}"
// CHECK-NEXT: tile.issue "dma" on "dma"
// CHECK-NEXT: return
func.func @fuses_bias_and_relu(%x: tensor<1x16x8x8xf32>, %w: tensor<1x1x16x32xf32>, %b: tensor<32x1x1xf32>) -> tensor<1x32x8x8xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x16x8x8xf32>, tensor<1x1x16x32xf32>) -> tensor<1x32x8x8xf32>
  %z = tile.elementwise "add"(%y, %b) in "f32" : (tensor<1x32x8x8xf32>, tensor<32x1x1xf32>) -> tensor<1x32x8x8xf32>
  %r = tile.elementwise "relu"(%z) in "f32" : (tensor<1x32x8x8xf32>) -> tensor<1x32x8x8xf32>
  return %r : tensor<1x32x8x8xf32>
}

// -----

// Padding takes no memory: a tap that reaches into it skips those outputs, and
// the one that covers all of them comes first.
// CHECK-LABEL: @clips_taps_at_the_border
// CHECK-NOT: tile.issue "memset"
// CHECK: tile.issue "matmul" on "pe"
// CHECK-SAME: over 128 x [100]
// CHECK-NOT: flags
// CHECK: tile.issue "matmul" on "pe"
// CHECK-SAME: over 128 x [9, 9]
// CHECK-SAME: flags = 1
// CHECK-NOT: tile.issue "memset"
// CHECK: return
func.func @clips_taps_at_the_border(%x: tensor<1x128x10x10xf32>, %w: tensor<3x3x128x128xf32>) -> tensor<1x128x10x10xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (tensor<1x128x10x10xf32>, tensor<3x3x128x128xf32>) -> tensor<1x128x10x10xf32>
  return %y : tensor<1x128x10x10xf32>
}

// -----

// Groups share the array as blocks of one stationary operand.
// CHECK-LABEL: @blocks_groups
// CHECK: tile.issue "load_stationary" on "pe"
// CHECK-SAME: blockCols = 2
// CHECK-SAME: blockRows = 2
// CHECK: return
func.func @blocks_groups(%x: tensor<1x32x8x8xf32>, %w: tensor<3x3x2x32xf32>) -> tensor<1x32x6x6xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, group = 16 : i64} : (tensor<1x32x8x8xf32>, tensor<3x3x2x32xf32>) -> tensor<1x32x6x6xf32>
  return %y : tensor<1x32x6x6xf32>
}

// -----

// What lies with k innermost is turned on the array.
// CHECK-LABEL: @turns_the_left_operand
// CHECK: tile.issue "transpose" on "pe"
// CHECK: tile.issue "load_stationary" on "pe"
// CHECK: tile.issue "matmul" on "pe"
// CHECK-SAME: over 128 x [512]
// CHECK: return
func.func @turns_the_left_operand(%a: tensor<128x128xf32>, %b: tensor<128x512xf32>) -> tensor<128x512xf32> {
  %c = tile.contract %a, %b : (tensor<128x128xf32>, tensor<128x512xf32>) -> tensor<128x512xf32>
  return %c : tensor<128x512xf32>
}

// -----

// The array multiplies no f64.
// CHECK-LABEL: @multiplies_f64_on_pool
// CHECK-NOT: on "pe"
// CHECK: tile.issue "tensor_tensor" on "pool"
// CHECK: tile.issue "tensor_reduce" on "pool"
// CHECK: return
func.func @multiplies_f64_on_pool(%a: tensor<4x8xf64>, %b: tensor<8x5xf64>) -> tensor<4x5xf64> {
  %c = tile.contract %a, %b : (tensor<4x8xf64>, tensor<8x5xf64>) -> tensor<4x5xf64>
  return %c : tensor<4x5xf64>
}
