// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Rows come and go whole, and are cut on chip.
// CHECK-LABEL: @rotates
// CHECK: tile.issue "dma"{{.*}} over 16 x [128]
// CHECK: tile.issue "tensor_tensor"
// CHECK-NOT: tile.segment "scratch"
// CHECK: return
func.func @rotates(%x: tensor<256x8xf32>, %c: tensor<256x4xf32>) -> tensor<256x8xf32> {
  %l = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x8xf32> -> tensor<256x4xf32>
  %h = tile.restride %x {starts = array<i64: 0, 4>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x8xf32> -> tensor<256x4xf32>
  %a = tile.elementwise "multiply"(%l, %c) in "f32" : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x4xf32>
  %b = tile.elementwise "add"(%h, %c) in "f32" : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x4xf32>
  %y = tile.assemble %b, %a {offsets = array<i64: 0, 0, 0, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x8xf32>
  return %y : tensor<256x8xf32>
}

// -----

// Another reader of a slice has it as a value of its own.
// CHECK-LABEL: @keeps_slice_for_others
// CHECK: tile.segment "output" "output1"
// CHECK: return
func.func @keeps_slice_for_others(%x: tensor<256x8xf32>, %c: tensor<256x4xf32>) -> (tensor<256x8xf32>, tensor<256x4xf32>) {
  %l = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x8xf32> -> tensor<256x4xf32>
  %a = tile.elementwise "multiply"(%l, %c) in "f32" : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x4xf32>
  %b = tile.elementwise "add"(%l, %c) in "f32" : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x4xf32>
  %y = tile.assemble %b, %a {offsets = array<i64: 0, 0, 0, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x8xf32>
  return %y, %l : tensor<256x8xf32>, tensor<256x4xf32>
}

// -----

// Rows for whose expressions memory is too small do not come whole.
// CHECK-LABEL: @long_expressions
// CHECK-NOT: x [1600] :
// CHECK: return
func.func @long_expressions(%x: tensor<256x1600xf32>, %c: tensor<256x800xf32>) -> tensor<256x1600xf32> {
  %s0 = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x1600xf32> -> tensor<256x800xf32>
  %a0 = tile.elementwise "add"(%s0, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %b0 = tile.elementwise "multiply"(%a0, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %d0 = tile.elementwise "subtract"(%b0, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %e0 = tile.elementwise "max"(%d0, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %s1 = tile.restride %x {starts = array<i64: 0, 800>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x1600xf32> -> tensor<256x800xf32>
  %a1 = tile.elementwise "add"(%s1, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %b1 = tile.elementwise "multiply"(%a1, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %d1 = tile.elementwise "subtract"(%b1, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %e1 = tile.elementwise "max"(%d1, %c) in "f32" : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x800xf32>
  %y = tile.assemble %e0, %e1 {offsets = array<i64: 0, 0, 0, 800>, steps = array<i64: 1, 1, 1, 1>} : (tensor<256x800xf32>, tensor<256x800xf32>) -> tensor<256x1600xf32>
  return %y : tensor<256x1600xf32>
}
