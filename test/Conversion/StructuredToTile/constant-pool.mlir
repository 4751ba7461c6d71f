// RUN: tilicho-compile %s -O3 --emit=tile | FileCheck %s
// RUN: tilicho-compile %s -O1 --emit=tile | FileCheck %s --check-prefix=EACH

// What belongs to channels is one constant with channels on the partitions, in
// f32, and comes in one transfer; of 160 channels the last 32 are a block of
// their own.
// CHECK-LABEL: @main
// CHECK: %[[MEMORY:.*]] = tile.segment "constant" "channels.f32" {{.*}}kind = "append"{{.*}} : tensor<128x3xf32>
// CHECK: tile.issue "dma" on "dma"(%[[POOL:[0-9]+]], %[[MEMORY]]) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [3, 1]>] over 128 x [3]
// CHECK: tile.issue "activate" on "act"({{.*}}, %[[POOL]]) [{{.*}}#tile.access<f32, 0, 0, [0]>] over 128 x
// CHECK: tile.issue "activate" on "act"({{.*}}, %[[POOL]]) [{{.*}}#tile.access<f32, 0, 4, [0]>] over 32 x
// CHECK: tile.issue "activate" on "act"({{.*}}, %[[POOL]]) [{{.*}}#tile.access<f32, 0, 8, [0]>] over 64 x
// EACH-NOT: channels.f32
// EACH: return
func.func @main(%x: tensor<1x64x8x8xf32>, %v: tensor<1x1x64x160xf32>, %w: tensor<1x1x160x64xf32>) -> tensor<1x64x8x8xf32> {
  %a = tile.constant dense<"0x0000A040"> : tensor<1xf32> steps [{kind = "restride", starts = array<i64: 0>, dims = array<i64: -1, 0, -1, -1>, steps = array<i64: 0, 1, 0, 0>, shape = array<i64: 1, 160, 1, 1>}] : tensor<1x160x1x1xf32>
  %b = tile.constant dense<2.0> : tensor<64x1x1xbf16> steps [{kind = "reshape", shape = array<i64: 64, 1, 1>}] : tensor<64x1x1xbf16>
  %p = tile.convolution %x, %v {dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_high = array<i64: 0, 0>, pad_low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x64x8x8xf32>, tensor<1x1x64x160xf32>) -> tensor<1x160x8x8xf32>
  %q = tile.elementwise "add"(%p, %a) in "f32" : (tensor<1x160x8x8xf32>, tensor<1x160x1x1xf32>) -> tensor<1x160x8x8xf32>
  %r = tile.convolution %q, %w {dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_high = array<i64: 0, 0>, pad_low = array<i64: 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x160x8x8xf32>, tensor<1x1x160x64xf32>) -> tensor<1x64x8x8xf32>
  %s = tile.elementwise "add"(%r, %b) in "f32" : (tensor<1x64x8x8xf32>, tensor<64x1x1xbf16>) -> tensor<1x64x8x8xf32>
  return %s : tensor<1x64x8x8xf32>
}
