// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// Every queue meets the others and reads the condition. Behind each side all
// meet again, and have counted equally far: what that is lies in r1.

// CHECK: isa.queue "vec"
// CHECK: isa.wait "{{.*}}s4 >= 1 + r1"
// CHECK: isa.load_register "r2 = hbm.bool
// CHECK: isa.branch "zero r2, [[ELSE:[0-9]+]]
// CHECK-NOT: isa.wait "{{.*}}s4
// CHECK: isa.tensor_scalar
// CHECK: isa.wait "{{.*}}s4 >= {{[0-9]+}} + r1"
// CHECK: isa.alu "r1 = add(r1, r0 + {{[0-9]+}})"
// CHECK: isa.branch "zero r0, [[END:[0-9]+]]
// CHECK: isa.wait "{{.*}}s4 >= {{[0-9]+}} + r1"
// CHECK: isa.alu "r1 = add(r1, r0 + {{[0-9]+}})"
// CHECK-NOT: isa.branch
// CHECK: isa.queue
func.func @branches() {
  %c = tile.segment "input" "c" : tensor<i1> -> !tile.buffer<hbm, 1 x 1>
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  tile.begin_if %c : !tile.buffer<hbm, 1 x 1>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "tensor_scalar" on "vec" (%b, %a) [#tile.access<f32, 0, 0, [1]>, #tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {op0 = "relu", op1 = "copy"}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%y, %b) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  tile.else
  tile.issue "dma" on "dma" (%y, %x) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<hbm, 1 x 128>
  tile.end_if
  return
}
