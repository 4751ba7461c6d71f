// RUN: tilicho-opt %s --onnx-lower-precision | FileCheck %s
// RUN: tilicho-opt %s --onnx-lower-precision=type=f16 | FileCheck %s --check-prefix=HALF

// CHECK-LABEL: @between_operators
// CHECK-SAME: (%{{.*}}: tensor<2xf32>) -> tensor<2xf32>
func.func @between_operators(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: onnx.Cast {{.*}} {to = 16 : i64} : (tensor<2xf32>) -> tensor<2xbf16>
  // HALF: onnx.Cast {{.*}} {to = 10 : i64} : (tensor<2xf32>) -> tensor<2xf16>
  // 1.00390625 lies between two bf16 and goes to the even one.
  // CHECK: onnx.Constant dense<1.000000e+00> : tensor<bf16>
  %one = onnx.Constant dense<1.00390625> : tensor<f32>
  // CHECK: onnx.Add {{.*}} -> tensor<2xbf16>
  %y = onnx.Add %x, %one : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  // CHECK: onnx.Cast {{.*}} {to = 1 : i64} : (tensor<2xbf16>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// CHECK-LABEL: @weights_get_a_step
func.func @weights_get_a_step(%x: tensor<2x512xf32>) -> tensor<2x64xf32> {
  %w = onnx.Constant dense_resource<w> : tensor<512x64xf32>
  // CHECK: onnx.pending dense_resource<w> : tensor<512x64xf32> [{kind = "cast", type = bf16}] : tensor<512x64xbf16>
  // CHECK: onnx.MatMul {{.*}} -> tensor<2x64xbf16>
  %y = onnx.MatMul %x, %w : (tensor<2x512xf32>, tensor<512x64xf32>) -> tensor<2x64xf32>
  return %y : tensor<2x64xf32>
}

// CHECK-LABEL: @keeps_scales_of_resize
func.func @keeps_scales_of_resize(%x: tensor<1x1x2x2xf32>) -> tensor<1x1x4x4xf32> {
  %none = onnx.none
  // CHECK: onnx.Constant dense<{{.*}}> : tensor<4xf32>
  %scales = onnx.Constant dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>
  // CHECK: onnx.Resize {{.*}}: (tensor<1x1x2x2xbf16>, none, tensor<4xf32>, none) -> tensor<1x1x4x4xbf16>
  %y = onnx.Resize %x, %none, %scales, %none : (tensor<1x1x2x2xf32>, none, tensor<4xf32>, none) -> tensor<1x1x4x4xf32>
  return %y : tensor<1x1x4x4xf32>
}

// CHECK-LABEL: @keeps_parameters_of_quantisation
func.func @keeps_parameters_of_quantisation(%x: tensor<2xf32>) -> tensor<2xui8> {
  %scale = onnx.Constant dense<0.1> : tensor<f32>
  %zero = onnx.Constant dense<0> : tensor<ui8>
  %a = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK: onnx.QuantizeLinear {{.*}}: (tensor<2xf32>, tensor<f32>, tensor<ui8>)
  %y = onnx.QuantizeLinear %a, %scale, %zero : (tensor<2xf32>, tensor<f32>, tensor<ui8>) -> tensor<2xui8>
  return %y : tensor<2xui8>
}

// Positions are not rounded before they are angles; a sine is like any value.
// CHECK-LABEL: @keeps_counts
func.func @keeps_counts(%position: tensor<1x6x1xi64>, %x: tensor<1x6x4xf32>) -> tensor<1x6x4xf32> {
  %rate = onnx.Constant dense<[1.0, 0.1, 0.01, 0.001]> : tensor<4xf32>
  // CHECK: onnx.Cast {{.*}} : (tensor<1x6x1xi64>) -> tensor<1x6x1xf32>
  %count = onnx.Cast %position {to = 1 : i64} : (tensor<1x6x1xi64>) -> tensor<1x6x1xf32>
  // CHECK: onnx.Mul {{.*}} : (tensor<1x6x1xf32>, tensor<4xf32>) -> tensor<1x6x4xf32>
  %angle = onnx.Mul %count, %rate : (tensor<1x6x1xf32>, tensor<4xf32>) -> tensor<1x6x4xf32>
  // CHECK: onnx.Sin {{.*}} : (tensor<1x6x4xf32>) -> tensor<1x6x4xf32>
  %sine = onnx.Sin %angle : (tensor<1x6x4xf32>) -> tensor<1x6x4xf32>
  // CHECK: onnx.Mul {{.*}} : (tensor<1x6x4xbf16>, tensor<1x6x4xbf16>) -> tensor<1x6x4xbf16>
  %y = onnx.Mul %x, %sine : (tensor<1x6x4xf32>, tensor<1x6x4xf32>) -> tensor<1x6x4xf32>
  return %y : tensor<1x6x4xf32>
}
