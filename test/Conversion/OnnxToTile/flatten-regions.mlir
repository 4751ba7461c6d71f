// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// The trip count is a part of the condition, with the number of iterations
// carried beside the model's values.
// CHECK-LABEL: @trip_count
// CHECK-SAME: (%[[M:.*]]: tensor<i64>, %[[X:.*]]: tensor<3xf32>)
// CHECK: %[[ZERO:.*]] = tile.constant dense<0> : tensor<i64>
// CHECK: %[[ANY:.*]] = tile.elementwise "lt"(%[[ZERO]], %[[M]]) in "i64"
// CHECK: %[[GO:.*]] = tile.elementwise "logical_and"(%{{.*}}, %[[ANY]])
// CHECK: %[[V:.*]]:2 = tile.loop_begin %[[GO]], %[[ZERO]], %[[X]]
// CHECK: %[[W:.*]] = tile.elementwise "sin"(%[[V]]#1)
// CHECK: %[[NEXT:.*]] = tile.elementwise "add"(%[[V]]#0,
// CHECK: tile.elementwise "lt"(%[[NEXT]], %[[M]]) in "i64"
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
// CHECK-SAME: (%[[C0:.*]]: tensor<i1>, %{{.*}}: tensor<f32>, %[[TOP:.*]]: tensor<f32>)
// CHECK: tile.loop_begin %[[C0]]
// CHECK: %[[INNER:.*]]:2 = tile.loop_begin %[[C0]]
// CHECK: %[[LESS:.*]] = tile.elementwise "lt"(%[[INNER]]#1, %[[TOP]])
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

// Of the two sides one is executed.
// CHECK-LABEL: @branch
// CHECK-SAME: (%[[C:.*]]: tensor<i1>,
// CHECK: tile.if_begin %[[C]] : tensor<i1>
// CHECK: %[[T:.*]] = tile.elementwise "abs"
// CHECK: tile.if_else %[[T]] : (tensor<3xf32>) -> ()
// CHECK: %[[E:.*]] = tile.elementwise "neg"
// CHECK: %[[Y:.*]] = tile.if_end %[[E]]
// CHECK: return %[[Y]]
func.func @branch(%c: tensor<i1>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %y = onnx.If %c {
    %e = onnx.Neg %x : (tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %e : tensor<3xf32>
  }, {
    %t = onnx.Abs %x : (tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %t : tensor<3xf32>
  } : (tensor<i1>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// An iteration writes its row; the number of iterations is returned behind the
// model's results, and says which of them it counts. One iteration stands in
// front of the loop.
// CHECK-LABEL: @collects
// CHECK-SAME: (%{{.*}}: tensor<i1>, %[[X:.*]]: tensor<3xf32>)
// CHECK-SAME: -> (tensor<3xf32> {onnx.name = "last"}, tensor<5x3xf32> {onnx.name = "all"}, tensor<i64> {tile.rows_of = array<i32: 1>})
// CHECK: %[[EMPTY:.*]] = tile.empty : tensor<5x3xf32>
// CHECK: %[[FIRST:.*]] = tile.put %[[EMPTY]]
// CHECK: %[[V:.*]]:3 = tile.loop_begin %{{.*}}, %{{.*}}, %[[X]], %[[FIRST]]
// CHECK: %[[ROWS:.*]] = tile.put %[[V]]#2
// CHECK: %[[Y:.*]]:3 = tile.loop_end %{{.*}}, %{{.*}}, %{{.*}}, %[[ROWS]]
// CHECK: return %[[Y]]#1, %[[Y]]#2, %[[Y]]#0
func.func @collects(%c: tensor<i1>, %x: tensor<3xf32>) -> (tensor<3xf32> {onnx.name = "last"}, tensor<5x3xf32> {onnx.name = "all"}) {
  %m = onnx.Constant dense<5> : tensor<i64>
  %y:2 = onnx.Loop %m, %c, %x, %x attributes {onnx.done = 1 : i64, onnx.may_end_early = true} {
  ^bb0(%i: tensor<i64>, %g: tensor<i1>, %v: tensor<3xf32>):
    %w = onnx.Sin %v : (tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %c, %w, %w : tensor<i1>, tensor<3xf32>, tensor<3xf32>
  } : (tensor<i64>, tensor<i1>, tensor<3xf32>, tensor<3xf32>) -> (tensor<3xf32>, tensor<5x3xf32>)
  return %y#0, %y#1 : tensor<3xf32>, tensor<5x3xf32>
}
