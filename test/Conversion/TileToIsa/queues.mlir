// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// Inputs come in the order of their use. Constants, and what the program makes,
// never stand before them, nor in front of each other.

// CHECK: isa.queue "dma0"
// CHECK-NEXT: isa.dma "[4, 8] sbuf.f32[{{.*}} = hbm.f32[0,
// CHECK-NEXT: isa.dma "[4, 8] sbuf.f32[{{.*}} = hbm.f32[0,
// CHECK-NEXT: }
// CHECK: isa.queue "dma1"
// CHECK-NEXT: isa.dma "[4, 8] sbuf.f32[{{.*}} = hbm.f32[1,
// CHECK-NEXT: }
// CHECK: isa.queue "dma3"
// CHECK-NEXT: isa.dma "[4, 8] sbuf.f32[{{.*}} = hbm.f32[2,{{.*}} wait
// CHECK-NEXT: }
// CHECK: isa.queue "dma4"
// CHECK-NEXT: isa.dma "[4, 8] hbm.f32[2,
// CHECK-NEXT: }
// CHECK: isa.queue "dma5"
// CHECK-NEXT: isa.dma "[4, 8] hbm.f32[3,
func.func @orders_loads() {
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %w = tile.segment "constant" "w" value dense<1.0> : tensor<4x8xf32> : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %s = tile.segment "scratch" "s" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %c = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %d = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%b, %w) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%s, %a) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%c, %s) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%d, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%y, %c) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [8] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  return
}
