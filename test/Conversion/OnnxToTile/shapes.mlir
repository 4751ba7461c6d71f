// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @reshape
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.reshape %[[X]]
// CHECK-SAME: -> tensor<3x4xf32>
func.func @reshape(%x: tensor<2x6xf32>) -> tensor<3x4xf32> {
  %s = onnx.Constant dense<[3, -1]> : tensor<2xi64>
  %y = onnx.Reshape %x, %s : (tensor<2x6xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// What changes nothing builds nothing.
// CHECK-LABEL: @same_shape
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: return %[[X]]
func.func @same_shape(%x: tensor<2x6xf32>) -> tensor<2x6xf32> {
  %y = onnx.Flatten %x : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return %y : tensor<2x6xf32>
}

// CHECK-LABEL: @dropout_keeps_all
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[KEPT:.*]] = tile.constant dense<true>
// CHECK: return %[[X]], %[[KEPT]]
func.func @dropout_keeps_all(%x: tensor<2x6xf32>) -> (tensor<2x6xf32>, tensor<2x6xi1>) {
  %none = onnx.none
  %y, %m = onnx.Dropout %x, %none, %none : (tensor<2x6xf32>, none, none) -> (tensor<2x6xf32>, tensor<2x6xi1>)
  return %y, %m : tensor<2x6xf32>, tensor<2x6xi1>
}

// CHECK-LABEL: @part_of_the_shape
// CHECK: tile.constant dense<[3, 4]>
func.func @part_of_the_shape(%x: tensor<2x3x4x5xf32>) -> tensor<2xi64> {
  %y = onnx.Shape %x {start = 1 : i64, end = -1 : i64} : (tensor<2x3x4x5xf32>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}

// CHECK-LABEL: @size
// CHECK: tile.constant dense<24>
func.func @size(%x: tensor<2x3x4xf32>) -> tensor<i64> {
  %y = onnx.Size %x : (tensor<2x3x4xf32>) -> tensor<i64>
  return %y : tensor<i64>
}

// CHECK-LABEL: @transpose
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: 2, 0, 1>
// CHECK-SAME: -> tensor<4x2x3xf32>
func.func @transpose(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
  %y = onnx.Transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
  return %y : tensor<4x2x3xf32>
}

// CHECK-LABEL: @expand
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.restride %[[X]] {dims = array<i64: -1, 0, -1>
// CHECK-SAME: -> tensor<2x3x4xf32>
func.func @expand(%x: tensor<3x1xf32>) -> tensor<2x3x4xf32> {
  %s = onnx.Constant dense<[2, 1, 4]> : tensor<3xi64>
  %y = onnx.Expand %x, %s : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// CHECK-LABEL: @tile
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK-SAME: -> tensor<1x2x1x3xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: -1, 1, -1, 3>
// CHECK-SAME: -> tensor<2x2x3x3xf32>
// CHECK: tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<4x9xf32>
func.func @tile(%x: tensor<2x3xf32>) -> tensor<4x9xf32> {
  %r = onnx.Constant dense<[2, 3]> : tensor<2xi64>
  %y = onnx.Tile %x, %r : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<4x9xf32>
  return %y : tensor<4x9xf32>
}

// CHECK-LABEL: @depth_to_space
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK-SAME: -> tensor<1x2x2x2x2x3xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, 3, 4, 1, 5, 2>
// CHECK-SAME: -> tensor<1x2x2x2x3x2xf32>
// CHECK: tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<1x2x4x6xf32>
func.func @depth_to_space(%x: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %y = onnx.DepthToSpace %x {blocksize = 2 : i64} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %y : tensor<1x2x4x6xf32>
}

// CHECK-LABEL: @depth_to_space_by_columns
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK-SAME: -> tensor<1x2x2x2x2x3xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, 1, 4, 2, 5, 3>
// CHECK-SAME: -> tensor<1x2x2x2x3x2xf32>
// CHECK: tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<1x2x4x6xf32>
func.func @depth_to_space_by_columns(%x: tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32> {
  %y = onnx.DepthToSpace %x {blocksize = 2 : i64, mode = "CRD"} : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
  return %y : tensor<1x2x4x6xf32>
}

// CHECK-LABEL: @space_to_depth
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[RESHAPE:.*]] = tile.reshape %[[X]]
// CHECK-SAME: -> tensor<1x2x2x2x3x2xf32>
// CHECK: %[[RESTRIDE:.*]] = tile.restride %[[RESHAPE]] {dims = array<i64: 0, 3, 5, 1, 2, 4>
// CHECK-SAME: -> tensor<1x2x2x2x2x3xf32>
// CHECK: tile.reshape %[[RESTRIDE]]
// CHECK-SAME: -> tensor<1x8x2x3xf32>
func.func @space_to_depth(%x: tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32> {
  %y = onnx.SpaceToDepth %x {blocksize = 2 : i64} : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
  return %y : tensor<1x8x2x3xf32>
}
