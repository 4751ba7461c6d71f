// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// One element for each place: its row times the width and its column, which are
// kept inside.
// CHECK-LABEL: @nearest
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "round"
// CHECK: tile.elementwise "round"
// CHECK: %[[WIDTH:.*]] = tile.constant dense<5.000000e+00>
// CHECK: %[[START:.*]] = tile.elementwise "multiply"(%{{.*}}, %[[WIDTH]]) in "f32"
// CHECK: %[[PLACE:.*]] = tile.elementwise "add"(%[[START]],
// CHECK: %[[DATA:.*]] = tile.reshape %[[X]] : tensor<1x1x4x5xf32> -> tensor<1x1x20xf32>
// CHECK: %[[INDEX:.*]] = tile.elementwise "copy"(%[[PLACE]]) in "f32"
// CHECK-SAME: -> tensor<1x1x1xi32>
// CHECK: tile.take_elements %[[DATA]], %[[INDEX]] {axis = 2
func.func @nearest(%x: tensor<1x1x4x5xf32>, %g: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  %y = onnx.GridSample %x, %g {mode = "nearest", padding_mode = "border", align_corners = 1 : i64} : (tensor<1x1x4x5xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// Two neighbours along each axis; in place of one outside the zero behind all
// elements is read.
// CHECK-LABEL: @linear
// CHECK: %[[OUTSIDE:.*]] = tile.elementwise "ne"
// CHECK: tile.elementwise "select"(%[[OUTSIDE]],
// CHECK: %[[DATA:.*]] = tile.assemble {{.*}} -> tensor<1x1x17xf32>
// CHECK: tile.elementwise "select"
// CHECK-COUNT-4: tile.take_elements %[[DATA]]
// CHECK-NOT: tile.take_elements
// CHECK: return
func.func @linear(%x: tensor<1x1x4x4xf32>, %g: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  %y = onnx.GridSample %x, %g {mode = "linear"} : (tensor<1x1x4x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}

// Places beyond the border are folded back.
// CHECK-LABEL: @reflects
// CHECK: tile.elementwise "fmod"
// CHECK-COUNT-16: tile.take_elements
// CHECK-NOT: tile.take_elements
// CHECK: return
func.func @reflects(%x: tensor<1x1x4x4xf32>, %g: tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32> {
  %y = onnx.GridSample %x, %g {mode = "cubic", padding_mode = "reflection"} : (tensor<1x1x4x4xf32>, tensor<1x1x1x2xf32>) -> tensor<1x1x1x1xf32>
  return %y : tensor<1x1x1x1xf32>
}
