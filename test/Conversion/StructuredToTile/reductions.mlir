// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// CHECK-LABEL: @reduces_rows_in_their_partitions
// CHECK: tile.issue "tensor_reduce" on "vec"
// CHECK-SAME: axes = 1 : i64
// CHECK-NOT: partition_reduce
// CHECK: return
func.func @reduces_rows_in_their_partitions(%x: tensor<128x256xf32>) -> tensor<128x1xf32> {
  %y = tile.reduction "add" %x over [1] in "f32" : tensor<128x256xf32> -> tensor<128x1xf32>
  return %y : tensor<128x1xf32>
}

// -----

// A long reduction with few results is spread over the partitions, piece by
// piece, and these meet at the end.
// CHECK-LABEL: @reduces_over_partitions
// CHECK: tile.issue "tensor_reduce"
// CHECK-NOT: flags = 1
// CHECK-SAME: op0 = "max"
// CHECK: tile.issue "tensor_reduce"
// CHECK-SAME: flags = 1 : i64
// CHECK: tile.issue "partition_reduce" on "pool"
func.func @reduces_over_partitions(%x: tensor<1048576xf32>) -> tensor<1xf32> {
  %y = tile.reduction "max" %x over [0] in "f32" : tensor<1048576xf32> -> tensor<1xf32>
  return %y : tensor<1xf32>
}

// -----

// CHECK-LABEL: @finds_places
// CHECK: tile.issue "arg_reduce" on "vec"
// CHECK-SAME: op0 = "max"
// CHECK: tile.issue "tensor_scalar" on "pool"
// CHECK-SAME: [#tile.access<i64{{.*}}#tile.access<i32
func.func @finds_places(%x: tensor<64x100xf32>) -> tensor<64x1xi64> {
  %y = tile.reduction "arg_max" %x over [1] in "f32" : tensor<64x100xf32> -> tensor<64x1xi64>
  return %y : tensor<64x1xi64>
}

// -----

// The exponentials are added up while they are made.
// CHECK-LABEL: @sums_while_it_activates
// CHECK: tile.issue "tensor_reduce" on "vec"
// CHECK: tile.issue "activate" on "act"
// CHECK-SAME: flags = 1 : i64, op0 = "exp"
// CHECK: op0 = "reciprocal"
func.func @sums_while_it_activates(%x: tensor<128x1000xf32>) -> tensor<128x1000xf32> {
  %y = tile.softmax %x {axis = 1 : i64} : tensor<128x1000xf32>
  return %y : tensor<128x1000xf32>
}

// -----

// CHECK-LABEL: @squares_while_it_sums
// CHECK: tile.issue "activate" on "act"
// CHECK-SAME: flags = 1 : i64, op0 = "square"
// CHECK: op0 = "divide", op1 = "add"
// CHECK: op0 = "rsqrt"
// CHECK: op0 = "subtract", op1 = "multiply"
func.func @squares_while_it_sums(%x: tensor<128x768xf32>) -> tensor<128x768xf32> {
  %y = tile.normalization %x {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<128x768xf32>
  return %y : tensor<128x768xf32>
}
