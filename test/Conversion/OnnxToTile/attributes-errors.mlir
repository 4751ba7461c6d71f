// RUN: tilicho-opt %s --convert-onnx-to-tile --verify-diagnostics

// ONNX's own checks do not look at these.
func.func @attributes(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2xf32>, tensor<2x2xf32>) {
  // expected-error @below {{LpNormalization: the axis must be one of the input's}}
  %a = onnx.LpNormalization %x {axis = -9 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  // expected-error @below {{Einsum: the result's indices must be different ones of the inputs'}}
  %b = onnx.Einsum %x {equation = "ij->k"} : (tensor<2x3xf32>) -> tensor<2xf32>
  // expected-error @below {{Einsum: the result's indices must be different ones of the inputs'}}
  %c = onnx.Einsum %x {equation = "ij->ii"} : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return %a, %b, %c : tensor<2x3xf32>, tensor<2xf32>, tensor<2x2xf32>
}

func.func @sizes(%x: tensor<2xf32>) -> tensor<4611686018427387904x4xf32> {
  %s = onnx.Constant dense<[4611686018427387904, 4]> : tensor<2xi64>
  // expected-error @below {{Expand: output 0 has the shape tensor<4611686018427387904x4xf32>, which no memory can hold}}
  %y = onnx.Expand %x, %s : (tensor<2xf32>, tensor<2xi64>) -> tensor<4611686018427387904x4xf32>
  return %y : tensor<4611686018427387904x4xf32>
}
