// RUN: tilicho-opt %s --convert-structured-to-tile | FileCheck %s

// What is read is computed chunk by chunk, rows that are the same on all
// partitions come by way of the array, which also adds up what is made of the
// states.
// CHECK-LABEL: @selective
// CHECK: tile.issue "load_stationary"
// CHECK: tile.issue "matmul"
// CHECK: tile.issue "activate"{{.*}}op0 = "exp"
// CHECK: tile.issue "tensor_tensor"
// CHECK: tile.issue "scan"
// CHECK: tile.issue "tensor_tensor"
// CHECK: tile.issue "load_stationary"{{.*}}blockCols = 1
// CHECK: tile.issue "matmul"
// CHECK-NOT: tile.segment "scratch"
// CHECK: return
func.func @selective(%s: tensor<40x2xf32>, %d: tensor<40x1x600xf32>, %a: tensor<40x2x1xf32>, %b: tensor<1x2x600xf32>, %c: tensor<1x2x600xf32>) -> tensor<40x1x600xf32> {
  %p = tile.elementwise "multiply"(%d, %a) in "f32" : (tensor<40x1x600xf32>, tensor<40x2x1xf32>) -> tensor<40x2x600xf32>
  %e = tile.elementwise "exp"(%p) in "f32" : (tensor<40x2x600xf32>) -> tensor<40x2x600xf32>
  %f = tile.elementwise "multiply"(%d, %b) in "f32" : (tensor<40x1x600xf32>, tensor<1x2x600xf32>) -> tensor<40x2x600xf32>
  %h, %l = tile.recurrence %e, %f from %s : (tensor<40x2x600xf32>, tensor<40x2x600xf32>, tensor<40x2xf32>) -> (tensor<40x2x600xf32>, tensor<40x2xf32>)
  %m = tile.elementwise "multiply"(%h, %c) in "f32" : (tensor<40x2x600xf32>, tensor<1x2x600xf32>) -> tensor<40x2x600xf32>
  %y = tile.reduction "add" %m over [1] in "f32" : tensor<40x2x600xf32> -> tensor<40x1x600xf32>
  return %y : tensor<40x1x600xf32>
}
