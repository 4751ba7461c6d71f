func.func @main(%x: tensor<4x8xf32> {onnx.name = "x"}) -> (tensor<4x8xf32> {onnx.name = "y"}) {
  %one = tile.constant dense<1.0> : tensor<f32> : tensor<f32>
  %a = tile.elementwise "relu"(%x) in "f32" {onnx.values = ["a"]} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %y = tile.elementwise "add"(%a, %one) in "f32" {onnx.values = ["y"]} : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
