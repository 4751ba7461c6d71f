// RUN: tilicho-opt %s --tile-order-constants | FileCheck %s

// CHECK-LABEL: @turns_the_right_operand
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[W:.*]] = tile.constant dense_resource<w> : tensor<128x256xf32> steps [{dims = array<i64: 1, 0>, kind = "restride", shape = array<i64: 256, 128>
// CHECK-SAME: : tensor<256x128xf32>
// CHECK: tile.contract %[[X]], %[[W]] : (tensor<64x256xf32>, tensor<256x128xf32>) -> tensor<64x128xf32>
func.func @turns_the_right_operand(%x: tensor<64x256xf32>) -> tensor<64x128xf32> {
  %w = tile.constant dense_resource<w> : tensor<128x256xf32> : tensor<128x256xf32>
  %y = tile.contract %x, %w {trans_b = true} : (tensor<64x256xf32>, tensor<128x256xf32>) -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}

// The turn comes after the steps that the constant has; batches stay outside.
// CHECK-LABEL: @turns_the_left_operand
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[W:.*]] = tile.constant dense_resource<w> : tensor<2x128x256xf32> steps [{kind = "cast", type = bf16}, {dims = array<i64: 0, 2, 1>, kind = "restride", shape = array<i64: 2, 256, 128>
// CHECK-SAME: : tensor<2x256x128xbf16>
// CHECK: tile.contract %[[W]], %[[X]] {trans_a = true}
func.func @turns_the_left_operand(%x: tensor<2x256x64xbf16>) -> tensor<2x128x64xbf16> {
  %w = tile.constant dense_resource<w> : tensor<2x128x256xf32> steps [{kind = "cast", type = bf16}] : tensor<2x128x256xbf16>
  %y = tile.contract %w, %x : (tensor<2x128x256xbf16>, tensor<2x256x64xbf16>) -> tensor<2x128x64xbf16>
  return %y : tensor<2x128x64xbf16>
}

// CHECK-LABEL: @leaves_what_lies_right
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.constant dense_resource<w> : tensor<256x128xf32> : tensor<256x128xf32>
// CHECK-NEXT: tile.contract %[[X]], %{{.*}} : (tensor<64x256xf32>, tensor<256x128xf32>)
func.func @leaves_what_lies_right(%x: tensor<64x256xf32>) -> tensor<64x128xf32> {
  %w = tile.constant dense_resource<w> : tensor<256x128xf32> : tensor<256x128xf32>
  %y = tile.contract %x, %w : (tensor<64x256xf32>, tensor<256x128xf32>) -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}

// All that read a constant read the same other one.
// CHECK-LABEL: @turns_once
// CHECK: %[[W:.*]] = tile.constant {{.*}} steps
// CHECK-NOT: tile.constant {{.*}} steps
// CHECK: tile.contract %{{.*}}, %[[W]]
// CHECK: tile.contract %{{.*}}, %[[W]]
func.func @turns_once(%x: tensor<64x128xf32>) -> tensor<64x128xf32> {
  %w = tile.constant dense_resource<v> : tensor<128x128xf32> : tensor<128x128xf32>
  %y = tile.contract %x, %w {trans_b = true} : (tensor<64x128xf32>, tensor<128x128xf32>) -> tensor<64x128xf32>
  %z = tile.contract %y, %w {trans_b = true} : (tensor<64x128xf32>, tensor<128x128xf32>) -> tensor<64x128xf32>
  return %z : tensor<64x128xf32>
}
