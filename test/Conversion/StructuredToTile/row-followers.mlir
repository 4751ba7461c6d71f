// RUN: tilicho-compile %s -O3 --emit=tile | FileCheck %s

// What a norm does to a block of rows stands behind what leaves it: between the
// two blocks of the product, and in front of what follows both.
// CHECK: tile.issue "matmul"
// CHECK: tile.issue "tensor_reduce"
// CHECK-SAME: sbuf
// CHECK: tile.issue "matmul"
// CHECK: tile.issue "tensor_reduce"
// CHECK: tile.issue "matmul"
// CHECK: return
func.func @main(%x: tensor<256x128xbf16>, %w: tensor<128x512xbf16>, %v: tensor<512x64xbf16>) -> tensor<256x64xbf16> {
  %p = tile.contract %x, %w : (tensor<256x128xbf16>, tensor<128x512xbf16>) -> tensor<256x512xbf16>
  %n = tile.normalization %p {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<256x512xbf16>
  %y = tile.contract %n, %v : (tensor<256x512xbf16>, tensor<512x64xbf16>) -> tensor<256x64xbf16>
  return %y : tensor<256x64xbf16>
}
