// RUN: tilicho-opt %s --tile-fold-constants | FileCheck %s

// CHECK-LABEL: @calculates_small_ones
// CHECK-NEXT: %[[C:.*]] = tile.constant dense<[4, 6]> : tensor<2xi64>
// CHECK-NEXT: return %[[C]]
func.func @calculates_small_ones() -> tensor<2xi64> {
  %a = tile.constant dense<[1, 2]> : tensor<2xi64> : tensor<2xi64>
  %b = tile.constant dense<[3, 4]> : tensor<2xi64> : tensor<2xi64>
  %c = tile.elementwise "add"(%a, %b) in "i64" : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %c : tensor<2xi64>
}

// A constant that is one number stays one, whatever its size.
// CHECK-LABEL: @keeps_splats
// CHECK-NEXT: tile.constant dense<1.500000e+00> : tensor<2048x4096xf32>
func.func @keeps_splats() -> tensor<2048x4096xf32> {
  %w = tile.constant dense<0.5> : tensor<4096x2048xf32> : tensor<4096x2048xf32>
  %one = tile.constant dense<1.0> : tensor<f32> : tensor<f32>
  %t = tile.restride %w {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<4096x2048xf32> -> tensor<2048x4096xf32>
  %s = tile.elementwise "add"(%t, %one) in "f32" : (tensor<2048x4096xf32>, tensor<f32>) -> tensor<2048x4096xf32>
  return %s : tensor<2048x4096xf32>
}

// CHECK-LABEL: @adds_steps_to_weights
// CHECK-NEXT: tile.constant dense_resource<w> : tensor<100x100xf32>
// CHECK-SAME: steps [{dims = array<i64: 1, 0>, kind = "restride", shape = array<i64: 100, 100>, starts = array<i64: 0, 0>, steps = array<i64: 1, 1>},
// CHECK-SAME: {compute = "f32", kind = "elementwise", op = "multiply", operand = dense<2.000000e+00> : tensor<f32>, type = f32},
// CHECK-SAME: {kind = "cast", type = bf16}] : tensor<100x100xbf16>
func.func @adds_steps_to_weights() -> tensor<100x100xbf16> {
  %w = tile.constant dense_resource<w> : tensor<100x100xf32> : tensor<100x100xf32>
  %two = tile.constant dense<2.0> : tensor<f32> : tensor<f32>
  %t = tile.restride %w {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<100x100xf32> -> tensor<100x100xf32>
  %s = tile.elementwise "multiply"(%t, %two) in "f32" : (tensor<100x100xf32>, tensor<f32>) -> tensor<100x100xf32>
  %b = tile.elementwise "copy"(%s) in "f32" : (tensor<100x100xf32>) -> tensor<100x100xbf16>
  return %b : tensor<100x100xbf16>
}
