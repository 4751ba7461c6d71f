// RUN: tilicho-opt %s --onnx-infer-shapes | FileCheck %s

// CHECK-LABEL: @infers_from_constant_shape
// CHECK-SAME: -> tensor<4x6xf32>
func.func @infers_from_constant_shape(%x: tensor<2x12xf32>) -> tensor<?x?xf32> {
  %shape = onnx.Constant dense<[4, -1]> : tensor<2xi64>
  // CHECK: onnx.Reshape {{.*}} -> tensor<4x6xf32>
  %y = onnx.Reshape %x, %shape : (tensor<2x12xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
