// RUN: tilicho-opt %s | tilicho-opt | FileCheck %s

// CHECK-LABEL: @keeps_generated_and_written_operations
func.func @keeps_generated_and_written_operations(%x: tensor<1x3x4x4xf32>) -> tensor<1x2x4x4xf32> {
  // CHECK: onnx.none
  %none = onnx.none
  // CHECK: onnx.Constant dense<1.000000e+00> : tensor<2x3x1x1xf32>
  %w = onnx.Constant dense<1.0> : tensor<2x3x1x1xf32>
  // CHECK: onnx.Conv %{{.*}}, %{{.*}}, %{{.*}} {strides = array<i64: 1, 1>}
  %y = onnx.Conv %x, %w, %none {strides = array<i64: 1, 1>} : (tensor<1x3x4x4xf32>, tensor<2x3x1x1xf32>, none) -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// CHECK-LABEL: @keeps_regions
func.func @keeps_regions(%c: tensor<i1>, %x: tensor<2x!onnx.string>) -> tensor<2x!onnx.string> {
  // CHECK: onnx.If %{{.*}} {
  // CHECK: onnx.yield %{{.*}} : tensor<2x!onnx.string>
  %y = onnx.If %c {
    onnx.yield %x : tensor<2x!onnx.string>
  }, {
    onnx.yield %x : tensor<2x!onnx.string>
  } : (tensor<i1>) -> tensor<2x!onnx.string>
  return %y : tensor<2x!onnx.string>
}

// CHECK-LABEL: @keeps_pending_steps
func.func @keeps_pending_steps() -> tensor<64x512xbf16> {
  // CHECK: onnx.pending dense_resource<w> : tensor<64x512xf32>
  // CHECK-SAME: [{kind = "cast", type = bf16}] : tensor<64x512xbf16>
  %0 = onnx.pending dense_resource<w> : tensor<64x512xf32>
      [{kind = "cast", type = bf16} ] : tensor<64x512xbf16>
  return %0 : tensor<64x512xbf16>
}
