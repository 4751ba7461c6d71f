// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Whole rows are sorted, and only what was asked for is written.
// CHECK-LABEL: @keeps_the_largest
// CHECK: %[[VALUES:.*]] = tile.segment "output" "output0"
// CHECK: %[[INDICES:.*]] = tile.segment "output" "output1"
// CHECK: tile.issue "sort" on "pool"(%[[SORTED:[0-9]+]], %{{[0-9]+}}, %[[PLACES:[0-9]+]])
// CHECK-SAME: 100] {fields = {flags = 1 : i64}}
// CHECK: tile.issue "tensor_scalar" on "pool"(%[[WIDE:[0-9]+]], %[[PLACES]]) [#tile.access<i64
// CHECK-SAME: , 5]
// CHECK: tile.issue "dma" on "dma"(%[[VALUES]], %[[SORTED]])
// CHECK-SAME: , 5]
// CHECK: tile.issue "dma" on "dma"(%[[INDICES]], %[[WIDE]])
func.func @keeps_the_largest(%x: tensor<64x100xf32>) -> (tensor<64x5xf32>, tensor<64x5xi64>) {
  %v, %i = tile.top_k %x {axis = 1 : i64, largest = true} : tensor<64x100xf32> -> tensor<64x5xf32>, tensor<64x5xi64>
  return %v, %i : tensor<64x5xf32>, tensor<64x5xi64>
}
