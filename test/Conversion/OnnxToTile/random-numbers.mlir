// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Twenty rounds, each with a rotation; the key is the seed's bits (1.0) and
// what is drawn.
// CHECK-LABEL: @uniform
// CHECK: tile.constant dense<1065353216> : tensor<ui32>
// CHECK-COUNT-20: tile.elementwise "bit_or"
// CHECK-NOT: tile.elementwise "bit_or"
// CHECK: tile.elementwise "shift_right"
// CHECK: tile.elementwise "add"({{.*}}) in "f32" : (tensor<3x5xf32>, tensor<f32>) -> tensor<3x5xf16>
func.func @uniform(%x: tensor<3x5xi8>) -> tensor<3x5xf16> {
  %y = onnx.RandomUniformLike %x {dtype = 10 : i64, seed = 1.0 : f32, low = -1.0 : f32} : (tensor<3x5xi8>) -> tensor<3x5xf16>
  return %y : tensor<3x5xf16>
}

// CHECK-LABEL: @normal
// CHECK: tile.elementwise "log"
// CHECK: tile.elementwise "sqrt"
// CHECK: tile.elementwise "cos"
// CHECK: tile.elementwise "sin"
func.func @normal() -> tensor<7xf32> {
  %y = onnx.RandomNormal {shape = array<i64: 7>, dtype = 1 : i64, seed = 1.0 : f32, mean = 2.0 : f32} : () -> tensor<7xf32>
  return %y : tensor<7xf32>
}

// How many classes lie below the part of all that is drawn.
// CHECK-LABEL: @classes
// CHECK: tile.scan "add"
// CHECK: %[[BELOW:.*]] = tile.elementwise "le"
// CHECK: tile.reduction "add" %[[BELOW]] over [2] in "f32" : tensor<2x4x3xf32> -> tensor<2x4x1xf32>
func.func @classes(%x: tensor<2x3xf32>) -> tensor<2x4xi32> {
  %y = onnx.Multinomial %x {dtype = 6 : i64, seed = 1.0 : f32, sample_size = 4 : i64} : (tensor<2x3xf32>) -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}

// Whether there is training is known when the program runs.
// CHECK-LABEL: @dropout
// CHECK-SAME: %[[T:[^:]+]]: tensor<i1>)
// CHECK: %[[RATIO:.*]] = tile.elementwise "select"(%[[T]],
// CHECK: %[[MASK:.*]] = tile.elementwise "ge"(%{{.*}}, %[[RATIO]])
// CHECK: tile.elementwise "select"(%[[MASK]],
func.func @dropout(%x: tensor<4x4xf32>, %t: tensor<i1>) -> tensor<4x4xf32> {
  %none = onnx.none
  %y, %m = onnx.Dropout %x, %none, %t {seed = 3 : i64} : (tensor<4x4xf32>, none, tensor<i1>) -> (tensor<4x4xf32>, none)
  return %y : tensor<4x4xf32>
}

// Nothing is drawn where nothing is dropped.
// CHECK-LABEL: @keeps_all
// CHECK: tile.constant dense<true>
// CHECK-NOT: tile.elementwise
// CHECK: return
func.func @keeps_all(%x: tensor<4xf32>, %t: tensor<i1>) -> (tensor<4xf32>, tensor<4xi1>) {
  %zero = onnx.Constant dense<0.0> : tensor<f32>
  %y, %m = onnx.Dropout %x, %zero, %t : (tensor<4xf32>, tensor<f32>, tensor<i1>) -> (tensor<4xf32>, tensor<4xi1>)
  return %y, %m : tensor<4xf32>, tensor<4xi1>
}

// A number below the probability is a 1.
// CHECK-LABEL: @bernoulli
// CHECK-SAME: (%[[P:[^:]+]]:
// CHECK: tile.elementwise "lt"(%{{.*}}, %[[P]]) in "f32" : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
func.func @bernoulli(%p: tensor<4xf32>) -> tensor<4xi1> {
  %y = onnx.Bernoulli %p {dtype = 9 : i64, seed = 1.0 : f32} : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}
