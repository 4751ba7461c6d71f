// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Rows of channels are read at four neighbours of each of the 2 x 2 points of a
// bin, and their weighted sums averaged over the points.
// CHECK-LABEL: @average_of_points
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ROWS:.*]] = tile.reshape %{{.*}} -> tensor<32x3xf32>
// CHECK-COUNT-4: tile.take %[[ROWS]], %{{.*}} {axis = 0 : i64} : (tensor<32x3xf32>, tensor<40xi32>) -> tensor<40x3xf32>
// CHECK-NOT: tile.take
// CHECK: tile.reduction "add" %{{.*}} over [1] in "f32" : tensor<10x4x3xf32> -> tensor<10x1x3xf32>
// CHECK: -> tensor<5x3x1x2xf32>
func.func @average_of_points(%x: tensor<2x3x4x4xf32>, %b: tensor<5x4xf32>, %i: tensor<5xi64>) -> tensor<5x3x1x2xf32> {
  %y = onnx.RoiAlign %x, %b, %i {output_height = 1 : i64, output_width = 2 : i64, sampling_ratio = 2 : i64} : (tensor<2x3x4x4xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x1x2xf32>
  return %y : tensor<5x3x1x2xf32>
}

// CHECK-LABEL: @largest_of_points
// CHECK-COUNT-4: tile.take
// CHECK: tile.reduction "max"
func.func @largest_of_points(%x: tensor<2x3x4x4xf32>, %b: tensor<5x4xf32>, %i: tensor<5xi64>) -> tensor<5x3x1x1xf32> {
  %y = onnx.RoiAlign %x, %b, %i {mode = "max", sampling_ratio = 1 : i64} : (tensor<2x3x4x4xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x1x1xf32>
  return %y : tensor<5x3x1x1xf32>
}

// As many points as a bin is large: rows and columns of each box's image are
// weighed by matrices. What is not finite is left out, and found by two more
// products.
// CHECK-LABEL: @points_by_size
// CHECK-SAME: %[[I:[^:]+]]: tensor<5xi64>
// CHECK: %[[TALL:.*]] = tile.reshape %{{.*}} -> tensor<5x1x4xf32>
// CHECK: %[[WIDE:.*]] = tile.reshape %{{.*}} -> tensor<5x2x6xf32>
// CHECK: tile.elementwise "select"
// CHECK: %[[IMAGES:.*]] = tile.take %{{.*}}, %[[I]] {axis = 0 : i64} {{.*}} -> tensor<5x4x18xf32>
// CHECK: tile.contract %[[TALL]], %[[IMAGES]] {{.*}} -> tensor<5x1x18xf32>
// CHECK: tile.contract %{{.*}}, %[[WIDE]] {trans_b = true} : (tensor<5x3x6xf32>,
// CHECK-COUNT-2: tile.contract {{.*}} : (tensor<5x3x6xbf16>, tensor<5x2x6xbf16>) -> tensor<5x3x2xf32>
// CHECK-NOT: tile.contract
func.func @points_by_size(%x: tensor<2x3x4x6xf32>, %b: tensor<5x4xf32>, %i: tensor<5xi64>) -> tensor<5x3x1x2xf32> {
  %y = onnx.RoiAlign %x, %b, %i {output_height = 1 : i64, output_width = 2 : i64} : (tensor<2x3x4x6xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x1x2xf32>
  return %y : tensor<5x3x1x2xf32>
}

// Those of one image for all boxes at once.
// CHECK-LABEL: @points_of_one_image
// CHECK: tile.contract {{.*}} : (tensor<10x4xf32>, tensor<4x18xf32>) -> tensor<10x18xf32>
func.func @points_of_one_image(%x: tensor<1x3x4x6xf32>, %b: tensor<5x4xf32>, %i: tensor<5xi64>) -> tensor<5x3x2x1xf32> {
  %y = onnx.RoiAlign %x, %b, %i {output_height = 2 : i64, output_width = 1 : i64} : (tensor<1x3x4x6xf32>, tensor<5x4xf32>, tensor<5xi64>) -> tensor<5x3x2x1xf32>
  return %y : tensor<5x3x2x1xf32>
}

// Maxima of 1 and 2 rows by 1, 2 and 4 columns, of which four are read.
// CHECK-LABEL: @pool
// CHECK-COUNT-2: tile.window_reduction "max"
// CHECK: tile.window_reduction "max" %{{.*}} {dilations = array<i64: 1, 1>{{.*}} window = array<i64: 2, 1>
// CHECK-COUNT-2: tile.window_reduction "max"
// CHECK-NOT: tile.window_reduction
// CHECK: tile.assemble {{.*}} -> tensor<60x2xf32>
// CHECK-COUNT-4: tile.take
// CHECK-NOT: tile.take
// CHECK: return
func.func @pool(%x: tensor<1x2x2x5xf32>, %b: tensor<3x5xf32>) -> tensor<3x2x1x1xf32> {
  %y = onnx.MaxRoiPool %x, %b {pooled_shape = array<i64: 1, 1>} : (tensor<1x2x2x5xf32>, tensor<3x5xf32>) -> tensor<3x2x1x1xf32>
  return %y : tensor<3x2x1x1xf32>
}

// What lies at the window's places, times the mask, is a matrix.
// CHECK-LABEL: @deformed
// CHECK-SAME: %[[M:[^:]+]]: tensor<1x4x3x3xf32>)
// CHECK-COUNT-4: tile.take
// CHECK: %[[MASK:.*]] = tile.reshape %[[M]]
// CHECK: tile.elementwise "multiply"(%{{.*}}, %[[MASK]])
// CHECK: tile.contract {{.*}} {trans_b = true} : (tensor<1x5x12xf32>, tensor<1x1x9x12xf32>) -> tensor<1x1x5x9xf32>
func.func @deformed(%x: tensor<1x3x4x4xf32>, %w: tensor<5x3x2x2xf32>, %o: tensor<1x8x3x3xf32>, %m: tensor<1x4x3x3xf32>) -> tensor<1x5x3x3xf32> {
  %none = onnx.none
  %y = onnx.DeformConv %x, %w, %o, %none, %m : (tensor<1x3x4x4xf32>, tensor<5x3x2x2xf32>, tensor<1x8x3x3xf32>, none, tensor<1x4x3x3xf32>) -> tensor<1x5x3x3xf32>
  return %y : tensor<1x5x3x3xf32>
}
