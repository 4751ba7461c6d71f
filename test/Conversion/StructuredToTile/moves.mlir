// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// A slice of a transpose is one transfer.
// CHECK-LABEL: @reads_through_restrides
// CHECK: tile.issue "dma"
// CHECK-NEXT: return
func.func @reads_through_restrides(%x: tensor<8x6xf32>) -> tensor<3x5xf32> {
  %y = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<8x6xf32> -> tensor<6x8xf32>
  %z = tile.restride %y {starts = array<i64: 1, 2>, dims = array<i64: 1, 0>, steps = array<i64: 2, 1>} : tensor<6x8xf32> -> tensor<3x5xf32>
  return %z : tensor<3x5xf32>
}

// -----

// CHECK-LABEL: @reshapes_without_a_move
// CHECK-COUNT-1: tile.issue "dma"
// CHECK: tile.issue "activate"
func.func @reshapes_without_a_move(%x: tensor<8x6xf32>) -> tensor<2x24xf32> {
  %y = tile.reshape %x : tensor<8x6xf32> -> tensor<2x24xf32>
  %z = tile.elementwise "exp"(%y) in "f32" : (tensor<2x24xf32>) -> tensor<2x24xf32>
  return %z : tensor<2x24xf32>
}

// -----

// The same bytes are read as integers.
// CHECK-LABEL: @reads_bits_without_a_move
// CHECK: %[[X:.*]] = tile.segment
// CHECK-COUNT-1: tile.issue "dma"
// CHECK: tile.issue "tensor_scalar"{{.*}}i32
func.func @reads_bits_without_a_move(%x: tensor<8x6xf32>) -> tensor<8x6xi32> {
  %y = tile.bitcast %x : tensor<8x6xf32> -> tensor<8x6xi32>
  %z = tile.elementwise "bit_not"(%y) in "i32" : (tensor<8x6xi32>) -> tensor<8x6xi32>
  return %z : tensor<8x6xi32>
}

// -----

// An element of eight bytes is transposed as two words.
// CHECK-LABEL: @transposes_on_the_array
// CHECK: tile.issue "dma"
// CHECK: tile.issue "transpose" on "pe"
// CHECK-SAME: #tile.access<i32
func.func @transposes_on_the_array(%x: tensor<512x512xi64>) -> tensor<512x512xi64> {
  %y = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<512x512xi64> -> tensor<512x512xi64>
  return %y : tensor<512x512xi64>
}

// -----

// Only the border is filled: rows above and below, columns beside.
// CHECK-LABEL: @fills_the_border
// CHECK-COUNT-4: tile.issue "memset"
// CHECK-NOT: tile.issue "memset"
// CHECK: return
func.func @fills_the_border(%x: tensor<6x6xf32>) -> tensor<8x8xf32> {
  %y = tile.assemble %x {offsets = array<i64: 1, 1>, steps = array<i64: 1, 1>, fill = 0.0 : f32} : (tensor<6x6xf32>) -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// -----

// CHECK-LABEL: @takes_rows
// CHECK: tile.issue "dma_gather" on "dma"
// CHECK-SAME: over 1 x [33, 768]
// CHECK-SAME: indexStep = 768 : i64, limit = 1000 : i64
func.func @takes_rows(%x: tensor<1000x768xf32>, %i: tensor<33xi64>) -> tensor<33x768xf32> {
  %y = tile.take %x, %i {axis = 0 : i64} : (tensor<1000x768xf32>, tensor<33xi64>) -> tensor<33x768xf32>
  return %y : tensor<33x768xf32>
}
