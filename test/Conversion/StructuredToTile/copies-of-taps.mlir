// RUN: tilicho-compile %s -O3 --emit=tile | FileCheck %s

// Of few channels taps lie beside each other. What the function is given comes
// onto the chip once, with the cast on the way; the copies are made there.
// CHECK-LABEL: @main
// CHECK: %[[X:.*]] = tile.segment "input" "input0"
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "dma" on "dma"(%[[ONCE:[0-9]+]], %[[X]]) [#tile.access<bf16, 0, {{.*}}, #tile.access<f32, 0, {{.*}} over 3 x
// CHECK-NOT: %[[X]]
// CHECK: tile.issue "dma" on "dma"(%[[BLOCK:[0-9]+]], %[[ONCE]]) {{.*}} over 3 x
// CHECK: tile.issue "dma" on "dma"(%[[BLOCK]], %[[ONCE]]) {{.*}} over 3 x
// CHECK: tile.issue "matmul" on "pe"(%{{[0-9]+}}, %[[BLOCK]])
// CHECK: return
func.func @main(%x: tensor<1x3x32x32xf32>, %w: tensor<3x3x3x64xbf16>) -> tensor<1x64x32x32xf32> {
  %c = tile.elementwise "copy"(%x) in "f32" : (tensor<1x3x32x32xf32>) -> tensor<1x3x32x32xbf16>
  %y = tile.convolution %c, %w {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>} : (tensor<1x3x32x32xbf16>, tensor<3x3x3x64xbf16>) -> tensor<1x64x32x32xf32>
  return %y : tensor<1x64x32x32xf32>
}
