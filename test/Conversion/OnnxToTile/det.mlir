// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Each step takes the row with the largest element of the first column off.
// CHECK-LABEL: @two_by_two
// CHECK: tile.reduction "arg_max" %{{.*}} over [1]
// CHECK: tile.take_elements
// CHECK: tile.elementwise "divide"
// CHECK: tile.elementwise "subtract"{{.*}} -> tensor<3x1x1xf32>
// CHECK: tile.reduction "arg_max"
// CHECK-NOT: tile.elementwise "divide"
// CHECK: return
func.func @two_by_two(%x: tensor<3x2x2xf32>) -> tensor<3xf32> {
  %y = onnx.Det %x : (tensor<3x2x2xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}
