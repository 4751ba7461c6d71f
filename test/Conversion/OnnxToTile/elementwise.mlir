// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @divides
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "divide"(%[[X]], %[[Y]]) in "f32"
// CHECK-SAME: -> tensor<4x3xf32>
func.func @divides(%x: tensor<4x3xf32>, %y: tensor<3xf32>) -> tensor<4x3xf32> {
  %z = onnx.Div %x, %y : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %z : tensor<4x3xf32>
}

// Integers are calculated in their own width.
// CHECK-LABEL: @adds_long_integers
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "add"(%[[X]], %[[Y]]) in "i64"
func.func @adds_long_integers(%x: tensor<4xi64>, %y: tensor<4xi64>) -> tensor<4xi64> {
  %z = onnx.Add %x, %y : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
  return %z : tensor<4xi64>
}

// What f32 holds exactly is compared there, since every engine has it.
// CHECK-LABEL: @compares_bytes_in_f32
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "le"(%[[X]], %[[Y]]) in "f32"
// CHECK-SAME: -> tensor<4xi1>
func.func @compares_bytes_in_f32(%x: tensor<4xi8>, %y: tensor<4xi8>) -> tensor<4xi1> {
  %z = onnx.LessOrEqual %x, %y : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi1>
  return %z : tensor<4xi1>
}

// CHECK-LABEL: @compares_long_integers
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "eq"(%[[X]], %[[Y]]) in "i64"
// CHECK-SAME: -> tensor<4xi1>
func.func @compares_long_integers(%x: tensor<4xi64>, %y: tensor<4xi64>) -> tensor<4xi1> {
  %z = onnx.Equal %x, %y : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi1>
  return %z : tensor<4xi1>
}

// Any number of operands, from the left; only the last step is rounded.
// CHECK-LABEL: @sums_from_the_left
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:{{[^%]*}}%[[Z:[^:]+]]:
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[X]], %[[Y]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: tile.elementwise "add"(%[[ADD]], %[[Z]]) in "f32"
// CHECK-SAME: -> tensor<4xf16>
func.func @sums_from_the_left(%x: tensor<4xf16>, %y: tensor<4xf16>, %z: tensor<4xf16>) -> tensor<4xf16> {
  %s = onnx.Sum %x, %y, %z : (tensor<4xf16>, tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %s : tensor<4xf16>
}

// CHECK-LABEL: @max_of_three
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:{{[^%]*}}%[[Z:[^:]+]]:
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[Y]]) in "f32"
// CHECK: tile.elementwise "max"(%[[MAX]], %[[Z]]) in "f32"
func.func @max_of_three(%x: tensor<4xf32>, %y: tensor<4xf32>, %z: tensor<4xf32>) -> tensor<4xf32> {
  %s = onnx.Max %x, %y, %z : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// CHECK-LABEL: @mean_of_two
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[X]], %[[Y]]) in "f32"
// CHECK: %[[TWO:.*]] = tile.constant dense<2.000000e+00>
// CHECK: tile.elementwise "divide"(%[[ADD]], %[[TWO]]) in "f32"
func.func @mean_of_two(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %s = onnx.Mean %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// Of integers the remainder has the sign of the divisor, unless fmod is set.
// CHECK-LABEL: @mod_of_integers
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "mod"(%[[X]], %[[Y]]) in "i32"
func.func @mod_of_integers(%x: tensor<4xi32>, %y: tensor<4xi32>) -> tensor<4xi32> {
  %z = onnx.Mod %x, %y : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %z : tensor<4xi32>
}

// CHECK-LABEL: @fmod
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "fmod"(%[[X]], %[[Y]]) in "f32"
func.func @fmod(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %z = onnx.Mod %x, %y {fmod = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}

// An integer to the power of a float is calculated in f64.
// CHECK-LABEL: @mixed_pow
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: %[[POW:.*]] = tile.elementwise "pow"(%[[X]], %[[Y]]) in "f64"
// CHECK-SAME: -> tensor<4xf64>
// CHECK: tile.elementwise "trunc"(%[[POW]]) in "f64"
// CHECK-SAME: -> tensor<4xi32>
func.func @mixed_pow(%x: tensor<4xi32>, %y: tensor<4xf32>) -> tensor<4xi32> {
  %z = onnx.Pow %x, %y : (tensor<4xi32>, tensor<4xf32>) -> tensor<4xi32>
  return %z : tensor<4xi32>
}

// CHECK-LABEL: @shifts_left
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "shift_left"(%[[X]], %[[Y]]) in "u32"
func.func @shifts_left(%x: tensor<4xui8>, %y: tensor<4xui8>) -> tensor<4xui8> {
  %z = onnx.BitShift %x, %y {direction = "LEFT"} : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xui8>
  return %z : tensor<4xui8>
}

// CHECK-LABEL: @positive_infinity
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "is_pos_inf"(%[[X]]) in "f32"
func.func @positive_infinity(%x: tensor<4xf32>) -> tensor<4xi1> {
  %y = onnx.IsInf %x {detect_negative = 0 : i64} : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// CHECK-LABEL: @no_infinity
// CHECK: tile.constant dense<false>
func.func @no_infinity(%x: tensor<4xf32>) -> tensor<4xi1> {
  %y = onnx.IsInf %x {detect_negative = 0 : i64, detect_positive = 0 : i64} : (tensor<4xf32>) -> tensor<4xi1>
  return %y : tensor<4xi1>
}

// CHECK-LABEL: @where
// CHECK-SAME: (%[[C:[^:]+]]:{{[^%]*}}%[[X:[^:]+]]:{{[^%]*}}%[[Y:[^:]+]]:
// CHECK: tile.elementwise "select"(%[[C]], %[[X]], %[[Y]]) in "f32"
func.func @where(%c: tensor<4x1xi1>, %x: tensor<3xf32>, %y: tensor<f32>) -> tensor<4x3xf32> {
  %z = onnx.Where %c, %x, %y : (tensor<4x1xi1>, tensor<3xf32>, tensor<f32>) -> tensor<4x3xf32>
  return %z : tensor<4x3xf32>
}

// CHECK-LABEL: @clips_from_above
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[HIGH:[^:]+]]:
// CHECK: tile.elementwise "min"(%[[X]], %[[HIGH]]) in "f32"
func.func @clips_from_above(%x: tensor<4xf32>, %high: tensor<f32>) -> tensor<4xf32> {
  %none = onnx.none
  %y = onnx.Clip %x, %none, %high : (tensor<4xf32>, none, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// The upper bound wins where they cross.
// CHECK-LABEL: @clips_from_both_sides
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[LOW:[^:]+]]:{{[^%]*}}%[[HIGH:[^:]+]]:
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[LOW]]) in "f32"
// CHECK: tile.elementwise "min"(%[[MAX]], %[[HIGH]]) in "f32"
func.func @clips_from_both_sides(%x: tensor<4xf32>, %low: tensor<f32>, %high: tensor<f32>) -> tensor<4xf32> {
  %y = onnx.Clip %x, %low, %high : (tensor<4xf32>, tensor<f32>, tensor<f32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
