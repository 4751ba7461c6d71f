// RUN: split-file %s %t
// RUN: tilicho-compile %t/run.mlir --emit=tile --set=sbuf.usable_bytes=2000 | FileCheck %t/run.mlir
// RUN: tilicho-compile %t/run.mlir --emit=tile | FileCheck %t/run.mlir --check-prefix=FITS
// RUN: tilicho-compile %t/piece.mlir --emit=tile | FileCheck %t/piece.mlir

//--- run.mlir
// Where the value between does not fit for the whole batch, one part of the
// batch goes through both convolutions after the other: nothing is spilled, and
// the parts are read and written where they lie.
// CHECK-DAG: %[[IN:.*]] = tile.segment "input"
// CHECK-DAG: %[[OUT:.*]] = tile.segment "output"
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "dma" on "dma"(%[[OUT]],
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "dma" on "dma"(%{{.*}}, %[[IN]])
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "dma" on "dma"(%[[OUT]],

// FITS: %[[OUT:.*]] = tile.segment "output"
// FITS-NOT: tile.segment "scratch"
// FITS: tile.issue "dma" on "dma"(%[[OUT]],
// FITS-NOT: tile.issue "matmul"
// FITS: return
func.func @main(%x: tensor<8x128x8x8xf32>, %w: tensor<1x1x128x128xf32>, %v: tensor<1x1x128x128xf32>) -> tensor<8x128x8x8xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<8x128x8x8xf32>, tensor<1x1x128x128xf32>) -> tensor<8x128x8x8xf32>
  %z = tile.convolution %y, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<8x128x8x8xf32>, tensor<1x1x128x128xf32>) -> tensor<8x128x8x8xf32>
  return %z : tensor<8x128x8x8xf32>
}

//--- piece.mlir
// A cut piece of what is put together on chip is there when it is read.
// CHECK: tile.issue "matmul"
// CHECK: return
func.func @main(%x: tensor<1x64x9x9xf32>, %z: tensor<1x32x8x8xf32>, %w: tensor<1x1x32x32xf32>, %v: tensor<1x1x64x32xf32>) -> tensor<1x32x8x8xf32> {
  %y = tile.convolution %z, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x32x8x8xf32>, tensor<1x1x32x32xf32>) -> tensor<1x32x8x8xf32>
  %c = tile.restride %x {starts = array<i64: 0, 32, 1, 1>, dims = array<i64: 0, 1, 2, 3>, steps = array<i64: 1, 1, 1, 1>} : tensor<1x64x9x9xf32> -> tensor<1x32x8x8xf32>
  %a = tile.assemble %y, %c {offsets = array<i64: 0, 0, 0, 0, 0, 32, 0, 0>, steps = array<i64: 1, 1, 1, 1, 1, 1, 1, 1>} : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x64x8x8xf32>
  %r = tile.convolution %a, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x32xf32>) -> tensor<1x32x8x8xf32>
  return %r : tensor<1x32x8x8xf32>
}
