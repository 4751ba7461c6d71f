// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Scores, their scale and mask, and powers stay on chip: nothing but operands
// and the result is in memory, and a sum is taken with the powers.
// CHECK-LABEL: @keeps_scores_on_chip
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "matmul" on "pe"
// CHECK: tile.issue "tensor_reduce" on "vec"
// CHECK-SAME: op0 = "max"
// CHECK: tile.issue "activate" on "act"
// CHECK-SAME: op0 = "exp"
// CHECK: tile.issue "transpose" on "pe"
// CHECK: tile.issue "matmul" on "pe"
// CHECK: return
func.func @keeps_scores_on_chip(%q: tensor<2x128x64xf32>, %k: tensor<2x128x64xf32>, %v: tensor<2x128x64xf32>, %m: tensor<2x1x128xf32>) -> tensor<2x128x64xf32> {
  %c = tile.constant dense<0.125> : tensor<f32> : tensor<f32>
  %s = tile.contract %q, %k {trans_b = true} : (tensor<2x128x64xf32>, tensor<2x128x64xf32>) -> tensor<2x128x128xf32>
  %t = tile.elementwise "multiply"(%s, %c) in "f32" : (tensor<2x128x128xf32>, tensor<f32>) -> tensor<2x128x128xf32>
  %u = tile.elementwise "add"(%t, %m) in "f32" : (tensor<2x128x128xf32>, tensor<2x1x128xf32>) -> tensor<2x128x128xf32>
  %p = tile.softmax %u {axis = 2 : i64} : tensor<2x128x128xf32>
  %y = tile.contract %p, %v : (tensor<2x128x128xf32>, tensor<2x128x64xf32>) -> tensor<2x128x64xf32>
  return %y : tensor<2x128x64xf32>
}

// -----

// A row of scores that does not fit comes in blocks: what was summed before is
// scaled by the power of how much the maximum grew.
// CHECK-LABEL: @carries_maximum_and_sum
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "scalar_tensor_tensor" on "vec"
// CHECK-SAME: op0 = "multiply"
// CHECK-SAME: op1 = "add"
// CHECK: return
func.func @carries_maximum_and_sum(%q: tensor<1x1xf32>, %k: tensor<65536x1xf32>, %v: tensor<65536x8xf32>) -> tensor<1x8xf32> {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<1x1xf32>, tensor<65536x1xf32>) -> tensor<1x65536xf32>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<1x65536xf32>
  %y = tile.contract %p, %v : (tensor<1x65536xf32>, tensor<65536x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

// A softmax that somebody else reads has to be there as a whole.
// CHECK-LABEL: @leaves_what_others_read
// CHECK: tile.segment "output"
// CHECK: tile.segment "output"
// CHECK: return
func.func @leaves_what_others_read(%q: tensor<16x8xf32>, %k: tensor<16x8xf32>, %v: tensor<16x8xf32>) -> (tensor<16x16xf32>, tensor<16x8xf32>) {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<16x8xf32>, tensor<16x8xf32>) -> tensor<16x16xf32>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<16x16xf32>
  %y = tile.contract %p, %v : (tensor<16x16xf32>, tensor<16x8xf32>) -> tensor<16x8xf32>
  return %p, %y : tensor<16x16xf32>, tensor<16x8xf32>
}

// -----

// A cache and what is new are read where they lie, not put together first.
// CHECK-LABEL: @reads_pieces
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "dma" on "dma"
// CHECK-NOT: tile.segment "scratch"
// CHECK: return
func.func @reads_pieces(%q: tensor<2x1x64xbf16>, %pk: tensor<2x512x64xbf16>, %nk: tensor<2x1x64xbf16>, %pv: tensor<2x512x64xbf16>, %nv: tensor<2x1x64xbf16>) -> tensor<2x1x64xbf16> {
  %k = tile.assemble %pk, %nk {offsets = array<i64: 0, 0, 0, 0, 512, 0>, steps = array<i64: 1, 1, 1, 1, 1, 1>} : (tensor<2x512x64xbf16>, tensor<2x1x64xbf16>) -> tensor<2x513x64xbf16>
  %v = tile.assemble %pv, %nv {offsets = array<i64: 0, 0, 0, 0, 512, 0>, steps = array<i64: 1, 1, 1, 1, 1, 1>} : (tensor<2x512x64xbf16>, tensor<2x1x64xbf16>) -> tensor<2x513x64xbf16>
  %s = tile.contract %q, %k {trans_b = true} : (tensor<2x1x64xbf16>, tensor<2x513x64xbf16>) -> tensor<2x1x513xbf16>
  %p = tile.softmax %s {axis = 2 : i64} : tensor<2x1x513xbf16>
  %y = tile.contract %p, %v : (tensor<2x1x513xbf16>, tensor<2x513x64xbf16>) -> tensor<2x1x64xbf16>
  return %y : tensor<2x1x64xbf16>
}

// -----

// Short rows of keys and of values come 16 to a partition, so that the DMA
// engines reach their rate.
// CHECK-LABEL: @loads_several_rows_to_a_partition
// CHECK: tile.issue "dma" on "dma"({{.*}} over 32 x [1024]
// CHECK: tile.issue "matmul" on "pe"
// CHECK: tile.issue "dma" on "dma"({{.*}} over 32 x [1024]
// CHECK: return
func.func @loads_several_rows_to_a_partition(%q: tensor<1x64xbf16>, %k: tensor<512x64xbf16>, %v: tensor<512x64xbf16>) -> tensor<1x64xbf16> {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<1x64xbf16>, tensor<512x64xbf16>) -> tensor<1x512xbf16>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<1x512xbf16>
  %y = tile.contract %p, %v : (tensor<1x512xbf16>, tensor<512x64xbf16>) -> tensor<1x64xbf16>
  return %y : tensor<1x64xbf16>
}
