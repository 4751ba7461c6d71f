// RUN: tilicho-opt %s --onnx-require-static --verify-diagnostics

func.func @names_the_origin_only(%x: tensor<4xf32>) -> tensor<1x?xi64> {
  // expected-error @+1 {{NonZero: the shape of result 'places' depends on data}}
  %y = onnx.NonZero %x {onnx.values = ["places"]} : (tensor<4xf32>) -> tensor<1x?xi64>
  %z = onnx.Neg %y : (tensor<1x?xi64>) -> tensor<1x?xi64>
  return %z : tensor<1x?xi64>
}
