// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// The trip count is a part of the condition, with the number of iterations
// carried beside the model's values.
// CHECK-LABEL: @trip_count
// CHECK: %[[ZERO:.*]] = tile.constant dense<0> : tensor<i64>
// CHECK: %[[ANY:.*]] = tile.elementwise "lt"(%[[ZERO]], %arg0) in "i64"
// CHECK: %[[GO:.*]] = tile.elementwise "logical_and"(%{{.*}}, %[[ANY]])
// CHECK: %[[V:.*]]:2 = tile.loop_begin %[[GO]], %[[ZERO]], %arg1
// CHECK: %[[W:.*]] = tile.elementwise "sin"(%[[V]]#1)
// CHECK: %[[NEXT:.*]] = tile.elementwise "add"(%[[V]]#0,
// CHECK: tile.elementwise "lt"(%[[NEXT]], %arg0) in "i64"
// CHECK: %[[AGAIN:.*]] = tile.elementwise "logical_and"
// CHECK: %[[Y:.*]]:2 = tile.loop_end %[[AGAIN]], %[[NEXT]], %[[W]]
// CHECK: return %[[Y]]#1
func.func @trip_count(%m: tensor<i64>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %none = onnx.none
  %y = onnx.Loop %m, %none, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<3xf32>):
    %w = onnx.Sin %v : (tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %c, %w : tensor<i1>, tensor<3xf32>
  } : (tensor<i64>, none, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @condition_of_a_loop_in_a_loop
// CHECK: tile.loop_begin %arg0
// CHECK: %[[INNER:.*]]:2 = tile.loop_begin %arg0
// CHECK: %[[LESS:.*]] = tile.elementwise "lt"(%[[INNER]]#1, %arg2)
// CHECK: tile.loop_end %[[LESS]]
// CHECK: tile.loop_end
// CHECK-NOT: onnx.
func.func @condition_of_a_loop_in_a_loop(%c0: tensor<i1>, %x: tensor<f32>, %top: tensor<f32>) -> tensor<f32> {
  %none = onnx.none
  %y = onnx.Loop %none, %c0, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<f32>):
    %z = onnx.Loop %none, %c0, %v {
    ^bb0(%j: tensor<i64>, %d: tensor<i1>, %u: tensor<f32>):
      %l = onnx.Less %u, %top : (tensor<f32>, tensor<f32>) -> tensor<i1>
      %a = onnx.Add %u, %x : (tensor<f32>, tensor<f32>) -> tensor<f32>
      onnx.yield %l, %a : tensor<i1>, tensor<f32>
    } : (none, tensor<i1>, tensor<f32>) -> tensor<f32>
    %g = onnx.Less %z, %top : (tensor<f32>, tensor<f32>) -> tensor<i1>
    onnx.yield %g, %z : tensor<i1>, tensor<f32>
  } : (none, tensor<i1>, tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}
