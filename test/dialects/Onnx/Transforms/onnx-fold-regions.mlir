// RUN: tilicho-opt %s --onnx-fold-constants | FileCheck %s

// Which branch counts is known only at run time: both are computed.
// CHECK-LABEL: @chooses_between_branches
// CHECK: %[[YES:.*]] = onnx.Abs
// CHECK: %[[NO:.*]] = onnx.Neg
// CHECK: onnx.Where %arg0, %[[YES]], %[[NO]]
func.func @chooses_between_branches(%c: tensor<i1>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = onnx.If %c {
    %e = onnx.Neg %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %e : tensor<2xf32>
  }, {
    %t = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %t : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// One carried value and one output that is collected.
// CHECK-LABEL: @unrolls_known_trip_count
// CHECK: %[[ONE:.*]] = onnx.Add %arg0, %arg1
// CHECK: %[[TWO:.*]] = onnx.Add %[[ONE]], %arg1
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
// CHECK: %[[EMPTY:.*]] = onnx.Constant dense<> : tensor<0x3xf32>
// CHECK: return %arg0, %[[EMPTY]]
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

// The condition is one of run time: an iteration counts where all before it let
// it, and the last may as well be left out.
// CHECK-LABEL: @guards_iterations
// CHECK: %[[ONE:.*]] = onnx.Add %arg1, %arg1
// CHECK: %[[GOES_ON:.*]] = onnx.Less
// CHECK: %[[ALIVE:.*]] = onnx.And %arg0, %[[GOES_ON]]
// CHECK: %[[AFTER:.*]] = onnx.Where %arg0, %[[ONE]], %arg1
// CHECK: %[[TWO:.*]] = onnx.Add %[[AFTER]], %[[AFTER]]
// CHECK: %[[LAST:.*]] = onnx.Where %[[ALIVE]], %[[TWO]], %[[AFTER]]
// CHECK: return %[[LAST]]
func.func @guards_iterations(%c0: tensor<i1>, %x: tensor<f32>, %top: tensor<f32>) -> tensor<f32> {
  %m = onnx.Constant dense<2> : tensor<i64>
  %y = onnx.Loop %m, %c0, %x {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %v: tensor<f32>):
    %n = onnx.Add %v, %v : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %g = onnx.Less %n, %top : (tensor<f32>, tensor<f32>) -> tensor<i1>
    onnx.yield %g, %n : tensor<i1>, tensor<f32>
  } : (tensor<i64>, tensor<i1>, tensor<f32>) -> tensor<f32>
  return %y : tensor<f32>
}

// The input backwards along its last axis, the output forwards along its own.
// CHECK-LABEL: @unrolls_scan
// CHECK: %[[LAST:.*]] = onnx.Constant dense<1> : tensor<i64>
// CHECK: %[[B:.*]] = onnx.Gather %arg1, %[[LAST]] {axis = 1 : i64} : (tensor<3x2xf32>, tensor<i64>) -> tensor<3xf32>
// CHECK: %[[ONE:.*]] = onnx.Add %arg0, %[[B]]
// CHECK: %[[FIRST:.*]] = onnx.Constant dense<0> : tensor<i64>
// CHECK: %[[A:.*]] = onnx.Gather %arg1, %[[FIRST]]
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
