// RUN: tilicho-opt %s --onnx-require-static | FileCheck %s

// What has a shape of its own stays as it is, an empty one too.
// CHECK-LABEL: func.func @keeps_static
// CHECK-NEXT: %[[ABS:.*]] = onnx.Abs %{{.*}} : (tensor<0x4xf32>) -> tensor<0x4xf32>
// CHECK-NEXT: return %[[ABS]]
func.func @keeps_static(%x: tensor<0x4xf32>) -> tensor<0x4xf32> {
  %y = onnx.Abs %x : (tensor<0x4xf32>) -> tensor<0x4xf32>
  return %y : tensor<0x4xf32>
}
