// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// Flags are summed up; true ones are put at their numbers, the others behind.
// CHECK-LABEL: @short
// CHECK: %[[UP_TO:.*]] = tile.scan "add" %{{.*}} in "f32" {axis = 1 : i64} : tensor<1x8xf32>
// CHECK-NOT: tile.scan
// CHECK: %[[PLACE:.*]] = tile.elementwise "select"(%{{.*}}, {{.*}} -> tensor<8xi32>
// CHECK: %[[PUT:.*]] = tile.put %{{.*}}, %[[PLACE]], %{{.*}} : (tensor<9xi32>, tensor<8xi32>, tensor<8xi32>)
// CHECK: tile.restride %[[PUT]] {{.*}} -> tensor<8xi32>
func.func @short(%x: tensor<8xi1>) -> (tensor<8xi32>, tensor<i64>) {
  %p, %n, %u = onnx.places %x : (tensor<8xi1>) -> (tensor<8xi32>, tensor<i64>, tensor<8xi32>)
  return %p, %n : tensor<8xi32>, tensor<i64>
}

// Many are summed up in rows, and then the rows' sums. With room for four, the
// fifth goes behind too.
// CHECK-LABEL: @long
// CHECK: tile.scan "add" %{{.*}} in "f32" {axis = 1 : i64} : tensor<10x10xf32>
// CHECK: tile.scan "add" %{{.*}} in "f32" {axis = 1 : i64, exclusive = true} : tensor<1x10xf32>
// CHECK: "min"
// CHECK: tile.put %{{.*}} : (tensor<5xi32>, tensor<99xi32>, tensor<99xi32>)
func.func @long(%x: tensor<99xi1>) -> (tensor<4xi32>, tensor<99xi32>) {
  %p, %n, %u = onnx.places %x : (tensor<99xi1>) -> (tensor<4xi32>, tensor<i64>, tensor<99xi32>)
  return %p, %u : tensor<4xi32>, tensor<99xi32>
}
