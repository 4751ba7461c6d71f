// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Blocks side by side are a transposition.
// CHECK-LABEL: @side_by_side
// CHECK-NOT: tile.assemble
// CHECK: tile.restride {{.*}} : tensor<1x1x2x3x2x2xf32> -> tensor<1x1x2x2x2x3xf32>
// CHECK-NOT: tile.assemble
// CHECK: return
func.func @side_by_side(%x: tensor<1x6x4xf32>) -> tensor<1x1x4x6xf32> {
  %image = onnx.Constant dense<[4, 6]> : tensor<2xi64>
  %block = onnx.Constant dense<[2, 3]> : tensor<2xi64>
  %y = onnx.Col2Im %x, %image, %block {strides = array<i64: 2, 3>} : (tensor<1x6x4xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x4x6xf32>
  return %y : tensor<1x1x4x6xf32>
}

// Every second column has one element of a block, the others two.
// CHECK-LABEL: @overlap
// CHECK: %[[FIRST:.*]] = tile.assemble %{{.*}}, %{{.*}} {fill = 0.000000e+00 : f32, offsets = array<i64: 0, 0, 0, 0, 0, 0, 0, 1>, steps = array<i64: 1, 1, 1, 2, 1, 1, 1, 2>}
// CHECK: %[[SECOND:.*]] = tile.assemble %{{.*}} {fill = 0.000000e+00 : f32, offsets = array<i64: 0, 0, 0, 2>
// CHECK: tile.elementwise "add"(%[[FIRST]], %[[SECOND]])
func.func @overlap(%x: tensor<1x3x2xf32>) -> tensor<1x1x1x5xf32> {
  %image = onnx.Constant dense<[1, 5]> : tensor<2xi64>
  %block = onnx.Constant dense<[1, 3]> : tensor<2xi64>
  %y = onnx.Col2Im %x, %image, %block {strides = array<i64: 1, 2>} : (tensor<1x3x2xf32>, tensor<2xi64>, tensor<2xi64>) -> tensor<1x1x1x5xf32>
  return %y : tensor<1x1x1x5xf32>
}
