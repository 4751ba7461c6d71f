// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// The axis goes to the end; both parts of a complex number lie side by side.
// CHECK-LABEL: @transforms_an_axis
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ROWS:.*]] = tile.restride %[[X]]
// CHECK-SAME: -> tensor<3x4x1xf32>
// CHECK: %[[FLAT:.*]] = tile.reshape %[[ROWS]]
// CHECK-SAME: -> tensor<3x4xf32>
// CHECK: tile.contract %[[FLAT]], %{{.*}} -> tensor<3x8xf32>
func.func @transforms_an_axis(%x: tensor<4x3x1xf32>) -> tensor<4x3x2xf32> {
  %none = onnx.none
  %axis = onnx.Constant dense<0> : tensor<i64>
  %y = onnx.DFT %x, %none, %axis : (tensor<4x3x1xf32>, none, tensor<i64>) -> tensor<4x3x2xf32>
  return %y : tensor<4x3x2xf32>
}
