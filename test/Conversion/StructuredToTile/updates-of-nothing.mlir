// RUN: tilicho-compile %s --state=auto --emit=tile -o - | FileCheck %s

// A state without elements may have any shapes on the way.
// CHECK: tile.segment "output" "present" {updates = "past"} : tensor<0x4xf32>
func.func @main(%past: tensor<0x4xf32> {onnx.name = "past"})
    -> (tensor<0x4xf32> {onnx.name = "present"}) {
  %split = tile.reshape %past : tensor<0x4xf32> -> tensor<0x2x2xf32>
  %present = tile.reshape %split : tensor<0x2x2xf32> -> tensor<0x4xf32>
  return %present : tensor<0x4xf32>
}
