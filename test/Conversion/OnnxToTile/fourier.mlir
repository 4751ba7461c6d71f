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

// The windowed matrix slides along the signal.
// CHECK-LABEL: @transforms_frames
// CHECK-SAME: (%[[X:[^:]+]]: tensor<2x16x1xf32>, %[[W:[^:]+]]:
// CHECK: %[[WINDOW:.*]] = tile.reshape %[[W]] : tensor<4xf32> -> tensor<4x1x1xf32>
// CHECK: %[[KERNEL:.*]] = tile.elementwise "multiply"(%{{.*}}, %[[WINDOW]])
// CHECK: tile.convolution %{{.*}}, %[[KERNEL]] {{.*}}strides = array<i64: 3>} : (tensor<2x1x16xf32>, tensor<4x1x6xf32>) -> tensor<2x6x5xf32>
func.func @transforms_frames(%x: tensor<2x16x1xf32>, %w: tensor<4xf32>) -> tensor<2x5x3x2xf32> {
  %none = onnx.none
  %step = onnx.Constant dense<3> : tensor<i64>
  %y = onnx.STFT %x, %step, %w, %none {onesided = 1 : i64} : (tensor<2x16x1xf32>, tensor<i64>, tensor<4xf32>, none) -> tensor<2x5x3x2xf32>
  return %y : tensor<2x5x3x2xf32>
}
