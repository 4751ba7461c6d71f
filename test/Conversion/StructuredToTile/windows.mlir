// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// A window of two dimensions is reduced along one after the other. Outputs that
// reach into the padding leave it out: nothing is filled.
// CHECK-LABEL: @reduces_one_dimension_after_the_other
// CHECK-NOT: tile.issue "memset"
// CHECK: tile.issue "tensor_reduce" on "vec"(%[[ROWS:[0-9]+]], %{{[0-9]+}})
// CHECK-SAME: over 64 x [8, 3, 3] {{.*}} op0 = "max"
// CHECK: tile.issue "tensor_reduce" on "vec"(%[[ROWS]],
// CHECK-SAME: over 64 x [8, 2]
// CHECK: tile.issue "tensor_reduce" on "vec"(%[[RESULT:[0-9]+]], %[[ROWS]])
// CHECK-SAME: over 64 x [3, 4, 3]
// CHECK: tile.issue "tensor_reduce" on "vec"(%[[RESULT]], %[[ROWS]])
// CHECK-SAME: over 64 x [4, 2]
// CHECK: tile.issue "dma"
// CHECK-NEXT: return
func.func @reduces_one_dimension_after_the_other(%x: tensor<1x64x8x8xf32>) -> tensor<1x64x4x4xf32> {
  %y = tile.window_reduction "max" %x {window = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>, pad_high = array<i64: 0, 0>} : tensor<1x64x8x8xf32> -> tensor<1x64x4x4xf32>
  return %y : tensor<1x64x4x4xf32>
}
