// RUN: tilicho-opt %s --tile-simplify-moves | FileCheck %s

// CHECK-LABEL: @joins_transposes_through_unit_dimensions
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK-NEXT: %[[Y:.*]] = tile.restride %[[X]] {dims = array<i64: 2, 1>
// CHECK-SAME: tensor<1x4x8xf32> -> tensor<8x4xf32>
// CHECK-NEXT: return %[[Y]]
func.func @joins_transposes_through_unit_dimensions(%x: tensor<1x4x8xf32>) -> tensor<8x4xf32> {
  %a = tile.restride %x {starts = array<i64: 0, 0, 0>, dims = array<i64: 1, 0, 2>, steps = array<i64: 1, 1, 1>} : tensor<1x4x8xf32> -> tensor<4x1x8xf32>
  %b = tile.reshape %a : tensor<4x1x8xf32> -> tensor<4x8xf32>
  %c = tile.restride %b {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<8x4xf32>
  return %c : tensor<8x4xf32>
}

// Starts and steps of the second are counted in steps of the first.
// CHECK-LABEL: @joins_slices
// CHECK: tile.restride %{{.*}} {dims = array<i64: 0>, starts = array<i64: 7>, steps = array<i64: -4>}
func.func @joins_slices(%x: tensor<9xf32>) -> tensor<2xf32> {
  %a = tile.restride %x {starts = array<i64: 1>, dims = array<i64: 0>, steps = array<i64: 2>} : tensor<9xf32> -> tensor<4xf32>
  %b = tile.restride %a {starts = array<i64: 3>, dims = array<i64: 0>, steps = array<i64: -2>} : tensor<4xf32> -> tensor<2xf32>
  return %b : tensor<2xf32>
}

// A head's keys are read with k inside, scaled before they are moved.
// CHECK-LABEL: @contracts_transposed_heads
// CHECK-SAME: (%[[Q:[^:]+]]: {{.*}}, %[[K:[^:]+]]: {{.*}}, %[[S:[^:]+]]:
// CHECK: %[[SCALED:.*]] = tile.elementwise "multiply"(%[[K]], %[[S]])
// CHECK: %[[HEADS:.*]] = tile.reshape %[[SCALED]] : tensor<10x12xf32> -> tensor<2x5x3x4xf32>
// CHECK: %[[MOVED:.*]] = tile.restride %[[HEADS]] {dims = array<i64: 0, 2, 1, 3>
// CHECK: tile.contract %[[Q]], %[[MOVED]] {trans_b = true}
func.func @contracts_transposed_heads(%q: tensor<2x3x5x4xf32>, %k: tensor<10x12xf32>, %scale: tensor<f32>) -> tensor<2x3x5x5xf32> {
  %0 = tile.reshape %k : tensor<10x12xf32> -> tensor<2x5x3x4xf32>
  %1 = tile.restride %0 {starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 2, 1, 3>, steps = array<i64: 1, 1, 1, 1>} : tensor<2x5x3x4xf32> -> tensor<2x3x5x4xf32>
  %2 = tile.reshape %1 : tensor<2x3x5x4xf32> -> tensor<6x5x4xf32>
  %3 = tile.restride %2 {starts = array<i64: 0, 0, 0>, dims = array<i64: 0, 2, 1>, steps = array<i64: 1, 1, 1>} : tensor<6x5x4xf32> -> tensor<6x4x5xf32>
  %4 = tile.reshape %3 : tensor<6x4x5xf32> -> tensor<2x3x4x5xf32>
  %5 = tile.elementwise "multiply"(%4, %scale) in "f32" : (tensor<2x3x4x5xf32>, tensor<f32>) -> tensor<2x3x4x5xf32>
  %6 = tile.contract %q, %5 : (tensor<2x3x5x4xf32>, tensor<2x3x4x5xf32>) -> tensor<2x3x5x5xf32>
  return %6 : tensor<2x3x5x5xf32>
}

// Rows of all batches are one matrix, through arithmetic and normalisation.
// CHECK-LABEL: @makes_rows_of_batches
// CHECK: tile.contract {{.*}} : (tensor<6x8xf32>, tensor<8x8xf32>) -> tensor<6x8xf32>
// CHECK: tile.elementwise "add"({{.*}}) in "f32" : (tensor<6x8xf32>, tensor<8xf32>) -> tensor<6x8xf32>
// CHECK: tile.normalization {{.*}} {axis = 1 : i64, epsilon = {{.*}}} : tensor<6x8xf32>
// CHECK: tile.contract {{.*}} -> tensor<6x8xf32>
// CHECK: tile.reshape {{.*}} -> tensor<2x3x8xf32>
func.func @makes_rows_of_batches(%x: tensor<2x3x8xf32>, %w: tensor<8x8xf32>, %b: tensor<8xf32>) -> tensor<2x3x8xf32> {
  %0 = tile.contract %x, %w : (tensor<2x3x8xf32>, tensor<8x8xf32>) -> tensor<2x3x8xf32>
  %1 = tile.elementwise "add"(%0, %b) in "f32" : (tensor<2x3x8xf32>, tensor<8xf32>) -> tensor<2x3x8xf32>
  %2 = tile.normalization %1 {axis = 2 : i64, epsilon = 1.0e-5 : f32} : tensor<2x3x8xf32>
  %3 = tile.contract %2, %w : (tensor<2x3x8xf32>, tensor<8x8xf32>) -> tensor<2x3x8xf32>
  return %3 : tensor<2x3x8xf32>
}

// A value that somebody else reads is moved once.
// CHECK-LABEL: @keeps_shared_moves
// CHECK: tile.restride
// CHECK: tile.restride
func.func @keeps_shared_moves(%x: tensor<4x8xf32>) -> (tensor<8x4xf32>, tensor<4x4xf32>) {
  %a = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<4x8xf32> -> tensor<8x4xf32>
  %b = tile.restride %a {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 2>} : tensor<8x4xf32> -> tensor<4x4xf32>
  return %a, %b : tensor<8x4xf32>, tensor<4x4xf32>
}

// A transpose that moves no element names dimensions.
// CHECK-LABEL: @names_dimensions
// CHECK-NEXT: tile.reshape
func.func @names_dimensions(%x: tensor<1x4x8xf32>) -> tensor<4x1x8xf32> {
  %a = tile.restride %x {starts = array<i64: 0, 0, 0>, dims = array<i64: 1, 0, 2>, steps = array<i64: 1, 1, 1>} : tensor<1x4x8xf32> -> tensor<4x1x8xf32>
  return %a : tensor<4x1x8xf32>
}

// What has no elements has no rows to tell.
// CHECK-LABEL: @leaves_what_is_empty
// CHECK: tile.elementwise "relu"
// CHECK: return %{{.*}} : tensor<2x3x0xf32>
func.func @leaves_what_is_empty(%x: tensor<6x0xf32>) -> tensor<2x3x0xf32> {
  %r = tile.reshape %x : tensor<6x0xf32> -> tensor<2x3x0xf32>
  %y = tile.elementwise "relu"(%r) in "f32" : (tensor<2x3x0xf32>) -> tensor<2x3x0xf32>
  return %y : tensor<2x3x0xf32>
}

// Heads that share keys and values are groups of a batch, in which these are
// one; masks of all heads and of a batch have the groups too.
// CHECK-LABEL: @groups_heads_of_shared_keys
// CHECK-SAME: %[[K:[^:,]+]]: tensor<2x3x5x4xf32>, %{{[^:]+}}: tensor<2x3x5x4xf32>, %[[M:[^:]+]]: tensor<2x1x1x5xf32>
// CHECK-NOT: tile.restride
// CHECK: tile.elementwise "multiply"(%[[K]], %{{.*}}) {{.*}} -> tensor<2x3x5x4xf32>
// CHECK: %[[S:.*]] = tile.contract %{{.*}} {trans_b = true} : (tensor<2x3x2x7x4xf32>, tensor<2x3x1x5x4xf32>)
// CHECK: %[[MASK:.*]] = tile.reshape %[[M]] : tensor<2x1x1x5xf32> -> tensor<2x1x1x1x5xf32>
// CHECK: %[[T:.*]] = tile.elementwise "add"(%[[S]], %[[MASK]])
// CHECK: %[[P:.*]] = tile.softmax %[[T]] {axis = 4 : i64}
// CHECK: %[[Y:.*]] = tile.contract %[[P]], %{{.*}} : (tensor<2x3x2x7x5xf32>, tensor<2x3x1x5x4xf32>)
// CHECK: tile.reshape %[[Y]] : tensor<2x3x2x7x4xf32> -> tensor<2x6x7x4xf32>
func.func @groups_heads_of_shared_keys(%q: tensor<2x6x7x4xf32>, %k: tensor<2x3x5x4xf32>, %v: tensor<2x3x5x4xf32>, %m: tensor<2x1x1x5xf32>, %scale: tensor<f32>) -> tensor<2x6x7x4xf32> {
  %0 = tile.restride %k {starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 1, -1, 2, 3>, steps = array<i64: 1, 1, 1, 1, 1>} : tensor<2x3x5x4xf32> -> tensor<2x3x2x5x4xf32>
  %1 = tile.reshape %0 : tensor<2x3x2x5x4xf32> -> tensor<2x6x5x4xf32>
  %2 = tile.elementwise "multiply"(%1, %scale) in "f32" : (tensor<2x6x5x4xf32>, tensor<f32>) -> tensor<2x6x5x4xf32>
  %3 = tile.contract %q, %2 {trans_b = true} : (tensor<2x6x7x4xf32>, tensor<2x6x5x4xf32>) -> tensor<2x6x7x5xf32>
  %4 = tile.elementwise "add"(%3, %m) in "f32" : (tensor<2x6x7x5xf32>, tensor<2x1x1x5xf32>) -> tensor<2x6x7x5xf32>
  %5 = tile.softmax %4 {axis = 3 : i64} : tensor<2x6x7x5xf32>
  %6 = tile.restride %v {starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 1, -1, 2, 3>, steps = array<i64: 1, 1, 1, 1, 1>} : tensor<2x3x5x4xf32> -> tensor<2x3x2x5x4xf32>
  %7 = tile.reshape %6 : tensor<2x3x2x5x4xf32> -> tensor<2x6x5x4xf32>
  %8 = tile.contract %5, %7 : (tensor<2x6x7x5xf32>, tensor<2x6x5x4xf32>) -> tensor<2x6x7x4xf32>
  return %8 : tensor<2x6x7x4xf32>
}

// What is no move, and reads nothing, stays before arithmetic.
// CHECK-LABEL: @leaves_constants
// CHECK: %[[C:.*]] = tile.constant
// CHECK: %[[Y:.*]] = tile.elementwise "subtract"(%[[C]], %{{.*}})
// CHECK: return %[[Y]]
func.func @leaves_constants(%zero: tensor<f32>) -> tensor<2x2xf32> {
  %c = tile.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %y = tile.elementwise "subtract"(%c, %zero) in "f32" : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
