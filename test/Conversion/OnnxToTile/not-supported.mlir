// RUN: tilicho-opt %s --convert-onnx-to-tile --split-input-file --verify-diagnostics

// All that cannot be lowered is reported at once.
func.func @reports_all(%x: tensor<4xf32>, %s: tensor<1xi64>) -> (tensor<2xf32>, tensor<1x?xi64>) {
  %none = onnx.none
  // expected-error @+1 {{Slice: the starts must be known when compiling}}
  %y = onnx.Slice %x, %s, %s, %none, %none : (tensor<4xf32>, tensor<1xi64>, tensor<1xi64>, none, none) -> tensor<2xf32>
  // expected-error @+1 {{NonZero: the operator NonZero is not supported}}
  %z = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
  return %y, %z : tensor<2xf32>, tensor<1x?xi64>
}

// -----

func.func @unbound_shape(%x: tensor<?xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{Relu: input 0 has the shape tensor<?xf32>, which must be known when compiling: bind its dimensions with --dim=NAME=VALUE}}
  %y = onnx.Relu %x : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

func.func @index_outside(%x: tensor<4xf32>) -> tensor<2xf32> {
  %i = onnx.Constant dense<[1, 4]> : tensor<2xi64>
  // expected-error @+1 {{Gather: every index must lie within the axis}}
  %y = onnx.Gather %x, %i : (tensor<4xf32>, tensor<2xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
