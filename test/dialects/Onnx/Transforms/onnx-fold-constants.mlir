// RUN: tilicho-opt %s --onnx-fold-constants --onnx-merge-equal | FileCheck %s

// CHECK-LABEL: @shape_arithmetic_of_an_exporter
func.func @shape_arithmetic_of_an_exporter(%x: tensor<2x3x4xf32>) -> tensor<?x?xf32> {
  %zero = onnx.Constant dense<0> : tensor<i64>
  %axes = onnx.Constant dense<0> : tensor<1xi64>
  %rest = onnx.Constant dense<-1> : tensor<1xi64>
  %shape = onnx.Shape %x : (tensor<2x3x4xf32>) -> tensor<3xi64>
  %batch = onnx.Gather %shape, %zero : (tensor<3xi64>, tensor<i64>) -> tensor<i64>
  %one = onnx.Unsqueeze %batch, %axes : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64>
  // CHECK: %[[SHAPE:.*]] = onnx.Constant dense<[2, -1]> : tensor<2xi64>
  %to = onnx.Concat %one, %rest {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // CHECK-NEXT: onnx.Reshape %{{.*}}, %[[SHAPE]] {{.*}} -> tensor<2x12xf32>
  %y = onnx.Reshape %x, %to : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// CHECK-LABEL: @moves
func.func @moves() -> (tensor<3x2xi32>, tensor<2x1xi32>, tensor<2x2x3xi32>) {
  %x = onnx.Constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>
  // CHECK-DAG: dense<{{\[\[}}1, 4], [2, 5], [3, 6]]> : tensor<3x2xi32>
  %t = onnx.Transpose %x : (tensor<2x3xi32>) -> tensor<3x2xi32>
  %start = onnx.Constant dense<[-1]> : tensor<1xi64>
  %end = onnx.Constant dense<[-3]> : tensor<1xi64>
  %axis = onnx.Constant dense<[1]> : tensor<1xi64>
  %step = onnx.Constant dense<[-2]> : tensor<1xi64>
  // CHECK-DAG: dense<{{\[\[}}3], [6]]> : tensor<2x1xi32>
  %s = onnx.Slice %x, %start, %end, %axis, %step : (tensor<2x3xi32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x1xi32>
  %shape = onnx.Constant dense<[2, 2, 3]> : tensor<3xi64>
  // CHECK-DAG: dense<{{\[\[\[}}1, 2, 3], [4, 5, 6]], {{\[\[}}1, 2, 3], [4, 5, 6]]]> : tensor<2x2x3xi32>
  %e = onnx.Expand %x, %shape : (tensor<2x3xi32>, tensor<3xi64>) -> tensor<2x2x3xi32>
  return %t, %s, %e : tensor<3x2xi32>, tensor<2x1xi32>, tensor<2x2x3xi32>
}

// CHECK-LABEL: @arithmetic
func.func @arithmetic() -> (tensor<2xi64>, tensor<2xi1>, tensor<2xf16>, tensor<ui8>) {
  %a = onnx.Constant dense<[7, -7]> : tensor<2xi64>
  %b = onnx.Constant dense<2> : tensor<i64>
  // CHECK-DAG: dense<[3, -3]> : tensor<2xi64>
  %q = onnx.Div %a, %b : (tensor<2xi64>, tensor<i64>) -> tensor<2xi64>
  // CHECK-DAG: dense<[false, true]> : tensor<2xi1>
  %l = onnx.Less %a, %b : (tensor<2xi64>, tensor<i64>) -> tensor<2xi1>
  // CHECK-DAG: dense<[7.000000e+00, -7.000000e+00]> : tensor<2xf16>
  %c = onnx.Cast %a {to = 10 : i64} : (tensor<2xi64>) -> tensor<2xf16>
  %f = onnx.Constant dense<300.0> : tensor<f32>
  // Float to integer saturates.
  // CHECK-DAG: dense<255> : tensor<ui8>
  %u = onnx.Cast %f {to = 2 : i64} : (tensor<f32>) -> tensor<ui8>
  return %q, %l, %c, %u : tensor<2xi64>, tensor<2xi1>, tensor<2xf16>, tensor<ui8>
}

// Ties go to the even neighbour, what is too large to infinity; a NaN is quiet.
// CHECK-LABEL: @rounds_to_bf16
func.func @rounds_to_bf16() -> tensor<7xbf16> {
  %x = onnx.Constant dense<[0x3F808000, 0x3F818000, 0x3F808001, 0x7F7FFFFF, 0x7F800001, 0xFF812345, 0x80018000]> : tensor<7xf32>
  // CHECK: dense<[1.000000e+00, 1.015630e+00, 1.007810e+00, 0x7F80, 0x7FC0, 0xFFC1, -1.836710e-40]> : tensor<7xbf16>
  %y = onnx.Cast %x {to = 16 : i64} : (tensor<7xf32>) -> tensor<7xbf16>
  return %y : tensor<7xbf16>
}

// A division that has no value stays for the run to meet.
// CHECK-LABEL: @divides_by_zero
func.func @divides_by_zero() -> tensor<i64> {
  %a = onnx.Constant dense<7> : tensor<i64>
  %b = onnx.Constant dense<0> : tensor<i64>
  // CHECK: onnx.Div
  %q = onnx.Div %a, %b : (tensor<i64>, tensor<i64>) -> tensor<i64>
  return %q : tensor<i64>
}

// CHECK-LABEL: @large_splat_stays_small
func.func @large_splat_stays_small() -> tensor<4096x4096xf32> {
  %shape = onnx.Constant dense<4096> : tensor<2xi64>
  %x = onnx.ConstantOfShape %shape {value = dense<1.5> : tensor<1xf32>} : (tensor<2xi64>) -> tensor<4096x4096xf32>
  %t = onnx.Transpose %x : (tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  // CHECK: onnx.Constant dense<3.000000e+00> : tensor<4096x4096xf32>
  %y = onnx.Add %x, %t : (tensor<4096x4096xf32>, tensor<4096x4096xf32>) -> tensor<4096x4096xf32>
  return %y : tensor<4096x4096xf32>
}

// CHECK-LABEL: @inlines_known_branch
func.func @inlines_known_branch(%x: tensor<2xf32>) -> tensor<?xf32> {
  %c = onnx.Constant dense<false> : tensor<i1>
  // CHECK-NOT: onnx.If
  // CHECK: onnx.Neg
  // CHECK-NOT: onnx.Abs
  // CHECK: return
  %y = onnx.If %c {
    %e = onnx.Neg %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %e : tensor<2xf32>
  }, {
    %t = onnx.Abs %x : (tensor<2xf32>) -> tensor<2xf32>
    onnx.yield %t : tensor<2xf32>
  } : (tensor<i1>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
