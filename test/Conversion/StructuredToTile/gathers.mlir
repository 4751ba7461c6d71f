// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Rows go from memory to memory by one transfer, each by its index.
// CHECK-LABEL: @takes_rows
// CHECK: tile.issue "dma_gather" on "dma"
// CHECK-SAME: #tile.access<i64, 0, 0, [0, 1, 0]>] over 1 x [8, 64] {fields = {indexStep = 64 : i64, limit = 100 : i64}}
// CHECK-NEXT: return
func.func @takes_rows(%x: tensor<100x64xf32>, %i: tensor<8xi64>) -> tensor<8x64xf32> {
  %y = tile.take %x, %i {axis = 0 : i64} : (tensor<100x64xf32>, tensor<8xi64>) -> tensor<8x64xf32>
  return %y : tensor<8x64xf32>
}

// -----

// Elements have an index each.
// CHECK-LABEL: @takes_elements
// CHECK: tile.issue "dma_gather" on "dma"
// CHECK-SAME: #tile.access<i32, 0, 0, [0, 64, 1]>] over 1 x [4, 64] {fields = {indexStep = 64 : i64, limit = 10 : i64}}
// CHECK-NEXT: return
func.func @takes_elements(%x: tensor<10x64xf32>, %i: tensor<4x64xi32>) -> tensor<4x64xf32> {
  %y = tile.take_elements %x, %i {axis = 0 : i64} : (tensor<10x64xf32>, tensor<4x64xi32>) -> tensor<4x64xf32>
  return %y : tensor<4x64xf32>
}

// -----

// The data is copied, and the updates are added to the copy.
// CHECK-LABEL: @adds_rows
// CHECK: %[[DATA:.*]] = tile.segment "input" "input0"
// CHECK: %[[RESULT:.*]] = tile.segment "output"
// CHECK: tile.issue "dma" on "dma"(%[[RESULT]], %[[DATA]])
// CHECK: tile.issue "dma_scatter" on "dma"(%[[RESULT]],
// CHECK-SAME: over 1 x [8, 64] {fields = {indexStep = 64 : i64, limit = 100 : i64, mode = "add"}}
// CHECK-NEXT: return
func.func @adds_rows(%x: tensor<100x64xf32>, %i: tensor<8xi64>, %u: tensor<8x64xf32>) -> tensor<100x64xf32> {
  %y = tile.put %x, %i, %u {reduction = "add"} : (tensor<100x64xf32>, tensor<8xi64>, tensor<8x64xf32>) -> tensor<100x64xf32>
  return %y : tensor<100x64xf32>
}
