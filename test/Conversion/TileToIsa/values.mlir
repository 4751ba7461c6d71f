// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// A value on chip is looked at after the last instruction of each queue that
// writes to its memory, a value in HBM at the end. What is written after it is
// no part of it.

// CHECK: isa.queue "act"
// CHECK: isa.queue "vec"
// CHECK: isa.value "between" : tensor<4x8xf32> in "sbuf" at 2, [[AT:[0-9]+]] from 0 [4, 8] [8, 1] [1, 0] [0, 4] after "vec" 1 0
// CHECK-NEXT: isa.value "between" : tensor<4x8xf32> in "sbuf" at 2, [[AT]] from 0 [4, 8] [8, 1] [1, 0] [0, 4] after "act" 0 0
// CHECK-NEXT: isa.value "stored" : tensor<4x8xf32> in "hbm" at 0, 0 from 0 [32] [1] [0] [4]{{$}}
// CHECK-NOT: isa.value
func.func @main() {
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 2 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "memset" on "vec" (%b) [#tile.access<f32, 0, 0, [1], []>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 32>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1], []>] over 4 x [4] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 32>
  tile.issue "activate" on "act" (%a, %b) [#tile.access<f32, 0, 16, [1], []>, #tile.access<f32, 0, 0, [1], []>] over 4 x [4] {fields = {op0 = "copy", s0 = 1.0 : f32, s1 = 0.0 : f32}} : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<sbuf, 4 x 32>
  tile.value "between" : tensor<4x8xf32> in %a : !tile.buffer<sbuf, 4 x 32> at 2, 0 from 0 [4, 8] [8, 1] [1, 0] [0, 4]
  tile.issue "dma" on "dma" (%y, %a) [#tile.access<f32, 0, 0, [8, 1], []>, #tile.access<f32, 0, 0, [1, 1], []>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  tile.value "stored" : tensor<4x8xf32> in %y : !tile.buffer<hbm, 1 x 128> at 0, 0 from 0 [32] [1] [0] [4]
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1], []>] over 4 x [8] {fields = {s0 = 2.0 : f32}} : !tile.buffer<sbuf, 4 x 32>
  return
}
