// RUN: tilicho-compile %s -O3 --emit=tile | FileCheck %s

// The sums of a map have channels on the partitions, where the array wants the
// k of a product: they are read as they lie, and nothing is turned.
// CHECK-LABEL: @main
// CHECK-NOT: "scratch"
// CHECK: tile.issue "tensor_reduce" on "vec"(%[[SUM:[0-9]+]],
// CHECK-NOT: tile.issue "{{transpose|dma}}" {{.*}}%[[SUM]]
// CHECK: tile.issue "{{load_stationary|matmul}}" on "pe"({{.*}}%[[SUM]])
// CHECK: return
func.func @main(%x: tensor<1x64x8x8xf32>, %w: tensor<1x1x64x128xf32>, %f: tensor<128x10xf32>) -> tensor<1x10xf32> {
  %a = tile.convolution %x, %w {dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_high = array<i64: 0, 0>, pad_low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x128xf32>) -> tensor<1x128x8x8xf32>
  %s = tile.reduction "add" %a over [2, 3] in "f32" : tensor<1x128x8x8xf32> -> tensor<1x128x1x1xf32>
  %r = tile.reshape %s : tensor<1x128x1x1xf32> -> tensor<1x128xf32>
  %p = tile.contract %r, %f : (tensor<1x128xf32>, tensor<128x10xf32>) -> tensor<1x10xf32>
  return %p : tensor<1x10xf32>
}
