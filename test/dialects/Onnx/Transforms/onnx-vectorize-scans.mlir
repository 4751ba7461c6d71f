// RUN: tilicho-opt %s --onnx-fold-constants | FileCheck %s
// RUN: tilicho-opt %s --onnx-fold-constants=vectorize-scans=false | FileCheck %s --check-prefix=STEPS

// What no state takes part in is done for all steps; so is what is made of the
// states.
// CHECK-LABEL: @selective
// CHECK-SAME: (%[[S:.*]]: tensor<3x2xf32>, %[[X:.*]]: tensor<7x3x1xf32>, %[[A_IN:.*]]: tensor<3x2xf32>)
// CHECK-DAG: %[[D:.*]] = onnx.Transpose %[[X]] {{.*}} -> tensor<3x1x7xf32>
// CHECK-DAG: %[[A:.*]] = onnx.Unsqueeze %[[A_IN]], {{.*}} -> tensor<3x2x1xf32>
// CHECK: %[[P:.*]] = onnx.Mul %[[D]], %[[A]] {{.*}} -> tensor<3x2x7xf32>
// CHECK: %[[DECAY:.*]] = onnx.Exp %[[P]]
// CHECK: %[[H:.*]]:2 = onnx.Scan %[[S]], %[[DECAY]], %{{.*}} attributes
// CHECK-SAME: scan_input_axes = array<i64: 2, 2>, scan_output_axes = array<i64: 2>
// CHECK-COUNT-2: onnx.{{Mul|Add}}
// CHECK-NEXT: onnx.yield
// CHECK: %[[Y:.*]] = onnx.ReduceSum %[[H]]#1
// CHECK: onnx.Transpose %[[Y]]{{.*}} -> tensor<7x3xf32>
// STEPS-LABEL: @selective
// STEPS-NOT: onnx.Scan
// STEPS-COUNT-7: onnx.ReduceSum
func.func @selective(%s: tensor<3x2xf32>, %x: tensor<7x3x1xf32>, %a: tensor<3x2xf32>) -> (tensor<3x2xf32>, tensor<7x3xf32>) {
  %axis = onnx.Constant dense<-1> : tensor<1xi64>
  %y:2 = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<3x2xf32>, %d: tensor<3x1xf32>):
    %p = onnx.Mul %d, %a : (tensor<3x1xf32>, tensor<3x2xf32>) -> tensor<*xf32>
    %e = onnx.Exp %p : (tensor<*xf32>) -> tensor<*xf32>
    %r = onnx.Mul %h, %e : (tensor<3x2xf32>, tensor<*xf32>) -> tensor<*xf32>
    %n = onnx.Add %d, %r : (tensor<3x1xf32>, tensor<*xf32>) -> tensor<*xf32>
    %o = onnx.ReduceSum %n, %axis {keepdims = 0 : i64} : (tensor<*xf32>, tensor<1xi64>) -> tensor<*xf32>
    onnx.yield %n, %o : tensor<*xf32>, tensor<*xf32>
  } : (tensor<3x2xf32>, tensor<7x3x1xf32>) -> (tensor<3x2xf32>, tensor<7x3xf32>)
  return %y#0, %y#1 : tensor<3x2xf32>, tensor<7x3xf32>
}

// A state that takes part in its own factor is no linear recurrence.
// CHECK-LABEL: @unrolls_what_is_not_linear
// CHECK-NOT: onnx.Scan
// CHECK: return
func.func @unrolls_what_is_not_linear(%s: tensor<3xf32>, %x: tensor<2x3xf32>) -> tensor<3xf32> {
  %y = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<3xf32>, %d: tensor<3xf32>):
    %p = onnx.Sigmoid %h : (tensor<3xf32>) -> tensor<3xf32>
    %r = onnx.Mul %h, %p : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %n = onnx.Add %r, %d : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %n : tensor<3xf32>
  } : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// Integers wrap, which the recurrence's arithmetic does not.
// CHECK-LABEL: @unrolls_integers
// CHECK-NOT: onnx.Scan
// CHECK: return
func.func @unrolls_integers(%s: tensor<3xi32>, %x: tensor<2x3xi32>) -> tensor<3xi32> {
  %y = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<3xi32>, %d: tensor<3xi32>):
    %n = onnx.Add %h, %d : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
    onnx.yield %n : tensor<3xi32>
  } : (tensor<3xi32>, tensor<2x3xi32>) -> tensor<3xi32>
  return %y : tensor<3xi32>
}

// A reduction over no dimensions would take in the steps.
// CHECK-LABEL: @unrolls_reductions_of_scalars
// CHECK-NOT: onnx.Scan
// CHECK: return
func.func @unrolls_reductions_of_scalars(%s: tensor<f32>, %x: tensor<2xf32>) -> tensor<f32> {
  %none = onnx.none
  %y = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<f32>, %d: tensor<f32>):
    %r = onnx.ReduceSumSquare %d, %none : (tensor<f32>, none) -> tensor<f32>
    %n = onnx.Add %h, %r : (tensor<f32>, tensor<f32>) -> tensor<f32>
    onnx.yield %n : tensor<f32>
  } : (tensor<f32>, tensor<2xf32>) -> tensor<f32>
  return %y : tensor<f32>
}

// Nothing is said of all steps of a value whose shape is open.
// CHECK-LABEL: @unrolls_open_values
// CHECK-NOT: onnx.Expand
// CHECK: return
func.func @unrolls_open_values(%s: tensor<3xf32>, %x: tensor<2x3xf32>, %a: tensor<?xf32>, %u: tensor<*xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<*xf32>) {
  %y = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<3xf32>, %d: tensor<3xf32>):
    %p = onnx.Mul %h, %a : (tensor<3xf32>, tensor<?xf32>) -> tensor<3xf32>
    %n = onnx.Add %p, %d : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %n : tensor<3xf32>
  } : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<3xf32>
  %z:2 = onnx.Scan %s, %x attributes {num_scan_inputs = 1 : i64} {
  ^bb0(%h: tensor<3xf32>, %d: tensor<3xf32>):
    %n = onnx.Add %h, %d : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    onnx.yield %n, %u : tensor<3xf32>, tensor<*xf32>
  } : (tensor<3xf32>, tensor<2x3xf32>) -> (tensor<3xf32>, tensor<*xf32>)
  return %y, %z#0, %z#1 : tensor<3xf32>, tensor<3xf32>, tensor<*xf32>
}
