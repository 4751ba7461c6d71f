// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @smallest
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.top_k %[[X]] {axis = 1 : i64, largest = false}
// CHECK-SAME: -> tensor<4x3xf32>, tensor<4x3xi64>
func.func @smallest(%x: tensor<4x8xf32>) -> (tensor<4x3xf32>, tensor<4x3xi64>) {
  %k = onnx.Constant dense<[3]> : tensor<1xi64>
  %v, %i = onnx.TopK %x, %k {largest = 0 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> (tensor<4x3xf32>, tensor<4x3xi64>)
  return %v, %i : tensor<4x3xf32>, tensor<4x3xi64>
}

// CHECK-LABEL: @cumulative_sum
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.scan "add" %[[X]] in "f32" {axis = 1 : i64, exclusive = true, reverse = true}
func.func @cumulative_sum(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %a = onnx.Constant dense<-1> : tensor<i64>
  %y = onnx.CumSum %x, %a {exclusive = 1 : i64, reverse = 1 : i64} : (tensor<4x8xf32>, tensor<i64>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @cumulative_product
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.scan "multiply" %[[X]] in "i64" {axis = 0 : i64}
func.func @cumulative_product(%x: tensor<4x8xi64>) -> tensor<4x8xi64> {
  %a = onnx.Constant dense<0> : tensor<i64>
  %y = onnx.CumProd %x, %a : (tensor<4x8xi64>, tensor<i64>) -> tensor<4x8xi64>
  return %y : tensor<4x8xi64>
}
