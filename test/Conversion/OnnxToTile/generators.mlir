// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @fills
// CHECK: tile.constant dense<7>
func.func @fills() -> tensor<2x3xi64> {
  %s = onnx.Constant dense<[2, 3]> : tensor<2xi64>
  %y = onnx.ConstantOfShape %s {value = dense<7> : tensor<1xi64>} : (tensor<2xi64>) -> tensor<2x3xi64>
  return %y : tensor<2x3xi64>
}

// CHECK-LABEL: @fills_with_zero
// CHECK: tile.constant dense<0.000000e+00>
func.func @fills_with_zero() -> tensor<2xf32> {
  %s = onnx.Constant dense<[2]> : tensor<1xi64>
  %y = onnx.ConstantOfShape %s : (tensor<1xi64>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// CHECK-LABEL: @counts_down
// CHECK: tile.constant dense<[5, 3, 1]>
func.func @counts_down() -> tensor<3xi32> {
  %a = onnx.Constant dense<5> : tensor<i32>
  %b = onnx.Constant dense<0> : tensor<i32>
  %c = onnx.Constant dense<-2> : tensor<i32>
  %y = onnx.Range %a, %b, %c : (tensor<i32>, tensor<i32>, tensor<i32>) -> tensor<3xi32>
  return %y : tensor<3xi32>
}

// CHECK-LABEL: @counts_in_steps_of_a_float
// CHECK: tile.constant dense<[1.000000e+00, 1.500000e+00, 2.000000e+00]>
func.func @counts_in_steps_of_a_float() -> tensor<3xf32> {
  %a = onnx.Constant dense<1.0> : tensor<f32>
  %b = onnx.Constant dense<2.5> : tensor<f32>
  %c = onnx.Constant dense<0.5> : tensor<f32>
  %y = onnx.Range %a, %b, %c : (tensor<f32>, tensor<f32>, tensor<f32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @upper_diagonal
// CHECK: tile.constant dense<{{\[\[}}0.000000e+00, 1.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 1.000000e+00]]>
func.func @upper_diagonal(%x: tensor<2x3xi8>) -> tensor<2x3xf32> {
  %y = onnx.EyeLike %x {dtype = 1 : i64, k = 1 : i64} : (tensor<2x3xi8>) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// The rate is known when the program runs.
// CHECK-LABEL: @filters
// CHECK-SAME: (%[[RATE:[^:]+]]:
// CHECK: %[[HERTZ:.*]] = tile.elementwise "copy"(%[[RATE]]) in "i64" : (tensor<i64>) -> tensor<f64>
// CHECK: %[[EDGES:.*]] = tile.elementwise "divide"(%{{.*}}, %[[HERTZ]]) in "f64"
// CHECK: tile.elementwise "floor"(%[[EDGES]])
// CHECK: tile.elementwise "select"{{.*}} -> tensor<9x8xf64>
func.func @filters(%rate: tensor<i64>) -> tensor<9x8xf32> {
  %bins = onnx.Constant dense<8> : tensor<i64>
  %points = onnx.Constant dense<16> : tensor<i64>
  %low = onnx.Constant dense<0.0> : tensor<f32>
  %high = onnx.Constant dense<4096.0> : tensor<f32>
  %y = onnx.MelWeightMatrix %bins, %points, %rate, %low, %high : (tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<9x8xf32>
  return %y : tensor<9x8xf32>
}
