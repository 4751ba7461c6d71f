// RUN: tilicho-compile %s -O3 --emit=tile | FileCheck %s

// A loop goes back in program order, by which memory on chip is reused: what
// belongs to channels comes where it is used.
// CHECK-NOT: channels.f32
// CHECK: tile.begin_while
// CHECK: tile.issue "dma" on "dma"({{.*}} over 64 x []
// CHECK: tile.end_while
func.func @main(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<1x64x8x8xf32>, %w: tensor<1x1x64x64xf32>) -> tensor<1x64x8x8xf32> {
  %a = tile.constant dense<2.0> : tensor<64xf32> steps [{kind = "reshape", shape = array<i64: 1, 64, 1, 1>}] : tensor<1x64x1x1xf32>
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  %p = tile.convolution %v, %w {dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_high = array<i64: 0, 0>, pad_low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x64xf32>) -> tensor<1x64x8x8xf32>
  %q = tile.elementwise "add"(%p, %a) in "f32" : (tensor<1x64x8x8xf32>, tensor<1x64x1x1xf32>) -> tensor<1x64x8x8xf32>
  %y = tile.loop_end %d, %q : (tensor<i1>, tensor<1x64x8x8xf32>) -> tensor<1x64x8x8xf32>
  return %y : tensor<1x64x8x8xf32>
}
