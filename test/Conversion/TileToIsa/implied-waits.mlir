// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// The pool engine needs the load and what the vector engine made of it. Who
// waits for the vector engine knows that the load has ended.

// CHECK: isa.queue "vec"
// CHECK-NEXT: wait s[[LOAD:[0-9]+]] >= 1, signal s2 += 1
// CHECK: isa.queue "pool"
// CHECK-NEXT: isa.tensor_tensor
// CHECK-SAME: wait s2 >= 1
// CHECK-NOT: wait s[[LOAD]]
// CHECK: isa.queue "dma
func.func @leaves_implied_waits_out() {
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %c = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "tensor_scalar" on "vec" (%b, %a) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "relu", op1 = "copy"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "tensor_tensor" on "pool" (%c, %a, %b) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "add"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%y, %c) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  return
}
