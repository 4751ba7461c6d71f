// RUN: tilicho-opt --convert-structured-to-tile %s | FileCheck %s

// An operation and one that picks from its result round once, together.
// CHECK-LABEL: @rounds_once_where_that_is_the_same
// CHECK: tile.issue "{{tensor_scalar|activate}}" {{.*}} [#tile.access<bf16{{.*}}op0 = "{{add|relu}}"
// CHECK: tile.issue "tensor_scalar" on "vec"
// CHECK-SAME: op0 = "min"
// CHECK-NOT: tile.issue "{{tensor_scalar|activate}}"
// CHECK: return
func.func @rounds_once_where_that_is_the_same(%x: tensor<16x64xbf16>) -> tensor<16x64xbf16> {
  %one = tile.constant dense<1.0> : tensor<bf16> : tensor<bf16>
  %zero = tile.constant dense<0.0> : tensor<bf16> : tensor<bf16>
  %six = tile.constant dense<6.0> : tensor<bf16> : tensor<bf16>
  %a = tile.elementwise "add"(%x, %one) in "f32" : (tensor<16x64xbf16>, tensor<bf16>) -> tensor<16x64xbf16>
  %b = tile.elementwise "max"(%a, %zero) in "f32" : (tensor<16x64xbf16>, tensor<bf16>) -> tensor<16x64xbf16>
  %c = tile.elementwise "min"(%b, %six) in "f32" : (tensor<16x64xbf16>, tensor<bf16>) -> tensor<16x64xbf16>
  return %c : tensor<16x64xbf16>
}
