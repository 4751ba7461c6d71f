// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile --verify-diagnostics

// expected-error @below {{argument 0 is 'tensor<2xcomplex<f32>>', but only tensors of known shape and of types that the machine has are taken}}
func.func @complex(%x: tensor<2xcomplex<f32>>) -> tensor<2xcomplex<f32>> {
  return %x : tensor<2xcomplex<f32>>
}

// -----

// expected-error @below {{argument 0 is '!onnx.sequence<tensor<2xf32>>', but}}
func.func @sequence(%x: !onnx.sequence<tensor<2xf32>>, %y: tensor<2xf32>) -> tensor<2xf32> {
  return %y : tensor<2xf32>
}

// -----

// expected-error @below {{argument 0 is 'tensor<4294967296x4294967296xf32>', but}}
func.func @size_wraps(%x: tensor<4294967296x4294967296xf32>) -> tensor<4294967296x4294967296xf32> {
  return %x : tensor<4294967296x4294967296xf32>
}

// -----

func.func @result(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @below {{result 0 of tile.elementwise is 'tensor<2xi4>', but}}
  %y = tile.elementwise "copy"(%x) in "f32" : (tensor<2xf32>) -> tensor<2xi4>
  return %x : tensor<2xf32>
}

// -----

// expected-error @below {{has 0 blocks, but 1 is wanted}}
func.func private @declared(%x: tensor<2xf32>) -> tensor<2xf32>
