// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @truncates_to_integers
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "trunc"(%[[X]]) in "f32" : (tensor<4xf32>) -> tensor<4xi32>
func.func @truncates_to_integers(%x: tensor<4xf32>) -> tensor<4xi32> {
  %y = onnx.Cast %x {to = 6 : i64} : (tensor<4xf32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// CHECK-LABEL: @wraps_integers
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "copy"(%[[X]]) in "i64" : (tensor<4xi64>) -> tensor<4xi8>
func.func @wraps_integers(%x: tensor<4xi64>) -> tensor<4xi8> {
  %y = onnx.Cast %x {to = 3 : i64} : (tensor<4xi64>) -> tensor<4xi8>
  return %y : tensor<4xi8>
}

// What f32 holds exactly is cast where every engine can.
// CHECK-LABEL: @widens_in_float
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "copy"(%[[X]]) in "f32" : (tensor<4xui8>) -> tensor<4xi32>
func.func @widens_in_float(%x: tensor<4xui8>) -> tensor<4xi32> {
  %y = onnx.Cast %x {to = 6 : i64} : (tensor<4xui8>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// CHECK-LABEL: @reads_bits
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.bitcast %[[X]] : tensor<4xf32> -> tensor<4xui32>
func.func @reads_bits(%x: tensor<4xf32>) -> tensor<4xui32> {
  %y = onnx.BitCast %x {to = 12 : i64} : (tensor<4xf32>) -> tensor<4xui32>
  return %y : tensor<4xui32>
}
