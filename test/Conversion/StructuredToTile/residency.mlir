// RUN: split-file %s %t
// RUN: tilicho-compile %t/between-convolutions.mlir --emit=tile | FileCheck %t/between-convolutions.mlir
// RUN: tilicho-compile %t/between-convolutions.mlir --emit=tile -O0 | FileCheck %t/between-convolutions.mlir --check-prefix=HBM
// RUN: tilicho-compile %t/between-convolutions.mlir --emit=tile --set=sbuf.usable_bytes=400 | FileCheck %t/between-convolutions.mlir --check-prefix=HBM
// RUN: tilicho-compile %t/between-convolutions.mlir --emit=tile --set=sbuf.usable_bytes=1000 | FileCheck %t/between-convolutions.mlir --check-prefix=HBM
// RUN: tilicho-compile %t/concatenation.mlir --emit=tile | FileCheck %t/concatenation.mlir

//--- between-convolutions.mlir
// What lies the same way for producer and reader stays on chip: the output is
// the only store.
// CHECK: %[[OUT:.*]] = tile.segment "output"
// CHECK: %[[RESIDENT:.*]] = tile.alloc at 0 : <sbuf, 128 x 256>
// CHECK: tile.issue "{{activate|tensor_scalar}}" on "{{act|vec}}"(%[[RESIDENT]],
// CHECK-NOT: tile.issue "dma" on "dma"(%[[RESIDENT]]
// CHECK: tile.issue "matmul" on "pe"(%{{.*}}, %[[RESIDENT]])
// CHECK-NOT: tile.segment
// CHECK: tile.issue "dma" on "dma"(%[[OUT]],
// CHECK-NOT: tile.issue
// CHECK: return

// The value goes through HBM without optimisation, where it would take more than
// its share of 400 bytes, and where it leaves too little of 1000 to the blocks
// of the operators, as the addresses show.
// HBM: %[[BETWEEN:.*]] = tile.segment "scratch"
// HBM: tile.issue "dma" on "dma"(%[[BETWEEN]],
// HBM: tile.issue "dma" on "dma"(%{{.*}}, %[[BETWEEN]])
func.func @main(%x: tensor<1x128x8x8xf32>, %w: tensor<1x1x128x128xf32>, %v: tensor<1x1x128x128xf32>) -> tensor<1x128x8x8xf32> {
  %y = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xf32>, tensor<1x1x128x128xf32>) -> tensor<1x128x8x8xf32>
  %z = tile.convolution %y, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xf32>, tensor<1x1x128x128xf32>) -> tensor<1x128x8x8xf32>
  return %z : tensor<1x128x8x8xf32>
}

//--- concatenation.mlir
// Pieces are put side by side in the partitions, and read there.
// CHECK: %[[OUT:.*]] = tile.segment "output"
// CHECK-NOT: tile.segment
// CHECK: tile.issue "dma" on "dma"(%[[ALL:[0-9]+]], %{{[0-9]+}}) [#tile.access<f32, 0, 0, {{.*}} over 32 x [64] : !tile.buffer<sbuf, 64 x 256>, !tile.buffer<sbuf, 32 x 256>
// CHECK-NEXT: tile.issue "dma" on "dma"(%[[ALL]], %{{[0-9]+}}) [#tile.access<f32, 32, 0, {{.*}} over 32 x [64] : !tile.buffer<sbuf, 64 x 256>, !tile.buffer<sbuf, 32 x 256>
// CHECK: tile.issue "matmul" on "pe"(%{{.*}}, %[[ALL]])
// CHECK: tile.issue "dma" on "dma"(%[[OUT]],
func.func @main(%x: tensor<1x64x8x8xf32>, %w: tensor<1x1x64x32xf32>, %v: tensor<1x1x64x32xf32>, %u: tensor<1x1x64x64xf32>) -> tensor<1x64x8x8xf32> {
  %a = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x32xf32>) -> tensor<1x32x8x8xf32>
  %b = tile.convolution %x, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x32xf32>) -> tensor<1x32x8x8xf32>
  %c = tile.assemble %a, %b {offsets = array<i64: 0, 0, 0, 0, 0, 32, 0, 0>, steps = array<i64: 1, 1, 1, 1, 1, 1, 1, 1>} : (tensor<1x32x8x8xf32>, tensor<1x32x8x8xf32>) -> tensor<1x64x8x8xf32>
  %z = tile.convolution %c, %u {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x64xf32>) -> tensor<1x64x8x8xf32>
  return %z : tensor<1x64x8x8xf32>
}
