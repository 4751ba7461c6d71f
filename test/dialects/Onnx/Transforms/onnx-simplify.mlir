// RUN: tilicho-opt %s --onnx-simplify --onnx-merge-equal | FileCheck %s

// CHECK-LABEL: @removes_what_changes_nothing
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
func.func @removes_what_changes_nothing(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %none = onnx.none
  %a = onnx.Identity %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %b, %mask = onnx.Dropout %a, %none, %none : (tensor<2x3xf32>, none, none) -> (tensor<2x3xf32>, none)
  %c = onnx.Cast %b {to = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %d = onnx.Transpose %c {perm = array<i64: 0, 1>} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %e = onnx.Clip %d, %none, %none : (tensor<2x3xf32>, none, none) -> tensor<2x3xf32>
  // CHECK-NEXT: return %[[X]]
  return %e : tensor<2x3xf32>
}

// CHECK-LABEL: @keeps_what_reverses
func.func @keeps_what_reverses(%x: tensor<3xf32>) -> tensor<3xf32> {
  %start = onnx.Constant dense<-1> : tensor<1xi64>
  %end = onnx.Constant dense<-4> : tensor<1xi64>
  %axis = onnx.Constant dense<0> : tensor<1xi64>
  %step = onnx.Constant dense<-1> : tensor<1xi64>
  // CHECK: onnx.Slice
  %y = onnx.Slice %x, %start, %end, %axis, %step : (tensor<3xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @joins_transposes
func.func @joins_transposes(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %a = onnx.Transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<2x3x4xf32>) -> tensor<3x2x4xf32>
  // CHECK-NEXT: onnx.Transpose %{{.*}} {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>)
  // CHECK-NEXT: return
  %b = onnx.Transpose %a {perm = array<i64: 2, 1, 0>} : (tensor<3x2x4xf32>) -> tensor<4x2x3xf32>
  return %b : tensor<4x2x3xf32>
}

// CHECK-LABEL: @joins_reshapes
func.func @joins_reshapes(%x: tensor<2x1x6xf32>) -> tensor<3x4xf32> {
  %shape = onnx.Constant dense<[3, 4]> : tensor<2xi64>
  %a = onnx.Flatten %x {axis = 1 : i64} : (tensor<2x1x6xf32>) -> tensor<2x6xf32>
  // CHECK-NOT: onnx.Flatten
  // CHECK: onnx.Reshape %{{.*}} : (tensor<2x1x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %b = onnx.Reshape %a, %shape : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  return %b : tensor<3x4xf32>
}

// CHECK-LABEL: @transpose_of_a_unit_dimension
func.func @transpose_of_a_unit_dimension(%x: tensor<1x3x4xf32>) -> tensor<3x1x4xf32> {
  // CHECK: onnx.Reshape
  %y = onnx.Transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x3x4xf32>) -> tensor<3x1x4xf32>
  return %y : tensor<3x1x4xf32>
}
