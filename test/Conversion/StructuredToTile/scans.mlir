// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// Walked from the end, and without the element itself.
// CHECK-LABEL: @walks_back
// CHECK: tile.issue "scan" on "vec"
// CHECK-SAME: [#tile.access<f32, 0, 396, [100, -1]>, #tile.access<f32, 0, 396, [100, -1]>]
// CHECK-SAME: flags = 2 : i64, op0 = "add", s0 = 0.000000e+00
func.func @walks_back(%x: tensor<64x100xf32>) -> tensor<64x100xf32> {
  %y = tile.scan "add" %x in "f32" {axis = 1 : i64, exclusive = true, reverse = true} : tensor<64x100xf32>
  return %y : tensor<64x100xf32>
}

// -----

// The axis is innermost on chip, whatever it is in memory.
// CHECK-LABEL: @scans_columns
// CHECK: tile.issue "scan" on "vec"
// CHECK-SAME: #tile.access<f32, 0, 0, [1, 16]>, #tile.access<f32, 0, 0, [1, 16]>] over {{.*}}, 100]
func.func @scans_columns(%x: tensor<100x64xf32>) -> tensor<100x64xf32> {
  %y = tile.scan "add" %x in "f32" {axis = 0 : i64} : tensor<100x64xf32>
  return %y : tensor<100x64xf32>
}
