// RUN: split-file %s %t
// RUN: tilicho-compile %t/heads.mlir --emit=tile | FileCheck %t/heads.mlir
// RUN: tilicho-compile %t/partitions.mlir --emit=tile | FileCheck %t/partitions.mlir
// RUN: tilicho-compile %t/sums.mlir --emit=tile | FileCheck %t/sums.mlir
// RUN: tilicho-compile %t/columns.mlir --emit=tile | FileCheck %t/columns.mlir
// RUN: tilicho-compile %t/rows.mlir --emit=tile | FileCheck %t/rows.mlir

//--- heads.mlir
// Heads are read where the product left them: no byte goes through HBM.
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.segment "output"
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "transpose"
// CHECK-NOT: tile.segment "scratch"
// CHECK: return
func.func @main(%x: tensor<1x128x64xf32>, %w: tensor<64x256xf32>, %q: tensor<1x4x128x64xf32>) -> tensor<1x4x128x128xf32> {
  %k = tile.contract %x, %w : (tensor<1x128x64xf32>, tensor<64x256xf32>) -> tensor<1x128x256xf32>
  %split = tile.reshape %k : tensor<1x128x256xf32> -> tensor<1x128x4x64xf32>
  %heads = tile.restride %split {starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 2, 1, 3>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x128x4x64xf32> -> tensor<1x4x128x64xf32>
  %scores = tile.contract %q, %heads {trans_b = true} : (tensor<1x4x128x64xf32>, tensor<1x4x128x64xf32>) -> tensor<1x4x128x128xf32>
  return %scores : tensor<1x4x128x128xf32>
}

//--- partitions.mlir
// What would change its partition goes through HBM.
// CHECK: tile.segment "scratch"
func.func @main(%x: tensor<128x64xf32>, %w: tensor<64x256xf32>) -> tensor<256x128xf32> {
  %k = tile.contract %x, %w : (tensor<128x64xf32>, tensor<64x256xf32>) -> tensor<128x256xf32>
  %turned = tile.restride %k {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<128x256xf32> -> tensor<256x128xf32>
  %y = tile.softmax %turned {axis = 1 : i64} : tensor<256x128xf32>
  return %y : tensor<256x128xf32>
}

//--- sums.mlir
// What a product sums over is on the partitions where it is to be: nothing is
// turned.
// CHECK-NOT: tile.segment "scratch"
// CHECK-NOT: "transpose"
// CHECK: return
func.func @main(%x: tensor<64x128xf32>, %w: tensor<64x256xf32>, %v: tensor<128x64xf32>) -> tensor<256x64xf32> {
  %k = tile.contract %x, %w {trans_a = true} : (tensor<64x128xf32>, tensor<64x256xf32>) -> tensor<128x256xf32>
  %turned = tile.restride %k {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<128x256xf32> -> tensor<256x128xf32>
  %y = tile.contract %turned, %v : (tensor<256x128xf32>, tensor<128x64xf32>) -> tensor<256x64xf32>
  return %y : tensor<256x64xf32>
}

//--- columns.mlir
// Columns on the partitions: the next product need not turn them, and bias and
// function are one instruction, which rounds once.
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "activate" on "act"({{.*}} over 128 x [100] {fields = {op0 = "gelu"{{.*}}column
// CHECK-NOT: "transpose"
// CHECK: return
func.func @main(%x: tensor<64x100xbf16>, %w: tensor<64x256xbf16>, %b: tensor<256xbf16>, %v: tensor<256x64xbf16>) -> tensor<100x64xbf16> {
  %p = tile.contract %x, %w {trans_a = true} : (tensor<64x100xbf16>, tensor<64x256xbf16>) -> tensor<100x256xbf16>
  %s = tile.elementwise "add"(%p, %b) in "f32" : (tensor<100x256xbf16>, tensor<256xbf16>) -> tensor<100x256xbf16>
  %h = tile.elementwise "gelu"(%s) in "f32" : (tensor<100x256xbf16>) -> tensor<100x256xbf16>
  %y = tile.contract %h, %v : (tensor<100x256xbf16>, tensor<256x64xbf16>) -> tensor<100x64xbf16>
  return %y : tensor<100x64xbf16>
}

//--- rows.mlir
// Rows of two matrices below each other have blocks of their own, 99 and 98
// rows of each, where the matrices are looked at one by one: no byte goes
// through HBM.
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "activate" on "act"({{.*}} over 99 x [64]
// CHECK: tile.issue "activate" on "act"({{.*}} over 98 x [64]
// CHECK-NOT: tile.segment "scratch"
// CHECK: return
func.func @main(%x: tensor<394x64xbf16>, %w: tensor<64x64xbf16>, %q: tensor<2x1x197x64xbf16>) -> tensor<2x1x197x197xbf16> {
  %k = tile.contract %x, %w : (tensor<394x64xbf16>, tensor<64x64xbf16>) -> tensor<394x64xbf16>
  %split = tile.reshape %k : tensor<394x64xbf16> -> tensor<2x197x1x64xbf16>
  %heads = tile.restride %split {starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 2, 1, 3>, steps = array<i64: 1, 1, 1, 1>} : tensor<2x197x1x64xbf16> -> tensor<2x1x197x64xbf16>
  %scores = tile.contract %q, %heads {trans_b = true} : (tensor<2x1x197x64xbf16>, tensor<2x1x197x64xbf16>) -> tensor<2x1x197x197xbf16>
  return %scores : tensor<2x1x197x197xbf16>
}
