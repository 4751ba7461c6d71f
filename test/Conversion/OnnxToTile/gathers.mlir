// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Known indices with one distance are a stride.
// CHECK-LABEL: @known_indices
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 0, 1>, starts = array<i64: 5, 0>, steps = array<i64: -2, 1>}
func.func @known_indices(%x: tensor<6x4xf32>) -> tensor<3x4xf32> {
  %i = onnx.Constant dense<[-1, 3, 1]> : tensor<3xi64>
  %y = onnx.Gather %x, %i : (tensor<6x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// A scalar index takes the dimension away.
// CHECK-LABEL: @scalar_index
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[X]] {dims = array<i64: 0, 1>, starts = array<i64: 0, 2>, steps = array<i64: 1, 1>}
// CHECK: tile.reshape %[[RESTRIDE]]
func.func @scalar_index(%x: tensor<6x4xf32>) -> tensor<6xf32> {
  %i = onnx.Constant dense<2> : tensor<i64>
  %y = onnx.Gather %x, %i {axis = 1 : i64} : (tensor<6x4xf32>, tensor<i64>) -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// CHECK-LABEL: @indices_of_the_run
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:
// CHECK: tile.take %[[X]], %[[I]] {axis = 1 : i64}
func.func @indices_of_the_run(%x: tensor<6x4xf32>, %i: tensor<2x3xi64>) -> tensor<6x2x3xf32> {
  %y = onnx.Gather %x, %i {axis = -1 : i64} : (tensor<6x4xf32>, tensor<2x3xi64>) -> tensor<6x2x3xf32>
  return %y : tensor<6x2x3xf32>
}

// CHECK-LABEL: @elements
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:
// CHECK: tile.take_elements %[[X]], %[[I]] {axis = 0 : i64}
func.func @elements(%x: tensor<6x4xf32>, %i: tensor<2x4xi64>) -> tensor<2x4xf32> {
  %y = onnx.GatherElements %x, %i : (tensor<6x4xf32>, tensor<2x4xi64>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// Tuples become one index each; one outside its extent becomes an index that
// traps.
// CHECK-LABEL: @tuples
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[I]]
// CHECK: %[[EXTENT:.*]] = tile.constant dense<6>
// CHECK: %[[ZERO:.*]] = tile.constant dense<0>
// CHECK: %[[LT:.*]] = tile.elementwise "lt"(%[[RESHAPE]], %[[ZERO]]) in "i64"
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[RESHAPE]], %[[EXTENT]]) in "i64"
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[LT]], %[[ADD]], %[[RESHAPE]]) in "i64"
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0>
// CHECK: %[[GE:.*]] = tile.elementwise "ge"(%[[SELECT]], %[[ZERO_2]]) in "i64"
// CHECK: %[[LT_2:.*]] = tile.elementwise "lt"(%[[SELECT]], %[[EXTENT]]) in "i64"
// CHECK: %[[LOGICAL_AND:.*]] = tile.elementwise "logical_and"(%[[GE]], %[[LT_2]]) in "f32"
// CHECK: %[[FAR:.*]] = tile.constant dense<1099511627776>
// CHECK: %[[SELECT_2:.*]] = tile.elementwise "select"(%[[LOGICAL_AND]], %[[SELECT]], %[[FAR]]) in "i64"
// CHECK: tile.take %[[X]], %[[SELECT_2]] {axis = 0 : i64}
func.func @tuples(%x: tensor<6x4xf32>, %i: tensor<5x1xi64>) -> tensor<5x4xf32> {
  %y = onnx.GatherND %x, %i : (tensor<6x4xf32>, tensor<5x1xi64>) -> tensor<5x4xf32>
  return %y : tensor<5x4xf32>
}

// CHECK-LABEL: @condition
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK: tile.restride %[[RESHAPE]] {dims = array<i64: 0>, starts = array<i64: 1>, steps = array<i64: 2>}
func.func @condition(%x: tensor<2x3xf32>) -> tensor<2xf32> {
  %c = onnx.Constant dense<[false, true, false, true]> : tensor<4xi1>
  %y = onnx.Compress %x, %c : (tensor<2x3xf32>, tensor<4xi1>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// Negative indices count from the end; one outside is nowhere.
// CHECK-LABEL: @one_hot
// CHECK-SAME: (%[[I:[^:]+]]:{{[^%]*}}%[[V:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[I]]
// CHECK: %[[ZERO:.*]] = tile.constant dense<0>
// CHECK: %[[LT:.*]] = tile.elementwise "lt"(%[[RESHAPE]], %[[ZERO]]) in "i64"
// CHECK: %[[DEPTH:.*]] = tile.constant dense<3>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[RESHAPE]], %[[DEPTH]]) in "i64"
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[LT]], %[[ADD]], %[[RESHAPE]]) in "i64"
// CHECK: %[[PLACES:.*]] = tile.constant dense<{{\[\[}}0, 1, 2]]>
// CHECK: %[[EQ:.*]] = tile.elementwise "eq"(%[[PLACES]], %[[SELECT]]) in "i64"
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[V]] {dims = array<i64: 0>
// CHECK: %[[RESHAPE_2:.*]] = tile.reshape %[[RESTRIDE]]
// CHECK: %[[RESTRIDE_2:.*]] = tile.restride %[[V]] {dims = array<i64: 0>, starts = array<i64: 1>, steps = array<i64: 1>}
// CHECK: %[[RESHAPE_3:.*]] = tile.reshape %[[RESTRIDE_2]]
// CHECK: tile.elementwise "select"(%[[EQ]], %[[RESHAPE_3]], %[[RESHAPE_2]]) in "f32"
func.func @one_hot(%i: tensor<5xi64>, %v: tensor<2xf32>) -> tensor<5x3xf32> {
  %d = onnx.Constant dense<3> : tensor<i64>
  %y = onnx.OneHot %i, %d, %v : (tensor<5xi64>, tensor<i64>, tensor<2xf32>) -> tensor<5x3xf32>
  return %y : tensor<5x3xf32>
}

// Columns whose elements have one index.
// CHECK-LABEL: @gather_columns
// CHECK-SAME: (%[[X:.*]]: tensor<4x5xf32>,
// CHECK: %[[I:.*]] = tile.reshape %{{.*}} -> tensor<3xi64>
// CHECK: tile.take %[[X]], %[[I]] {axis = 1 : i64}
func.func @gather_columns(%x: tensor<4x5xf32>, %i: tensor<1x3xi64>) -> tensor<4x3xf32> {
  %shape = onnx.Constant dense<[4, 3]> : tensor<2xi64>
  %j = onnx.Expand %i, %shape : (tensor<1x3xi64>, tensor<2xi64>) -> tensor<4x3xi64>
  %y = onnx.GatherElements %x, %j {axis = 1 : i64} : (tensor<4x5xf32>, tensor<4x3xi64>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
