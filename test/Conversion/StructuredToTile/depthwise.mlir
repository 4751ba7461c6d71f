// RUN: tilicho-opt --split-input-file --convert-structured-to-tile %s | FileCheck %s

// A depthwise convolution's accumulators are shared between the array and vec,
// which adds up in PSUM as well, from +0 and in the same order of taps.

// CHECK-LABEL: @spreads
// CHECK: tile.issue "matmul" on "pe"
// CHECK: tile.issue "dma" on "dma"(%[[WEIGHTS:[0-9]+]], %{{[0-9]+}}) [#tile.access<f32, 0, 0, [1, {{.*}}]>, #tile.access<bf16, 0, 0,
// CHECK: tile.issue "tensor_scalar" on "vec"(%[[SUM:[0-9]+]], %{{[0-9]+}}, %[[WEIGHTS]])
// CHECK-SAME: op0 = "multiply", op1 = "add", s0 = {column = 2 : i64}, s1 = 0.000000e+00
// CHECK-SAME: buffer<psum
// CHECK: tile.issue "scalar_tensor_tensor" on "vec"(%[[SUM]], %{{[0-9]+}}, %[[SUM]], %[[WEIGHTS]])
// CHECK-SAME: op0 = "multiply", op1 = "add"
// CHECK: return
func.func @spreads(%x: tensor<1x64x130x66xbf16>, %w: tensor<3x3x1x64xbf16>) -> tensor<1x64x128x64xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, group = 64 : i64} : (tensor<1x64x130x66xbf16>, tensor<3x3x1x64xbf16>) -> tensor<1x64x128x64xf32>
  return %y : tensor<1x64x128x64xf32>
}

// -----

// The halves of 128 channels leave the array's other regions to a second
// accumulator, whose halves are swapped in PSUM.
// CHECK-LABEL: @crosses_halves
// CHECK: tile.issue "load_stationary" on "pe"(%[[W:[0-9]+]]) [#tile.access<bf16, 0, 0, []>] over 64 x []
// CHECK-NOT: colStart
// CHECK: tile.issue "load_stationary" on "pe"(%[[W]]) [#tile.access<bf16, 64, 0, []>] over 64 x [] {{.*}}colStart = 64
// CHECK: tile.issue "load_stationary" on "pe"(%[[W]]) [#tile.access<bf16, 0, 0, []>] over 64 x [] {{.*}}colStart = 64
// CHECK: tile.issue "load_stationary" on "pe"(%[[W]]) [#tile.access<bf16, 64, 0, []>] over 64 x []
// CHECK: tile.issue "matmul" on "pe"(%[[A:[0-9]+]], %[[X:[0-9]+]]) [#tile.access<f32, 0, 0, [{{.*}}]>, #tile.access<bf16, 0,
// CHECK: tile.issue "matmul" on "pe"(%[[A]], %[[X]]) [#tile.access<f32, 64, 0, [{{.*}}]>, #tile.access<bf16, 64,
// CHECK: tile.issue "matmul" on "pe"(%[[B:[0-9]+]], %[[X]]) [#tile.access<f32, 64, 0, [{{.*}}]>, #tile.access<bf16, 0,
// CHECK: tile.issue "matmul" on "pe"(%[[B]], %[[X]]) [#tile.access<f32, 0, 0, [{{.*}}]>, #tile.access<bf16, 64,
// CHECK: return
func.func @crosses_halves(%x: tensor<1x128x18x34xbf16>, %w: tensor<3x3x1x128xbf16>) -> tensor<1x128x16x32xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, group = 128 : i64} : (tensor<1x128x18x34xbf16>, tensor<3x3x1x128xbf16>) -> tensor<1x128x16x32xf32>
  return %y : tensor<1x128x16x32xf32>
}

// -----

// Integers are added up in i32, which vec does not calculate in.
// CHECK-LABEL: @keeps_integers
// CHECK-NOT: "scalar_tensor_tensor"
// CHECK: return
func.func @keeps_integers(%x: tensor<1x64x66x66xi8>, %w: tensor<3x3x1x64xi8>) -> tensor<1x64x64x64xi32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>, group = 64 : i64} : (tensor<1x64x66x66xi8>, tensor<3x3x1x64xi8>) -> tensor<1x64x64x64xi32>
  return %y : tensor<1x64x64x64xi32>
}
