// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// A residual is added from PSUM, and the activation writes the narrower type:
// the sums are not stored in between.
// CHECK-LABEL: @adds_a_residual_and_casts
// CHECK: %[[OUT:.*]] = tile.segment "output"
// CHECK: tile.issue "matmul" on "pe"(%[[SUM:[0-9]+]],
// CHECK-NOT: tile.issue "dma" on "dma"(%[[OUT]]
// CHECK: tile.issue "tensor_tensor" on "vec"(%[[ADDED:[0-9]+]], %[[SUM]],
// CHECK-SAME: op0 = "add"
// CHECK: tile.issue "{{activate|tensor_scalar}}" on "{{act|vec}}"(%[[RESULT:[0-9]+]], %[[ADDED]]) [#tile.access<bf16, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>]
// CHECK-SAME: op0 = "relu"
// CHECK-NEXT: tile.issue "dma" on "dma"(%[[OUT]], %[[RESULT]])
// CHECK-NEXT: return
func.func @adds_a_residual_and_casts(%x: tensor<1x128x8x8xf32>, %w: tensor<1x1x128x64xf32>, %r: tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xbf16> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xf32>, tensor<1x1x128x64xf32>) -> tensor<1x64x8x8xf32>
  %s = tile.elementwise "add"(%y, %r) in "f32" : (tensor<1x64x8x8xf32>, tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  %t = tile.elementwise "relu"(%s) in "f32" : (tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xbf16>
  return %t : tensor<1x64x8x8xbf16>
}

// -----

// Sums that something else reads are kept as they are.
// CHECK-LABEL: @leaves_sums_that_are_read
// CHECK: %[[SUMS:.*]] = tile.segment "output" "output0"
// CHECK: tile.issue "matmul" on "pe"
// CHECK-NOT: op0 = "relu"
// CHECK: tile.issue "dma" on "dma"(%[[SUMS]],
// CHECK: op0 = "relu"
// CHECK: return
func.func @leaves_sums_that_are_read(%x: tensor<1x128x8x8xf32>, %w: tensor<1x1x128x64xf32>) -> (tensor<1x64x8x8xf32>, tensor<1x64x8x8xf32>) {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xf32>, tensor<1x1x128x64xf32>) -> tensor<1x64x8x8xf32>
  %t = tile.elementwise "relu"(%y) in "f32" : (tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  return %y, %t : tensor<1x64x8x8xf32>, tensor<1x64x8x8xf32>
}

// -----

// Sums of 16 bits stay in f32 until they are written, so that a residual is
// added as the accumulator leaves PSUM.
// CHECK-LABEL: @adds_a_residual_of_16_bits
// CHECK: tile.issue "scalar_tensor_tensor" on "vec"(%[[SUM:[0-9]+]], {{.*}}#tile.access<f32
// CHECK: tile.issue "{{activate|tensor_scalar}}" on "{{act|vec}}"(%{{[0-9]+}}, %[[SUM]]) [#tile.access<bf16
func.func @adds_a_residual_of_16_bits(%x: tensor<1x128x8x8xbf16>, %w: tensor<1x1x128x64xbf16>, %c: tensor<64x1x1xbf16>, %r: tensor<1x64x8x8xbf16>) -> tensor<1x64x8x8xbf16> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xbf16>, tensor<1x1x128x64xbf16>) -> tensor<1x64x8x8xf32>
  %b = tile.elementwise "add"(%y, %c) in "f32" : (tensor<1x64x8x8xf32>, tensor<64x1x1xbf16>) -> tensor<1x64x8x8xbf16>
  %s = tile.elementwise "add"(%b, %r) in "f32" : (tensor<1x64x8x8xbf16>, tensor<1x64x8x8xbf16>) -> tensor<1x64x8x8xbf16>
  %t = tile.elementwise "relu"(%s) in "f32" : (tensor<1x64x8x8xbf16>) -> tensor<1x64x8x8xbf16>
  return %t : tensor<1x64x8x8xbf16>
}

// -----

// A bias comes in as one row; the array puts it onto the partitions and repeats
// it from there, and no transfer writes it 128 times.
// CHECK-LABEL: @repeats_a_bias_on_the_array
// CHECK: %[[BIAS:.*]] = tile.segment "input" "input2"
// CHECK: tile.issue "dma" on "dma"(%[[ROW:[0-9]+]], %[[BIAS]])
// CHECK-SAME: over 1 x [512]
// CHECK: tile.issue "transpose" on "pe"(%{{[0-9]+}}, %[[ROW]])
// CHECK: tile.issue "transpose" on "pe"({{.*}} #tile.access<bf16, 0, 0, [0]>] over 128 x [100]
// CHECK: tile.issue "matmul" on "pe"
// CHECK-NOT: tile.issue "dma" on "dma"(%{{[0-9]+}}, %[[BIAS]])
// CHECK: return
func.func @repeats_a_bias_on_the_array(%x: tensor<100x128xbf16>, %w: tensor<128x512xbf16>, %b: tensor<512xbf16>) -> tensor<100x512xbf16> {
  %y = tile.contract %x, %w : (tensor<100x128xbf16>, tensor<128x512xbf16>) -> tensor<100x512xbf16>
  %s = tile.elementwise "add"(%y, %b) in "f32" : (tensor<100x512xbf16>, tensor<512xbf16>) -> tensor<100x512xbf16>
  return %s : tensor<100x512xbf16>
}
