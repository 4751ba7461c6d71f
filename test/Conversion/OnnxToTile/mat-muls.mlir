// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @vector_times_matrix
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[A]]
// CHECK-SAME: -> tensor<1x8xf32>
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[RESHAPE]], %[[B]]
// CHECK-SAME: -> tensor<1x3xf32>
// CHECK: tile.reshape %[[CONTRACT]]
// CHECK-SAME: -> tensor<3xf32>
func.func @vector_times_matrix(%a: tensor<8xf32>, %b: tensor<8x3xf32>) -> tensor<3xf32> {
  %y = onnx.MatMul %a, %b : (tensor<8xf32>, tensor<8x3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @batches_broadcast
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: tile.contract %[[A]], %[[B]]
// CHECK-SAME: -> tensor<5x2x4x3xf32>
func.func @batches_broadcast(%a: tensor<5x1x4x8xf32>, %b: tensor<2x8x3xf32>) -> tensor<5x2x4x3xf32> {
  %y = onnx.MatMul %a, %b : (tensor<5x1x4x8xf32>, tensor<2x8x3xf32>) -> tensor<5x2x4x3xf32>
  return %y : tensor<5x2x4x3xf32>
}

// What the array cannot multiply is multiplied in its own width.
// CHECK-LABEL: @long_integers
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[A]]
// CHECK-SAME: -> tensor<4x8x1xi64>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[B]]
// CHECK-SAME: -> tensor<1x8x3xi64>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[RESHAPE]], %[[RESHAPE_2]]) in "i64"
// CHECK-SAME: -> tensor<4x8x3xi64>
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[MULTIPLY]] over [1] in "i64"
// CHECK-SAME: -> tensor<4x1x3xi64>
// CHECK: tile.reshape %[[SUM]]
// CHECK-SAME: -> tensor<4x3xi64>
func.func @long_integers(%a: tensor<4x8xi64>, %b: tensor<8x3xi64>) -> tensor<4x3xi64> {
  %y = onnx.MatMul %a, %b : (tensor<4x8xi64>, tensor<8x3xi64>) -> tensor<4x3xi64>
  return %y : tensor<4x3xi64>
}

// The bias is added to sums that are not yet rounded.
// CHECK-LABEL: @gemm_adds_before_rounding
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:{{[^%]*}}%[[C:[^:]+]]:
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[A]], %[[B]] {trans_a = true, trans_b = true}
// CHECK-SAME: -> tensor<4x3xf32>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[CONTRACT]], %[[C]]) in "f32"
// CHECK-SAME: -> tensor<4x3xf32>
// CHECK: tile.elementwise "copy"(%[[ADD]]) in "f32"
// CHECK-SAME: -> tensor<4x3xf16>
func.func @gemm_adds_before_rounding(%a: tensor<8x4xf16>, %b: tensor<3x8xf16>, %c: tensor<3xf16>) -> tensor<4x3xf16> {
  %y = onnx.Gemm %a, %b, %c {transA = 1 : i64, transB = 1 : i64} : (tensor<8x4xf16>, tensor<3x8xf16>, tensor<3xf16>) -> tensor<4x3xf16>
  return %y : tensor<4x3xf16>
}

// CHECK-LABEL: @gemm_scales
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:{{[^%]*}}%[[C:[^:]+]]:
// CHECK: %[[CONTRACT:.*]] = tile.contract %[[A]], %[[B]]
// CHECK: %[[ALPHA:.*]] = tile.constant dense<2.500000e-01>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[CONTRACT]], %[[ALPHA]]) in "f32"
// CHECK: %[[BETA:.*]] = tile.constant dense<4.000000e+00>
// CHECK: %[[MULTIPLY_2:.*]] = tile.elementwise "multiply"(%[[C]], %[[BETA]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[MULTIPLY_2]]) in "f32"
func.func @gemm_scales(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>, %c: tensor<3xf32>) -> tensor<4x3xf32> {
  %y = onnx.Gemm %a, %b, %c {alpha = 0.25 : f32, beta = 4.0 : f32} : (tensor<4x8xf32>, tensor<8x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// CHECK-LABEL: @gemm_without_bias
// CHECK-SAME: (%[[A:[^:]+]]:{{[^%]*}}%[[B:[^:]+]]:
// CHECK: tile.contract %[[A]], %[[B]]
func.func @gemm_without_bias(%a: tensor<4x8xf32>, %b: tensor<8x3xf32>) -> tensor<4x3xf32> {
  %none = onnx.none
  %y = onnx.Gemm %a, %b, %none : (tensor<4x8xf32>, tensor<8x3xf32>, none) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// CHECK-LABEL: @sum_of_nothing
// CHECK-NOT: tile.contract
// CHECK: tile.constant dense<0.000000e+00> : tensor<4x3xf32>
func.func @sum_of_nothing(%a: tensor<4x0xf32>, %b: tensor<0x3xf32>) -> tensor<4x3xf32> {
  %y = onnx.MatMul %a, %b : (tensor<4x0xf32>, tensor<0x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
