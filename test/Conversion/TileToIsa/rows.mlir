// RUN: tilicho-opt --convert-tile-to-isa %s | FileCheck %s

// Two stores that fill the left and the right half of the same rows touch no
// common byte: neither waits for the other, nor for anything but its source.

// CHECK: isa.queue "dma0"
// CHECK: isa.queue "[[LEFT:dma[0-9]+]]"
// CHECK-NEXT: isa.dma "[4, 4] hbm{{.*}} = sbuf{{.*}}, wait s{{[0-9]+}} >= 1"
// CHECK: isa.queue "dma
// CHECK-NEXT: isa.dma "[4, 4] hbm{{.*}} = sbuf{{.*}}, wait s{{[0-9]+}} >= 2"
func.func @keeps_interleaved_rows_apart() {
  %x = tile.segment "input" "x" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %y = tile.segment "output" "y" : tensor<4x8xf32> -> !tile.buffer<hbm, 1 x 128>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  %b = tile.alloc at 0 : !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%a, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%b, %x) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 4 x [8] : !tile.buffer<sbuf, 4 x 32>, !tile.buffer<hbm, 1 x 128>
  tile.issue "dma" on "dma" (%y, %a) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [4] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  tile.issue "dma" on "dma" (%y, %b) [#tile.access<f32, 0, 16, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 4 x [4] : !tile.buffer<hbm, 1 x 128>, !tile.buffer<sbuf, 4 x 32>
  return
}
