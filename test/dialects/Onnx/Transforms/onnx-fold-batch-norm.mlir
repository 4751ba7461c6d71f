// RUN: tilicho-opt %s --onnx-fold-batch-norm --onnx-merge-equal | FileCheck %s

// scale / sqrt(variance + epsilon) is 2 / 2 = 1 and 6 / 2 = 3.
// CHECK-LABEL: @batch_norm
func.func @batch_norm(%x: tensor<1x1x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = onnx.Constant dense<[[[[2.0]]], [[[5.0]]]]> : tensor<2x1x1x1xf32>
  %b = onnx.Constant dense<[1.0, 2.0]> : tensor<2xf32>
  %scale = onnx.Constant dense<[2.0, 6.0]> : tensor<2xf32>
  %shift = onnx.Constant dense<[10.0, 20.0]> : tensor<2xf32>
  %mean = onnx.Constant dense<[1.0, -1.0]> : tensor<2xf32>
  %variance = onnx.Constant dense<[3.0, 3.0]> : tensor<2xf32>
  %c = onnx.Conv %x, %w, %b : (tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  // CHECK-DAG: dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}1.500000e+01]]]]> : tensor<2x1x1x1xf32>
  // CHECK-DAG: dense<[1.000000e+01, 2.900000e+01]> : tensor<2xf32>
  // CHECK: onnx.Conv
  // CHECK-NOT: onnx.BatchNormalization
  // CHECK: return
  %y, %m, %v = onnx.BatchNormalization %c, %scale, %shift, %mean, %variance {epsilon = 1.0 : f32} : (tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x2x2xf32>, none, none)
  return %y : tensor<1x2x2x2xf32>
}

// Two groups of one channel in, two out: the weight's dimension 1 counts
// within its group.
// CHECK-LABEL: @transposed_with_groups
func.func @transposed_with_groups(%x: tensor<1x2x1xf32>) -> tensor<1x4x1xf32> {
  %none = onnx.none
  %w = onnx.Constant dense<[[[1.0], [2.0]], [[3.0], [4.0]]]> : tensor<2x2x1xf32>
  %factor = onnx.Constant dense<[[1.0], [10.0], [100.0], [1000.0]]> : tensor<4x1xf32>
  // CHECK-DAG: dense<{{\[\[\[}}1.000000e+00], [2.000000e+01]], {{\[\[}}3.000000e+02], [4.000000e+03]]]>
  // CHECK-NOT: onnx.Mul
  // CHECK: return
  %c = onnx.ConvTranspose %x, %w, %none {group = 2 : i64} : (tensor<1x2x1xf32>, tensor<2x2x1xf32>, none) -> tensor<1x4x1xf32>
  %y = onnx.Mul %c, %factor : (tensor<1x4x1xf32>, tensor<4x1xf32>) -> tensor<1x4x1xf32>
  return %y : tensor<1x4x1xf32>
}

// CHECK-LABEL: @keeps_factor_across_columns
func.func @keeps_factor_across_columns(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %none = onnx.none
  %w = onnx.Constant dense<1.0> : tensor<2x2x1x1xf32>
  %factor = onnx.Constant dense<[1.0, 10.0]> : tensor<2xf32>
  %c = onnx.Conv %x, %w, %none : (tensor<1x2x2x2xf32>, tensor<2x2x1x1xf32>, none) -> tensor<1x2x2x2xf32>
  // CHECK: onnx.Mul
  %y = onnx.Mul %c, %factor : (tensor<1x2x2x2xf32>, tensor<2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// Weights wait for the program to be written; of two factors both do.
// CHECK-LABEL: @weights_get_steps
func.func @weights_get_steps(%x: tensor<1x8192x1x1xf32>) -> tensor<1x2x1x1xf32> {
  %none = onnx.none
  %w = onnx.Constant dense_resource<w> : tensor<2x8192x1x1xf32>
  %factor = onnx.Constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  // CHECK: onnx.pending dense_resource<w> : tensor<2x8192x1x1xf32>
  // CHECK-SAME: [{factors = array<f64: 2.000000e+00, 3.000000e+00>, kind = "scale"}, {factors = array<f64: 2.000000e+00, 3.000000e+00>, kind = "scale"}] : tensor<2x8192x1x1xf32>
  // CHECK-NOT: onnx.Mul
  // CHECK: return
  %c = onnx.Conv %x, %w, %none : (tensor<1x8192x1x1xf32>, tensor<2x8192x1x1xf32>, none) -> tensor<1x2x1x1xf32>
  %m = onnx.Mul %c, %factor : (tensor<1x2x1x1xf32>, tensor<2x1x1xf32>) -> tensor<1x2x1x1xf32>
  %y = onnx.Mul %m, %factor : (tensor<1x2x1x1xf32>, tensor<2x1x1xf32>) -> tensor<1x2x1x1xf32>
  return %y : tensor<1x2x1x1xf32>
}
