// RUN: tilicho-opt %s --onnx-form-softmax | FileCheck %s

// CHECK-LABEL: @softmax
// CHECK-SAME: (%[[X:.*]]: tensor<4x8x2xf32>)
// CHECK: onnx.Softmax %[[X]] {axis = 1 : i64} : (tensor<4x8x2xf32>) -> tensor<4x8x2xf32>
// CHECK-NEXT: return
func.func @softmax(%x: tensor<4x8x2xf32>) -> tensor<4x8x2xf32> {
  %axis = onnx.Constant dense<-2> : tensor<1xi64>
  %m = onnx.ReduceMax %x, %axis : (tensor<4x8x2xf32>, tensor<1xi64>) -> tensor<4x1x2xf32>
  %d = onnx.Sub %x, %m : (tensor<4x8x2xf32>, tensor<4x1x2xf32>) -> tensor<4x8x2xf32>
  %e = onnx.Exp %d : (tensor<4x8x2xf32>) -> tensor<4x8x2xf32>
  %s = onnx.ReduceSum %e, %axis : (tensor<4x8x2xf32>, tensor<1xi64>) -> tensor<4x1x2xf32>
  %y = onnx.Div %e, %s : (tensor<4x8x2xf32>, tensor<4x1x2xf32>) -> tensor<4x8x2xf32>
  return %y : tensor<4x8x2xf32>
}

// CHECK-LABEL: @log_softmax
// CHECK-SAME: (%[[X:.*]]: tensor<4x8xf32>)
// CHECK: onnx.LogSoftmax %[[X]] {axis = 1 : i64}
// CHECK-NEXT: return
func.func @log_softmax(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %axis = onnx.Constant dense<1> : tensor<1xi64>
  %m = onnx.ReduceMax %x, %axis : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<4x1xf32>
  %d = onnx.Sub %x, %m : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  %e = onnx.Exp %d : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = onnx.ReduceSum %e, %axis : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<4x1xf32>
  %l = onnx.Log %s : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %y = onnx.Sub %d, %l : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Without the maximum, powers may overflow where a Softmax's do not.
// CHECK-LABEL: @without_maximum
// CHECK: onnx.Div
func.func @without_maximum(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %axis = onnx.Constant dense<1> : tensor<1xi64>
  %e = onnx.Exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = onnx.ReduceSum %e, %axis : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<4x1xf32>
  %y = onnx.Div %e, %s : (tensor<4x8xf32>, tensor<4x1xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// CHECK-LABEL: @other_axis
// CHECK: onnx.Div
func.func @other_axis(%x: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %first = onnx.Constant dense<0> : tensor<1xi64>
  %axis = onnx.Constant dense<1> : tensor<1xi64>
  %m = onnx.ReduceMax %x, %first : (tensor<8x8xf32>, tensor<1xi64>) -> tensor<1x8xf32>
  %d = onnx.Sub %x, %m : (tensor<8x8xf32>, tensor<1x8xf32>) -> tensor<8x8xf32>
  %e = onnx.Exp %d : (tensor<8x8xf32>) -> tensor<8x8xf32>
  %s = onnx.ReduceSum %e, %axis : (tensor<8x8xf32>, tensor<1xi64>) -> tensor<8x1xf32>
  %y = onnx.Div %e, %s : (tensor<8x8xf32>, tensor<8x1xf32>) -> tensor<8x8xf32>
  return %y : tensor<8x8xf32>
}

// CHECK-LABEL: @several_axes
// CHECK: onnx.Div
func.func @several_axes(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %axes = onnx.Constant dense<[0, 1]> : tensor<2xi64>
  %m = onnx.ReduceMax %x, %axes : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<1x1xf32>
  %d = onnx.Sub %x, %m : (tensor<4x8xf32>, tensor<1x1xf32>) -> tensor<4x8xf32>
  %e = onnx.Exp %d : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = onnx.ReduceSum %e, %axes : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<1x1xf32>
  %y = onnx.Div %e, %s : (tensor<4x8xf32>, tensor<1x1xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
