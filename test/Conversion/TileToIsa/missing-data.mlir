// RUN: not tilicho-compile %s -o %t.tlx 2>&1 | FileCheck %s
// RUN: sed -e 's/dim = 0 : i64, kind = "append"/kind = "elementwise", op = "add", compute = "f32", type = f32/' %s >%t.mlir
// RUN: not tilicho-compile %t.mlir -o %t.tlx 2>&1 | FileCheck %s
// A saved stage whose weights were left out when it was printed.
// CHECK: error: {{.*}}the data of a constant is missing
// CHECK-NOT: Stack dump
func.func @main() {
  %w = tile.segment "constant" "w" {steps = [{dim = 0 : i64, kind = "append", operand = dense_resource<gone> : tensor<2x8xf32>, steps = []}], value = dense<1.0> : tensor<2x8xf32>} : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %w) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%y, %a) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  return
}
