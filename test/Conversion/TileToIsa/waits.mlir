// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// A load, an operation and a store follow each other over three queues.

// CHECK: isa.queue "vec"
// CHECK-NEXT: isa.tensor_scalar {{.*}} wait s[[LOAD:[0-9]+]] >= 1, signal s2 += 1
// CHECK: isa.queue "dma
// CHECK-NEXT: isa.dma "{{.*}}sbuf{{.*}} = hbm{{.*}} signal s[[LOAD]] += 1
// CHECK: isa.queue "dma
// CHECK-NEXT: isa.dma "{{.*}}hbm{{.*}} = sbuf{{.*}} wait s2 >= 1
func.func @waits_for_producers() {
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "tensor_scalar" on "vec" (%b, %a) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "relu", op1 = "copy"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%y, %b) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  return
}
