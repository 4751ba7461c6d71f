// RUN: tilicho-opt %s --onnx-fold-constants=vectorize-scans=false | FileCheck %s

// Which branch counts is known only at run time.
// CHECK-LABEL: @leaves_branches
// CHECK-SAME: (%[[C:.*]]: tensor<i1>,
// CHECK: onnx.If %[[C]]
// CHECK: onnx.Neg
// CHECK: onnx.Abs
// CHECK: (tensor<i1>) -> tensor<2xf32>
func.func @leaves_branches(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<?xf32> {
  %y = onnx.If %c {
    %e = onnx.Neg %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %e : tensor<2xf32>
  }, {
    %t = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %t : tensor<2xf32>
  } : (tensor<i1>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK-LABEL: @chooses_between_values
// CHECK-SAME: (%[[C:.*]]: tensor<i1>, %[[X_IN:.*]]: tensor<2xf32>)
// CHECK: %[[X:.*]] = onnx.Identity %[[X_IN]]
// CHECK: %[[ONE:.*]] = onnx.Constant
// CHECK: onnx.Where %[[C]], %[[X]], %[[ONE]]
func.func @chooses_between_values(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.If %c {
    %e = onnx.Constant dense<1.0> : tensor<2xf32>
    onnx.yield %e : tensor<2xf32>
  }, {
    %t = onnx.Identity %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %t : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// One carried value and one output that is collected.
// CHECK-LABEL: @unrolls_known_trip_count
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[W:.*]]: tensor<3xf32>)
// CHECK: %[[ONE:.*]] = onnx.Add %[[X]], %[[W]]
// CHECK: %[[TWO:.*]] = onnx.Add %[[ONE]], %[[W]]
// CHECK-DAG: %[[FIRST:.*]] = onnx.Unsqueeze %[[ONE]]
// CHECK-DAG: %[[SECOND:.*]] = onnx.Unsqueeze %[[TWO]]
// CHECK: %[[ALL:.*]] = onnx.Concat %[[FIRST]], %[[SECOND]] {axis = 0 : i64} : (tensor<1x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
// CHECK: return %[[TWO]], %[[ALL]]
func.func @unrolls_known_trip_count(%x: tensor<3xf32>, %w: tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
  %m = onnx.Constant dense<2> : tensor<i64>
  %none = onnx.none
  %y:2 = onnx.Loop %m, %none, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<3xf32>):
    %n = onnx.Add %v, %w : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %c, %n, %n : tensor<i1>, tensor<3xf32>, tensor<3xf32>
  } : (tensor<i64>, none, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
  return %y#0, %y#1 : tensor<3xf32>, tensor<?x3xf32>
}

// Without a trip count the condition ends it, here before iteration 2.
// CHECK-LABEL: @unrolls_until_known_condition_ends
// CHECK-COUNT-2: onnx.Add
// CHECK-NOT: onnx.Add
// CHECK: return
func.func @unrolls_until_known_condition_ends(%x: tensor<3xf32>) -> tensor<3xf32> {
  %true = onnx.Constant dense<true> : tensor<i1>
  %last = onnx.Constant dense<1> : tensor<i64>
  %none = onnx.none
  %y = onnx.Loop %none, %true, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<3xf32>):
    %n = onnx.Add %v, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %g = onnx.Less %i, %last : (tensor<i64>, tensor<i64>) -> tensor<i1>
    onnx.yield %g, %n : tensor<i1>, tensor<3xf32>
  } : (none, tensor<i1>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: @runs_no_iteration
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>)
// CHECK: %[[EMPTY:.*]] = onnx.Constant dense<> : tensor<0x3xf32>
// CHECK: return %[[X]], %[[EMPTY]]
func.func @runs_no_iteration(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>) {
  %m = onnx.Constant dense<5> : tensor<i64>
  %false = onnx.Constant dense<false> : tensor<i1>
  %y:2 = onnx.Loop %m, %false, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<3xf32>):
    %n = onnx.Add %v, %x : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %c, %n, %n : tensor<i1>, tensor<3xf32>, tensor<3xf32>
  } : (tensor<i64>, tensor<i1>, tensor<3xf32>) -> (tensor<3xf32>, tensor<?x3xf32>)
  return %y#0, %y#1 : tensor<3xf32>, tensor<?x3xf32>
}

// Iterations that only the run decides on stay; what they give has at most as
// many rows as the trip count's largest value.
// CHECK-LABEL: @bounds_collected_rows
// CHECK: onnx.Loop
// CHECK: onnx.may_end_early = true
// CHECK: -> (tensor<f32>, tensor<7x2xf32>)
// CHECK: return {{.*}} : tensor<7x2xf32>
func.func @bounds_collected_rows(%n: tensor<i64>, %x: tensor<f32>, %r: tensor<2xf32>) -> tensor<?x2xf32> {
  %seven = onnx.Constant dense<7> : tensor<i64>
  %m = onnx.Min %n, %seven : (tensor<i64>, tensor<i64>) -> tensor<i64>
  %none = onnx.none
  %y:2 = onnx.Loop %m, %none, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<f32>):
    %w = onnx.Add %v, %v : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %o = onnx.Mul %r, %w : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
    onnx.yield %c, %w, %o : tensor<i1>, tensor<f32>, tensor<2xf32>
  } : (tensor<i64>, none, tensor<f32>) -> (tensor<f32>, tensor<?x2xf32>)
  return %y#1 : tensor<?x2xf32>
}

// What wraps may be more than it was: -1 is 255.
// CHECK-LABEL: @bounds_nothing_by_what_wraps
// CHECK: -> (tensor<f32>, tensor<?xf32>)
func.func @bounds_nothing_by_what_wraps(%n: tensor<i64>, %x: tensor<f32>) -> tensor<?xf32> {
  %seven = onnx.Constant dense<7> : tensor<i64>
  %least = onnx.Min %n, %seven : (tensor<i64>, tensor<i64>) -> tensor<i64>
  %byte = onnx.Cast %least {to = 2 : i64} : (tensor<i64>) -> tensor<ui8>
  %m = onnx.Cast %byte {to = 7 : i64} : (tensor<ui8>) -> tensor<i64>
  %none = onnx.none
  %y:2 = onnx.Loop %m, %none, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<f32>):
    %w = onnx.Add %v, %v : (tensor<f32>, tensor<f32>) -> tensor<f32>
    onnx.yield %c, %w, %w : tensor<i1>, tensor<f32>, tensor<f32>
  } : (tensor<i64>, none, tensor<f32>) -> (tensor<f32>, tensor<?xf32>)
  return %y#1 : tensor<?xf32>
}

// The model states a shape.
// CHECK-LABEL: @takes_stated_rows
// CHECK: -> (tensor<f32>, tensor<3xf32>)
func.func @takes_stated_rows(%n: tensor<i64>, %x: tensor<f32>) -> tensor<3xf32> {
  %none = onnx.none
  %y:2 = onnx.Loop %n, %none, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<f32>):
    %w = onnx.Add %v, %v : (tensor<f32>, tensor<f32>) -> tensor<f32>
    onnx.yield %c, %w, %w : tensor<i1>, tensor<f32>, tensor<f32>
  } : (tensor<i64>, none, tensor<f32>) -> (tensor<f32>, tensor<3xf32>)
  return %y#1 : tensor<3xf32>
}

// The input backwards along its last axis, the output forwards along its own.
// CHECK-LABEL: @unrolls_scan
// CHECK-SAME: (%[[S:.*]]: tensor<3xf32>, %[[X:.*]]: tensor<3x2xf32>)
// CHECK: %[[LAST:.*]] = onnx.Constant dense<1> : tensor<i64>
// CHECK: %[[B:.*]] = onnx.Gather %[[X]], %[[LAST]] {axis = 1 : i64} : (tensor<3x2xf32>, tensor<i64>) -> tensor<3xf32>
// CHECK: %[[ONE:.*]] = onnx.Add %[[S]], %[[B]]
// CHECK: %[[FIRST:.*]] = onnx.Constant dense<0> : tensor<i64>
// CHECK: %[[A:.*]] = onnx.Gather %[[X]], %[[FIRST]]
// CHECK: %[[TWO:.*]] = onnx.Add %[[ONE]], %[[A]]
// CHECK: onnx.Concat {{.*}} {axis = 1 : i64} : (tensor<3x1xf32>, tensor<3x1xf32>) -> tensor<3x2xf32>
func.func @unrolls_scan(%s: tensor<3xf32>, %x: tensor<3x2xf32>) -> (tensor<3xf32>, tensor<3x2xf32>) {
  %y:2 = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64, scan_input_axes = array<i64: 1>, scan_input_directions = array<i64: 1>, scan_output_axes = array<i64: 1>} {
  ^bb0(%v: tensor<3xf32>, %e: tensor<3xf32>):
    %n = onnx.Add %v, %e : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %n, %n : tensor<3xf32>, tensor<3xf32>
  } : (tensor<3xf32>, tensor<3x2xf32>) -> (tensor<3xf32>, tensor<3x2xf32>)
  return %y#0, %y#1 : tensor<3xf32>, tensor<3x2xf32>
}
