// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// One pair with a shared index is one matrix product over the batch.
// CHECK-LABEL: @attention_scores
// CHECK-SAME: (%[[Q:[^:]+]]:{{[^%]*}}%[[K:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[K]] {dims = array<i64: 0, 1, 3, 2>
// CHECK-SAME: -> tensor<2x3x8x5xf32>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[Q]]
// CHECK-SAME: -> tensor<6x4x8xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<6x8x5xf32>
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[RESHAPE]], %[[RESHAPE_2]]
// CHECK-SAME: -> tensor<6x4x5xf32>
// CHECK: tile.reshape %[[CONTRACT]]
// CHECK-SAME: -> tensor<2x3x4x5xf32>
func.func @attention_scores(%q: tensor<2x3x4x8xf32>, %k: tensor<2x3x5x8xf32>) -> tensor<2x3x4x5xf32> {
  %y = onnx.Einsum %q, %k {equation = "bhid,bhjd->bhij"} : (tensor<2x3x4x8xf32>, tensor<2x3x5x8xf32>) -> tensor<2x3x4x5xf32>
  return %y : tensor<2x3x4x5xf32>
}

// With nothing to sum it is a product that broadcasts.
// CHECK-LABEL: @outer_product
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[A]]
// CHECK-SAME: -> tensor<3x1xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[B]]
// CHECK-SAME: -> tensor<1x4xf32>
// CHECK: tile.elementwise "multiply"(%[[RESHAPE]], %[[RESHAPE_2]]) in "f32"
// CHECK-SAME: -> tensor<3x4xf32>
func.func @outer_product(%a: tensor<3xf32>, %b: tensor<4xf32>) -> tensor<3x4xf32> {
  %y = onnx.Einsum %a, %b {equation = "i,j"} : (tensor<3xf32>, tensor<4xf32>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// CHECK-LABEL: @diagonal
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 1, 2, 0>
// CHECK-SAME: -> tensor<3x3x2xf32>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<9x2xf32>
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, 1>, starts = array<i64: 0, 0>, steps = array<i64: 4, 1>}
// CHECK-SAME: -> tensor<3x2xf32>
// CHECK: tile.restride %[[RESTRIDE_2]] {dims = array<i64: 1, 0>
// CHECK-SAME: -> tensor<2x3xf32>
func.func @diagonal(%x: tensor<2x3x3xf32>) -> tensor<2x3xf32> {
  %y = onnx.Einsum %x {equation = "bii->bi"} : (tensor<2x3x3xf32>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// What only one operand names is summed before the product.
// CHECK-LABEL: @sums_before_the_product
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[A]] over [1] in "f32"
// CHECK-SAME: -> tensor<3x1xf32>
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[SUM]]
// CHECK-SAME: -> tensor<3xf32>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[RESHAPE]]
// CHECK-SAME: -> tensor<1x1x3xf32>
// CHECK: %[[RESHAPE_3:.*]] = tile.reshape %[[B]]
// CHECK-SAME: -> tensor<1x3x4xf32>
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[RESHAPE_2]], %[[RESHAPE_3]]
// CHECK-SAME: -> tensor<1x1x4xf32>
// CHECK: tile.reshape %[[CONTRACT]]
// CHECK-SAME: -> tensor<4xf32>
func.func @sums_before_the_product(%a: tensor<3x7xf32>, %b: tensor<3x4xf32>) -> tensor<4xf32> {
  %y = onnx.Einsum %a, %b {equation = "ik,ij->j"} : (tensor<3x7xf32>, tensor<3x4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @ellipsis
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1, 3, 2>
// CHECK-SAME: -> tensor<2x3x5x4xf32>
func.func @ellipsis(%x: tensor<2x3x4x5xf32>) -> tensor<2x3x5x4xf32> {
  %y = onnx.Einsum %x {equation = "...ij->...ji"} : (tensor<2x3x4x5xf32>) -> tensor<2x3x5x4xf32>
  return %y : tensor<2x3x5x4xf32>
}
