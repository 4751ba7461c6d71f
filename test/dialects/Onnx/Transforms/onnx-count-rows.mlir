// RUN: tilicho-opt %s --split-input-file --onnx-count-rows | FileCheck %s

// The second dimension is counted; its number is returned behind the results.
// CHECK-LABEL: @non_zero
// CHECK-SAME: -> (tensor<2x12xi64> {onnx.name = "y", tile.rows_dimension = 1 : i64}, tensor<i64> {tile.rows_of = array<i32: 0>})
// CHECK: %[[FLAGS:.*]] = onnx.Reshape %{{.*}} -> tensor<12xi1>
// CHECK: %[[PLACES:.*]], %[[COUNT:.*]], %{{.*}} = onnx.places %[[FLAGS]] : (tensor<12xi1>) -> (tensor<12xi32>, tensor<i64>, tensor<12xi32>)
// CHECK: onnx.Div %[[PLACES]]
// CHECK: onnx.Mod %[[PLACES]]
// CHECK: %[[BOTH:.*]] = onnx.Concat {{.*}} -> tensor<2x12xi32>
// CHECK: %[[Y:.*]] = onnx.Cast %[[BOTH]]
// CHECK: return %[[Y]], %[[COUNT]]
func.func @non_zero(%x: tensor<3x4xf32>) -> (tensor<2x?xi64> {onnx.name = "y"}) {
  %y = onnx.NonZero %x : (tensor<3x4xf32>) -> tensor<2x?xi64>
  return %y : tensor<2x?xi64>
}

// -----

// What is stated is a bound, of everything that has the same rows. Values
// inside have no names.
// CHECK-LABEL: @masked
// CHECK-SAME: -> (tensor<5x4xf32>, tensor<5x2xi64>, tensor<i64> {tile.rows_of = array<i32: 0, 1>})
// CHECK: onnx.places {{.*}} -> (tensor<5xi32>, tensor<i64>, tensor<12xi32>)
// CHECK: onnx.Transpose
// CHECK-NOT: onnx.values
// CHECK: onnx.GatherND {{.*}} -> tensor<5x4xf32>
func.func @masked(%x: tensor<3x4x4xf32>, %m: tensor<3x4xi1>) -> (tensor<5x4xf32>, tensor<?x2xi64>) {
  %p = onnx.NonZero %m {onnx.values = ["p"]} : (tensor<3x4xi1>) -> tensor<2x?xi64>
  %t = onnx.Transpose %p {perm = array<i64: 1, 0>, onnx.values = ["t"]} : (tensor<2x?xi64>) -> tensor<?x2xi64>
  %y = onnx.GatherND %x, %t : (tensor<3x4x4xf32>, tensor<?x2xi64>) -> tensor<5x4xf32>
  return %y, %t : tensor<5x4xf32>, tensor<?x2xi64>
}

// -----

// Indices that were calculated are 0 behind the rows, where they are read.
// CHECK-LABEL: @calculated
// CHECK: %[[SUM:.*]] = onnx.Add
// CHECK: %[[IS_ROW:.*]] = onnx.Less
// CHECK: %[[INDEX:.*]] = onnx.Where %{{.*}}, %[[SUM]], %{{.*}} -> tensor<1x4xi64>
// CHECK: onnx.Gather %{{.*}}, %[[INDEX]]
func.func @calculated(%x: tensor<4xf32>, %d: tensor<9xf32>) -> tensor<1x?xf32> {
  %five = onnx.Constant dense<5> : tensor<i64>
  %p = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
  %i = onnx.Add %p, %five : (tensor<1x?xi64>, tensor<i64>) -> tensor<1x?xi64>
  %y = onnx.Gather %d, %i : (tensor<9xf32>, tensor<1x?xi64>) -> tensor<1x?xf32>
  return %y : tensor<1x?xf32>
}

// -----

// CHECK-LABEL: @compress
// CHECK-SAME: -> (tensor<2x3xf32> {tile.rows_dimension = 1 : i64}, tensor<i64> {tile.rows_of = array<i32: 0>})
// CHECK: %[[PLACES:.*]], %{{.*}}, %{{.*}} = onnx.places
// CHECK: onnx.Gather %{{.*}}, %[[PLACES]] {axis = 1 : i64}
func.func @compress(%x: tensor<2x4xf32>, %c: tensor<3xi1>) -> tensor<2x?xf32> {
  %y = onnx.Compress %x, %c {axis = -1 : i64} : (tensor<2x4xf32>, tensor<3xi1>) -> tensor<2x?xf32>
  return %y : tensor<2x?xf32>
}

// -----

// CHECK-LABEL: @refused
// CHECK: onnx.NonZero %{{.*}} {onnx.why_open = "ReduceSum '{{.*}}' reads it"}
// CHECK: onnx.NonZero %{{.*}} {onnx.why_open = "Add '{{.*}}' reads it"}
func.func @refused(%x: tensor<4xf32>, %z: tensor<4xf32>) -> (tensor<1x1xi64>, tensor<1x?xi64>) {
  %axes = onnx.Constant dense<1> : tensor<1xi64>
  %p = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
  %y = onnx.ReduceSum %p, %axes : (tensor<1x?xi64>, tensor<1xi64>) -> tensor<1x1xi64>
  %q = onnx.NonZero %z : (tensor<4xf32>) -> tensor<1x?xi64>
  %s = onnx.Add %q, %p : (tensor<1x?xi64>, tensor<1x?xi64>) -> tensor<1x?xi64>
  return %y, %s : tensor<1x1xi64>, tensor<1x?xi64>
}
