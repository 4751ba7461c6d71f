// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Scores, their scale and mask, and powers stay on chip: nothing but operands
// and the result is in memory, and a sum is taken with the powers.
// CHECK-LABEL: @keeps_scores_on_chip
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "matmul" on "pe"
// CHECK: tile.issue "tensor_reduce" on "vec"
// CHECK-SAME: op0 = "max"
// CHECK: tile.issue "activate" on "act"
// CHECK-SAME: op0 = "exp"
// CHECK: tile.issue "transpose" on "pe"
// CHECK: tile.issue "matmul" on "pe"
// CHECK: return
func.func @keeps_scores_on_chip(%q: tensor<2x128x64xf32>, %k: tensor<2x128x64xf32>, %v: tensor<2x128x64xf32>, %m: tensor<2x1x128xf32>) -> tensor<2x128x64xf32> {
  %c = tile.constant dense<0.125> : tensor<f32> : tensor<f32>
  %s = tile.contract %q, %k {trans_b = true} : (tensor<2x128x64xf32>, tensor<2x128x64xf32>) -> tensor<2x128x128xf32>
  %t = tile.elementwise "multiply"(%s, %c) in "f32" : (tensor<2x128x128xf32>, tensor<f32>) -> tensor<2x128x128xf32>
  %u = tile.elementwise "add"(%t, %m) in "f32" : (tensor<2x128x128xf32>, tensor<2x1x128xf32>) -> tensor<2x128x128xf32>
  %p = tile.softmax %u {axis = 2 : i64} : tensor<2x128x128xf32>
  %y = tile.contract %p, %v : (tensor<2x128x128xf32>, tensor<2x128x64xf32>) -> tensor<2x128x64xf32>
  return %y : tensor<2x128x64xf32>
}

// -----

// A row of scores that does not fit comes in blocks: what was summed before is
// scaled by the power of how much the maximum grew.
// CHECK-LABEL: @carries_maximum_and_sum
// CHECK-NOT: tile.segment "scratch"
// CHECK: tile.issue "scalar_tensor_tensor" on "vec"
// CHECK-SAME: op0 = "multiply"
// CHECK-SAME: op1 = "add"
// CHECK: return
func.func @carries_maximum_and_sum(%q: tensor<1x1xf32>, %k: tensor<65536x1xf32>, %v: tensor<65536x8xf32>) -> tensor<1x8xf32> {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<1x1xf32>, tensor<65536x1xf32>) -> tensor<1x65536xf32>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<1x65536xf32>
  %y = tile.contract %p, %v : (tensor<1x65536xf32>, tensor<65536x8xf32>) -> tensor<1x8xf32>
  return %y : tensor<1x8xf32>
}

// -----

// A softmax that somebody else reads has to be there as a whole.
// CHECK-LABEL: @leaves_what_others_read
// CHECK: tile.segment "output"
// CHECK: tile.segment "output"
// CHECK: return
func.func @leaves_what_others_read(%q: tensor<16x8xf32>, %k: tensor<16x8xf32>, %v: tensor<16x8xf32>) -> (tensor<16x16xf32>, tensor<16x8xf32>) {
  %s = tile.contract %q, %k {trans_b = true} : (tensor<16x8xf32>, tensor<16x8xf32>) -> tensor<16x16xf32>
  %p = tile.softmax %s {axis = 1 : i64} : tensor<16x16xf32>
  %y = tile.contract %p, %v : (tensor<16x16xf32>, tensor<16x8xf32>) -> tensor<16x8xf32>
  return %p, %y : tensor<16x16xf32>, tensor<16x8xf32>
}
