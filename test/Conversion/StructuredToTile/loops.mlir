// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// What is carried has one place, and so has the condition. A value that is
// read in the loop stays in HBM, though it would fit on the chip.
// CHECK-LABEL: func.func @carries
// CHECK: %[[EXP:.*]] = tile.segment "scratch" {{.*}} tensor<64x64xf32>
// CHECK: %[[CONDITION:.*]] = tile.segment "scratch" {{.*}} tensor<1xi1>
// CHECK: tile.issue "dma" on "dma"(%[[CONDITION]], %0)
// CHECK: %[[CARRIED:.*]] = tile.segment "scratch" {{.*}} tensor<64x64xf32>
// CHECK: tile.issue "dma" on "dma"(%[[CARRIED]], %2)
// CHECK: tile.begin_while %[[CONDITION]]
// CHECK: tile.issue "dma" on "dma"(%{{.*}}, %[[CARRIED]])
// CHECK: tile.issue "dma" on "dma"(%{{.*}}, %[[EXP]])
// CHECK: tile.issue "dma" on "dma"(%[[CARRIED]], %{{.*}})
// CHECK: tile.issue "dma" on "dma"(%[[CONDITION]], %1)
// CHECK: tile.end_while
// CHECK: tile.issue "dma" on "dma"(%3, %[[CARRIED]])
func.func @carries(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tile.elementwise "exp"(%x) in "f32" : (tensor<64x64xf32>) -> tensor<64x64xf32>
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %w = tile.elementwise "add"(%v, %e) in "f32" : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %y = tile.loop_end %d, %w : (tensor<i1>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}

// -----

// Values that change places are saved before one of them is overwritten.
// CHECK-LABEL: func.func @exchanges
// CHECK: tile.begin_while
// CHECK-COUNT-4: tile.issue "dma"
// CHECK: tile.issue "dma"
// CHECK-NOT: tile.issue
// CHECK: tile.end_while
func.func @exchanges(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %v, %w = tile.loop_begin %c, %x, %y : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %p, %q = tile.loop_end %d, %w, %v : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %p, %q : tensor<4xf32>, tensor<4xf32>
}
