// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Few channels: the seven rows of a kernel lie side by side on the partitions,
// each copy one row further into the input, so that a column of the kernel is
// one product. The input comes onto the chip once, and the copies are made of
// that. The column that reaches all outputs comes first.
// CHECK-LABEL: @stacks_taps_on_partitions
// CHECK: %[[INPUT:.*]] = tile.segment "input" "input0"
// CHECK: tile.issue "memset" on "{{.*}}"(%[[STACK:[0-9]+]])
// CHECK: tile.issue "dma" on "dma"(%[[ONCE:[0-9]+]], %[[INPUT]]) [#tile.access<f32, 0,
// CHECK-COUNT-7: tile.issue "dma" on "dma"(%[[STACK]], %[[ONCE]])
// CHECK: tile.issue "matmul" on "pe"(%[[SUM:[0-9]+]], %[[STACK]])
// CHECK-SAME: over 21 x [8, 8] {fields = {cols = 64 : i64}}
// CHECK-COUNT-6: tile.issue "matmul" on "pe"(%[[SUM]], %[[STACK]]) {{.*}} flags = 1
// CHECK-NOT: tile.issue "matmul"
// CHECK: return
func.func @stacks_taps_on_partitions(%x: tensor<1x3x16x16xf32>, %w: tensor<7x7x3x64xf32>) -> tensor<1x64x8x8xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 3, 3>, pad_high = array<i64: 2, 2>} : (tensor<1x3x16x16xf32>, tensor<7x7x3x64xf32>) -> tensor<1x64x8x8xf32>
  return %y : tensor<1x64x8x8xf32>
}

// -----

// Spread by two, each tap makes a quarter of the outputs: nothing is multiplied by
// the zeros between the elements, and each phase leaves PSUM for its own places,
// every other row and column.
// CHECK-LABEL: @writes_phases_of_a_spread_input
// CHECK: tile.issue "matmul" on "pe"(%[[PHASE_0:[0-9]+]],
// CHECK: tile.issue {{.*}}(%[[OUT:[0-9]+]], %[[PHASE_0]]) [#tile.access<f32, 0, 0, [32, 2]>
// CHECK: tile.issue "matmul" on "pe"(%[[PHASE_1:[0-9]+]],
// CHECK: tile.issue {{.*}}(%[[OUT]], %[[PHASE_1]]) [#tile.access<f32, 0, 4, [32, 2]>
// CHECK: tile.issue "matmul" on "pe"(%[[PHASE_2:[0-9]+]],
// CHECK: tile.issue {{.*}}(%[[OUT]], %[[PHASE_2]]) [#tile.access<f32, 0, 64, [32, 2]>
// CHECK: tile.issue "matmul" on "pe"(%[[PHASE_3:[0-9]+]],
// CHECK: tile.issue {{.*}}(%[[OUT]], %[[PHASE_3]]) [#tile.access<f32, 0, 68, [32, 2]>
// CHECK-NOT: tile.issue "matmul"
// CHECK: return
func.func @writes_phases_of_a_spread_input(%x: tensor<1x128x8x8xf32>, %w: tensor<2x2x128x64xf32>) -> tensor<1x64x16x16xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 2, 2>, pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (tensor<1x128x8x8xf32>, tensor<2x2x128x64xf32>) -> tensor<1x64x16x16xf32>
  return %y : tensor<1x64x16x16xf32>
}

// -----

// Two groups are two blocks of one product.
// CHECK-LABEL: @blocks_two_groups
// CHECK: tile.issue "load_stationary" on "pe"
// CHECK-SAME: over 64 x [32] {fields = {blockCols = 32 : i64, blockRows = 32 : i64}}
// CHECK: tile.issue "matmul" on "pe"
// CHECK-SAME: over 64 x [64] {fields = {cols = 64 : i64}}
// CHECK-NOT: tile.issue "matmul"
// CHECK: return
func.func @blocks_two_groups(%x: tensor<1x64x8x8xf32>, %w: tensor<1x1x32x64xf32>) -> tensor<1x64x8x8xf32> {
  %y = tile.convolution %x, %w {group = 2 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xf32>, tensor<1x1x32x64xf32>) -> tensor<1x64x8x8xf32>
  return %y : tensor<1x64x8x8xf32>
}

// -----

// The array takes the zero point away, and adds up in integers.
// CHECK-LABEL: @subtracts_the_zero_point
// CHECK: tile.issue "matmul" on "pe"
// CHECK-SAME: [#tile.access<i32, 0, 0, [1]>, #tile.access<i8, 0, 0, [1]>]
// CHECK-SAME: zero = 3
// CHECK: return
func.func @subtracts_the_zero_point(%x: tensor<1x64x8x8xi8>, %w: tensor<1x1x64x64xi8>) -> tensor<1x64x8x8xi32> {
  %y = tile.convolution %x, %w {zero_input = 3 : i64, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xi8>, tensor<1x1x64x64xi8>) -> tensor<1x64x8x8xi32>
  return %y : tensor<1x64x8x8xi32>
}
