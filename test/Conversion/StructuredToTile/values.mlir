// RUN: split-file %s %t
// RUN: tilicho-compile %t/chain.mlir --emit=tile -O1 | FileCheck %t/chain.mlir --implicit-check-not=tile.value
// RUN: tilicho-compile %t/resident.mlir --emit=tile -O1 | FileCheck %t/resident.mlir --check-prefix=HBM
// RUN: tilicho-compile %t/resident.mlir --emit=tile -O2 | FileCheck %t/resident.mlir

//--- chain.mlir
// A kept value of a chain is stored; one that is not kept is nowhere. A reshape
// is the same memory under another name.
// CHECK: %[[KEPT:.*]] = tile.segment "scratch"
// CHECK: tile.value "kept" : tensor<4x8xf32> in %[[KEPT]] : <hbm, 1 x 128> at 0, 0 from 0 [32] [1] [0] [4]
// CHECK-NEXT: tile.value "flat" : tensor<32xf32> in %[[KEPT]] : <hbm, 1 x 128> at 0, 0 from 0 [32] [1] [0] [4]
func.func @main(%x: tensor<4x8xf32>) -> tensor<32xf32> {
  %a = tile.elementwise "neg" (%x) in "f32" {onnx.values = ["fused"]} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %b = tile.elementwise "exp" (%a) in "f32" {onnx.values = ["kept"], tile.kept} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %c = tile.reshape %b {onnx.values = ["flat"]} : tensor<4x8xf32> -> tensor<32xf32>
  %d = tile.elementwise "abs" (%c) in "f32" {onnx.values = ["y"]} : (tensor<32xf32>) -> tensor<32xf32>
  return %d : tensor<32xf32>
}

//--- resident.mlir
// 160 channels lie in two blocks of partitions, of 128 and of 32.
// CHECK: tile.value "between" : tensor<1x160x8x8xf32> in %[[RESIDENT:.*]] : <sbuf, 128 x 512> at 0, 0 from 0 [128, 64] [64, 1] [1, 0] [0, 4]
// CHECK-NEXT: tile.value "between" : tensor<1x160x8x8xf32> in %[[RESIDENT]] : <sbuf, 128 x 512> at 0, 256 from 8192 [32, 64] [64, 1] [1, 0] [0, 4]
// HBM: tile.value "between" : tensor<1x160x8x8xf32> in %{{.*}} : <hbm, 1 x 40960> at 0, 0 from 0 [10240] [1] [0] [4]
func.func @main(%x: tensor<1x128x8x8xf32>, %w: tensor<1x1x128x160xf32>, %v: tensor<1x1x160x128xf32>) -> tensor<1x128x8x8xf32> {
  %y = tile.convolution %x, %w {onnx.values = ["between"], strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x128x8x8xf32>, tensor<1x1x128x160xf32>) -> tensor<1x160x8x8xf32>
  %z = tile.convolution %y, %v {onnx.values = ["z"], strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>, pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>} : (tensor<1x160x8x8xf32>, tensor<1x1x160x128xf32>) -> tensor<1x128x8x8xf32>
  return %z : tensor<1x128x8x8xf32>
}
