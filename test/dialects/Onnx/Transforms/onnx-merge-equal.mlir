// RUN: tilicho-opt %s --onnx-merge-equal | FileCheck %s

// Names of values do not tell operations apart, attributes do.
// CHECK-LABEL: @merges_equal
func.func @merges_equal(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT: %[[A:.*]] = onnx.LeakyRelu
  %a = onnx.LeakyRelu %x {alpha = 0.5 : f32, onnx.values = ["a"]} : (tensor<2xf32>) -> tensor<2xf32>
  %b = onnx.LeakyRelu %x {alpha = 0.5 : f32, onnx.values = ["b"]} : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT: %[[C:.*]] = onnx.LeakyRelu %{{.*}} {alpha = 2.500000e-01 : f32}
  %c = onnx.LeakyRelu %x {alpha = 0.25 : f32} : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT: onnx.Add %[[A]], %[[A]]
  %d = onnx.Add %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT: return
  return %c, %d : tensor<2xf32>, tensor<2xf32>
}

// CHECK-LABEL: @erases_dead_keeps_random
func.func @erases_dead_keeps_random(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %dead = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT: onnx.RandomUniformLike
  // CHECK-NEXT: onnx.RandomUniformLike
  %a = onnx.RandomUniformLike %x : (tensor<2xf32>) -> tensor<2xf32>
  %b = onnx.RandomUniformLike %x : (tensor<2xf32>) -> tensor<2xf32>
  return %a, %b : tensor<2xf32>, tensor<2xf32>
}
