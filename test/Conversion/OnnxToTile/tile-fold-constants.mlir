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

// Random numbers are drawn when the program runs, unless there are few.
// CHECK-LABEL: @draws_many
// CHECK: %[[MANY:.*]] = tile.elementwise "add"
// CHECK-NOT: tile.elementwise
// CHECK: return %[[MANY]]
func.func @draws_many() -> (tensor<100x100xui32>, tensor<2x2xui32>) {
  %r = tile.constant dense<2> : tensor<100x1xui32> : tensor<100x1xui32>
  %c = tile.constant dense<[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]]> : tensor<1x100xui32> : tensor<1x100xui32>
  %y = tile.elementwise "add"(%r, %c) in "u32" {tile.drawn} : (tensor<100x1xui32>, tensor<1x100xui32>) -> tensor<100x100xui32>
  %a = tile.constant dense<[[1], [2]]> : tensor<2x1xui32> : tensor<2x1xui32>
  %b = tile.constant dense<[[3, 4]]> : tensor<1x2xui32> : tensor<1x2xui32>
  %z = tile.elementwise "add"(%a, %b) in "u32" {tile.drawn} : (tensor<2x1xui32>, tensor<1x2xui32>) -> tensor<2x2xui32>
  return %y, %z : tensor<100x100xui32>, tensor<2x2xui32>
}
