// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @elements
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:{{[^%]*}}%[[U:[^:]+]]:
// CHECK: tile.put_elements %[[X]], %[[I]], %[[U]] {axis = 0 : i64}
func.func @elements(%x: tensor<6x4xf32>, %i: tensor<2x4xi64>, %u: tensor<2x4xf32>) -> tensor<6x4xf32> {
  %y = onnx.ScatterElements %x, %i, %u : (tensor<6x4xf32>, tensor<2x4xi64>, tensor<2x4xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// CHECK-LABEL: @adds_elements
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:{{[^%]*}}%[[U:[^:]+]]:
// CHECK: tile.put_elements %[[X]], %[[I]], %[[U]] {axis = 1 : i64, reduction = "add"}
func.func @adds_elements(%x: tensor<6x4xf32>, %i: tensor<6x2xi64>, %u: tensor<6x2xf32>) -> tensor<6x4xf32> {
  %y = onnx.ScatterElements %x, %i, %u {axis = 1 : i64, reduction = "add"} : (tensor<6x4xf32>, tensor<6x2xi64>, tensor<6x2xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// CHECK-LABEL: @tuples
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:{{[^%]*}}%[[U:[^:]+]]:
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
// CHECK: tile.put %[[X]], %[[SELECT_2]], %[[U]] {reduction = "max"}
func.func @tuples(%x: tensor<6x4xf32>, %i: tensor<5x1xi64>, %u: tensor<5x4xf32>) -> tensor<6x4xf32> {
  %y = onnx.ScatterND %x, %i, %u {reduction = "max"} : (tensor<6x4xf32>, tensor<5x1xi64>, tensor<5x4xf32>) -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}

// A row for each batch and head, at the batch's index along axis 2; an index
// outside traps.
// CHECK-LABEL: @puts_rows_into_a_cache
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[U:[^:]+]]:{{[^%]*}}%[[I:[^:]+]]:
// CHECK: %[[FIRST:.*]] = tile.reshape %[[I]] : tensor<2xi64> -> tensor<2x1x1x1xi64>
// CHECK: tile.elementwise "add"(%{{.*}}, %[[FIRST]]) in "i64"
// CHECK-NOT: "mod"
// CHECK: tile.constant dense<1099511627776>
// CHECK: %[[ROWS:.*]] = tile.reshape %[[X]] : tensor<2x3x16x4xf32> -> tensor<96x4xf32>
// CHECK: %[[NEW:.*]] = tile.reshape %[[U]] : tensor<2x3x1x4xf32> -> tensor<6x4xf32>
// CHECK: tile.put %[[ROWS]], %{{.*}}, %[[NEW]] : (tensor<96x4xf32>, tensor<6xi64>, tensor<6x4xf32>)
func.func @puts_rows_into_a_cache(%x: tensor<2x3x16x4xf32>, %u: tensor<2x3x1x4xf32>, %i: tensor<2xi64>) -> tensor<2x3x16x4xf32> {
  %y = onnx.TensorScatter %x, %u, %i : (tensor<2x3x16x4xf32>, tensor<2x3x1x4xf32>, tensor<2xi64>) -> tensor<2x3x16x4xf32>
  return %y : tensor<2x3x16x4xf32>
}

// CHECK-LABEL: @wraps_around
// CHECK: tile.elementwise "mod"
func.func @wraps_around(%x: tensor<2x16x4xf32>, %u: tensor<2x3x4xf32>, %i: tensor<2xi64>) -> tensor<2x16x4xf32> {
  %y = onnx.TensorScatter %x, %u, %i {axis = 1 : i64, mode = "circular"} : (tensor<2x16x4xf32>, tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<2x16x4xf32>
  return %y : tensor<2x16x4xf32>
}

// Rows whose elements have one index.
// CHECK-LABEL: @scatter_rows
// CHECK-SAME: (%[[X:.*]]: tensor<4x5xf32>, %{{.*}}: tensor<3x1xi64>, %[[U:.*]]: tensor<3x5xf32>)
// CHECK: %[[I:.*]] = tile.reshape %{{.*}} -> tensor<3xi64>
// CHECK: tile.put %[[X]], %[[I]], %[[U]] {reduction = "add"} : (tensor<4x5xf32>, tensor<3xi64>, tensor<3x5xf32>) -> tensor<4x5xf32>
func.func @scatter_rows(%x: tensor<4x5xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) -> tensor<4x5xf32> {
  %shape = onnx.Constant dense<[3, 5]> : tensor<2xi64>
  %j = onnx.Expand %i, %shape : (tensor<3x1xi64>, tensor<2xi64>) -> tensor<3x5xi64>
  %y = onnx.ScatterElements %x, %j, %u {axis = 0 : i64, reduction = "add"} : (tensor<4x5xf32>, tensor<3x5xi64>, tensor<3x5xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}
