// RUN: tilicho-opt %s --split-input-file --verify-diagnostics

func.func @needs_its_attribute(%x: tensor<2xf32>) -> tensor<2xf16> {
  // expected-error @+1 {{requires attribute 'to'}}
  %y = onnx.Cast %x : (tensor<2xf32>) -> tensor<2xf16>
  return %y : tensor<2xf16>
}

// -----

func.func @takes_tensors(%x: f32) {
  // expected-error @+1 {{operand #0 must be tensor of any type values}}
  %y = "onnx.Abs"(%x) : (f32) -> tensor<f32>
  return
}
