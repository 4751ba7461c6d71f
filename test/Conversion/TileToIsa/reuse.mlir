// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// Two buffers that do not fit together take the same bytes, one after the
// other: who fills the second waits for who read the first.

// CHECK: sbuf_live_bound_bytes = 100032
// CHECK: isa.queue "vec"
// CHECK-NEXT: isa.memset "[4, 8] sbuf.f32[0, 0x[[AT:[0-9a-f]+]] {{.*}}signal s2 += 1
// CHECK-NEXT: isa.memset "[4, 8] sbuf.f32[0, 0x[[AT]] {{.*}}wait s[[STORE:[0-9]+]] >= 1
// CHECK: isa.queue "dma
// CHECK-NEXT: isa.dma {{.*}}wait s2 >= 1, signal s[[STORE]] += 1
func.func @waits_for_former_users() {
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 100000>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 100000>
  tile.issue "memset" on "vec" (%a) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 100000>
  tile.issue "dma" on "dma" (%y, %a) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 100000>
  tile.issue "memset" on "vec" (%b) [#tile.access<f32, 0, 0, [1]>] over 4 x [8] {fields = {s0 = 1.0 : f32}} : !tile.buffer<sbuf, 4 x 100000>
  tile.issue "dma" on "dma" (%y, %b) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 100000>
  return
}
