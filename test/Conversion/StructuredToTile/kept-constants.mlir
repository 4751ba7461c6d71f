// RUN: tilicho-compile %s --emit=tile -O2 | FileCheck %s

// What several products read comes onto the chip once, and stays.
// CHECK: %[[W:.*]] = tile.segment "constant" {{.*}} tensor<64x64xf32>
// CHECK: tile.issue "dma" on "dma"(%[[TILE:.*]], %[[W]])
// CHECK-NOT: %[[W]])
// CHECK-COUNT-4: tile.issue "load_stationary" on "pe"(%[[TILE]])
// CHECK-NOT: %[[W]])
// CHECK: return
func.func @steps(%x: tensor<64x1xf32>) -> tensor<64x1xf32> {
  %w = tile.constant dense<1.0> : tensor<64x64xf32> : tensor<64x64xf32>
  %a = tile.contract %w, %x {trans_a = true} : (tensor<64x64xf32>, tensor<64x1xf32>) -> tensor<64x1xf32>
  %b = tile.contract %w, %a {trans_a = true} : (tensor<64x64xf32>, tensor<64x1xf32>) -> tensor<64x1xf32>
  %c = tile.contract %w, %b {trans_a = true} : (tensor<64x64xf32>, tensor<64x1xf32>) -> tensor<64x1xf32>
  %d = tile.contract %w, %c {trans_a = true} : (tensor<64x64xf32>, tensor<64x1xf32>) -> tensor<64x1xf32>
  return %d : tensor<64x1xf32>
}
