// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// The inputs of both steps are multiplied at once, the states one by one, with
// the features first.
// CHECK-LABEL: @projects_all_steps
// CHECK: %[[INPUTS:.*]] = tile.contract %{{.*}}, %{{.*}} {trans_b = true} : (tensor<5x3xf32>, tensor<4x3xf32>) -> tensor<5x4xf32>
// CHECK: tile.restride %[[INPUTS]] {{.*}} starts = array<i64: 0, 0>
// CHECK: tile.contract %[[WEIGHTS:.*]], %{{.*}} : (tensor<5x5xf32>, tensor<5x2xf32>)
// CHECK: %[[ONE:.*]] = tile.elementwise "tanh"
// CHECK: tile.restride %[[INPUTS]] {{.*}} starts = array<i64: 0, 2>
// CHECK: tile.contract %[[WEIGHTS]], %[[ONE]] : (tensor<5x5xf32>, tensor<5x2xf32>)
// CHECK: %[[TWO:.*]] = tile.elementwise "tanh"
// CHECK: tile.assemble %[[ONE]], %[[TWO]]
func.func @projects_all_steps(%x: tensor<2x2x3xf32>, %w: tensor<1x5x3xf32>, %r: tensor<1x5x5xf32>) -> tensor<2x1x2x5xf32> {
  %none = onnx.none
  %y:2 = onnx.RNN %x, %w, %r, %none, %none, %none : (tensor<2x2x3xf32>, tensor<1x5x3xf32>, tensor<1x5x5xf32>, none, none, none) -> (tensor<2x1x2x5xf32>, none)
  return %y#0 : tensor<2x1x2x5xf32>
}

// The last step comes first, and a row that is shorter keeps its state.
// CHECK-LABEL: @reverse_keeps_short_rows
// CHECK: %[[LAST:.*]] = tile.constant dense<1> : tensor<i32>
// CHECK: %[[INSIDE:.*]] = tile.elementwise "lt"(%[[LAST]],
// CHECK: tile.elementwise "select"(%[[INSIDE]],
// CHECK: %[[FIRST:.*]] = tile.constant dense<0> : tensor<i32>
// CHECK: tile.elementwise "lt"(%[[FIRST]],
func.func @reverse_keeps_short_rows(%x: tensor<2x2x3xf32>, %w: tensor<1x5x3xf32>, %r: tensor<1x5x5xf32>, %l: tensor<2xi32>) -> tensor<1x2x5xf32> {
  %none = onnx.none
  %y:2 = onnx.RNN %x, %w, %r, %none, %l, %none {direction = "reverse"} : (tensor<2x2x3xf32>, tensor<1x5x3xf32>, tensor<1x5x5xf32>, none, tensor<2xi32>, none) -> (none, tensor<1x2x5xf32>)
  return %y#1 : tensor<1x2x5xf32>
}
