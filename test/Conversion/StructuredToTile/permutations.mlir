// RUN: tilicho-compile %s --emit=tile | FileCheck %s
// RUN: tilicho-compile %s --emit=isa | FileCheck %s --check-prefix=ISA

// Channels in another order are copied on chip, a run of partitions for each
// group; those that read groups which start where no operand may copy them.

// CHECK-LABEL: @shuffles
// CHECK: tile.issue "dma" on "dma"(%[[TO:[0-9]+]], %[[FROM:[0-9]+]]) [#tile.access<bf16, 0, 0, [4, {{.*}}]>, #tile.access<bf16, 0, 0, [1, {{.*}}]>] over 28 x
// CHECK: tile.issue "dma" on "dma"(%[[TO]], %[[FROM]]) [#tile.access<bf16, 1, 0, [4, {{.*}}]>, #tile.access<bf16, 28, 0, [1, {{.*}}]>] over 28 x
// CHECK: tile.issue "dma" on "dma"(%[[TO]], %[[FROM]]) [#tile.access<bf16, 2, 0, [4, {{.*}}]>, #tile.access<bf16, 56, 0, [1, {{.*}}]>] over 28 x
// CHECK: tile.issue "dma" on "dma"(%[[TO]], %[[FROM]]) [#tile.access<bf16, 3, 0, [4, {{.*}}]>, #tile.access<bf16, 84, 0, [1, {{.*}}]>] over 28 x
// CHECK: tile.issue "matmul" on "pe"(%{{[0-9]+}}, %[[TO]])

// Copies to partitions between each other's wait for none of the others.
// ISA: isa.dma "[28, 64] sbuf.bf16[0, [[TO:0x[0-9a-f]+]] : 4, 1] = sbuf.bf16[0, {{.*}}], wait s{{[0-9]+}} >= 1" loc
// ISA-NEXT: isa.dma "[28, 64] sbuf.bf16[1, [[TO]] : 4, 1] = sbuf.bf16[28, {{[^"]*}}]" loc
// ISA-NEXT: isa.dma "[28, 64] sbuf.bf16[2, [[TO]] : 4, 1] = sbuf.bf16[56, {{[^"]*}}]" loc
// ISA-NEXT: isa.dma "[28, 64] sbuf.bf16[3, [[TO]] : 4, 1] = sbuf.bf16[84, {{[^"]*}}], signal
func.func @shuffles(%x: tensor<1x112x8x8xbf16>, %w: tensor<1x1x112x112xbf16>, %v: tensor<1x1x112x112xbf16>) -> tensor<1x112x8x8xbf16> {
  %c = tile.convolution %x, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x112x8x8xbf16>, tensor<1x1x112x112xbf16>) -> tensor<1x112x8x8xbf16>
  %s = tile.reshape %c : tensor<1x112x8x8xbf16> -> tensor<1x4x28x8x8xbf16>
  %t = tile.restride %s {starts = array<i64: 0, 0, 0, 0, 0>, dims = array<i64: 0, 2, 1, 3, 4>, steps = array<i64: 1, 1, 1, 1, 1>} : tensor<1x4x28x8x8xbf16> -> tensor<1x28x4x8x8xbf16>
  %p = tile.reshape %t : tensor<1x28x4x8x8xbf16> -> tensor<1x112x8x8xbf16>
  %y = tile.convolution %p, %v {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x112x8x8xbf16>, tensor<1x1x112x112xbf16>) -> tensor<1x112x8x8xbf16>
  return %y : tensor<1x112x8x8xbf16>
}
