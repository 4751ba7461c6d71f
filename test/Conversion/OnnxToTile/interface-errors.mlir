// RUN: tilicho-opt %s --split-input-file --convert-onnx-to-tile --verify-diagnostics

// What goes in and out needs types that the machine has, though no operation
// reads it.
// expected-error @below {{input 'texts' has the element type !onnx.string, which no engine has}}
// expected-error @below {{output 'same' has the element type !onnx.string, which no engine has}}
func.func @strings(%x: tensor<2xf32> {onnx.name = "x"}, %s: tensor<2x!onnx.string> {onnx.name = "texts"}) -> (tensor<2xf32> {onnx.name = "y"}, tensor<2x!onnx.string> {onnx.name = "same"}) {
  return %x, %s : tensor<2xf32>, tensor<2x!onnx.string>
}

// -----

// expected-error @below {{input 'maybe' is !onnx.optional<tensor<2xf32>>, but only tensors of known rank are supported}}
func.func @optional(%x: tensor<2xf32> {onnx.name = "x"}, %s: !onnx.optional<tensor<2xf32>> {onnx.name = "maybe"}) -> (tensor<2xf32> {onnx.name = "y"}) {
  return %x : tensor<2xf32>
}
