// RUN: tilicho-opt %s --tile-multiply-by-reciprocals | FileCheck %s

// CHECK-LABEL: @divides_by_what_is_bounded
// CHECK-SAME: (%[[X:.*]]: tensor<64xf32>,
// CHECK: %[[SUM:.*]] = tile.elementwise "add"
// CHECK: %[[R:.*]] = tile.elementwise "reciprocal"(%[[SUM]])
// CHECK: tile.elementwise "multiply"(%[[X]], %[[R]])
func.func @divides_by_what_is_bounded(%x: tensor<64xf32>, %v: tensor<64xf32>) -> tensor<64xf32> {
  %e = tile.constant dense<1.0e-8> : tensor<f32> : tensor<f32>
  %s = tile.elementwise "sqrt"(%v) in "f32" : (tensor<64xf32>) -> tensor<64xf32>
  %a = tile.elementwise "add"(%s, %e) in "f32" : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  %y = tile.elementwise "divide"(%x, %a) in "f32" : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %y : tensor<64xf32>
}

// The reciprocal of a very small or large number overflows or loses bits.
// CHECK-LABEL: @divides_by_what_may_be_zero
// CHECK: "divide"
func.func @divides_by_what_may_be_zero(%x: tensor<64xf32>, %v: tensor<64xf32>) -> tensor<64xf32> {
  %s = tile.elementwise "sqrt"(%v) in "f32" : (tensor<64xf32>) -> tensor<64xf32>
  %y = tile.elementwise "divide"(%x, %s) in "f32" : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %y : tensor<64xf32>
}

// CHECK-LABEL: @divides_by_what_may_be_large
// CHECK: "divide"
func.func @divides_by_what_may_be_large(%x: tensor<64xf32>, %v: tensor<64xf32>) -> tensor<64xf32> {
  %e = tile.constant dense<1.0> : tensor<f32> : tensor<f32>
  %s = tile.elementwise "exp"(%v) in "f32" : (tensor<64xf32>) -> tensor<64xf32>
  %a = tile.elementwise "add"(%s, %e) in "f32" : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  %y = tile.elementwise "divide"(%x, %a) in "f32" : (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32>
  return %y : tensor<64xf32>
}

// Exact in other types.
// CHECK-LABEL: @leaves_integers
// CHECK: "divide"
func.func @leaves_integers(%x: tensor<64xi32>, %v: tensor<64xi32>) -> tensor<64xi32> {
  %y = tile.elementwise "divide"(%x, %v) in "i32" : (tensor<64xi32>, tensor<64xi32>) -> tensor<64xi32>
  return %y : tensor<64xi32>
}
