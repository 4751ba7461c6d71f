// RUN: tilicho-opt %s --onnx-infer-shapes --verify-diagnostics

func.func @refuses_unlike_shapes(%x: tensor<2x3xf32>, %w: tensor<4x5xf32>) -> tensor<?x?xf32> {
  // expected-error @+1 {{Incompatible dimensions for matrix multiplication}}
  %y = onnx.MatMul %x, %w : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
