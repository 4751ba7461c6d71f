// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @keeps_dimensions
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "f32"
// CHECK-SAME: -> tensor<2x1x4xf32>
// CHECK: tile.elementwise "copy"(%[[SUM]]) in "f32"
// CHECK-SAME: -> tensor<2x1x4xf16>
func.func @keeps_dimensions(%x: tensor<2x3x4xf16>) -> tensor<2x1x4xf16> {
  %a = onnx.Constant dense<[-2]> : tensor<1xi64>
  %y = onnx.ReduceSum %x, %a : (tensor<2x3x4xf16>, tensor<1xi64>) -> tensor<2x1x4xf16>
  return %y : tensor<2x1x4xf16>
}

// Without axes all are meant.
// CHECK-LABEL: @all_axes
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[MAX:.*]] = tile.reduction "max" %[[X]] over [0, 1, 2] in "f32"
// CHECK-SAME: -> tensor<1x1x1xf32>
// CHECK: tile.reshape %[[MAX]]
// CHECK-SAME: -> tensor<f32>
func.func @all_axes(%x: tensor<2x3x4xf32>) -> tensor<f32> {
  %none = onnx.none
  %y = onnx.ReduceMax %x, %none {keepdims = 0 : i64} : (tensor<2x3x4xf32>, none) -> tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: @no_axes
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.reduction "add" %[[X]] over [] in "f32" {element_op = "square"}
func.func @no_axes(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %none = onnx.none
  %y = onnx.ReduceSumSquare %x, %none {noop_with_empty_axes = 1 : i64} : (tensor<2x3xf32>, none) -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: @mean
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "f32"
// CHECK: %[[SHARE:.*]] = tile.constant dense<2.500000e-01>
// CHECK: tile.elementwise "multiply"(%[[SUM]], %[[SHARE]]) in "f32"
func.func @mean(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceMean %x, %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// Of integers the mean is a division.
// CHECK-LABEL: @mean_of_integers
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "i32"
// CHECK: %[[COUNT:.*]] = tile.constant dense<4>
// CHECK: tile.elementwise "divide"(%[[SUM]], %[[COUNT]]) in "i32"
func.func @mean_of_integers(%x: tensor<2x4xi32>) -> tensor<2x1xi32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceMean %x, %a : (tensor<2x4xi32>, tensor<1xi64>) -> tensor<2x1xi32>
  return %y : tensor<2x1xi32>
}

// CHECK-LABEL: @l1
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.reduction "add" %[[X]] over [1] in "f32" {element_op = "abs"}
func.func @l1(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceL1 %x, %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// CHECK-LABEL: @l2
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "f32" {element_op = "square"}
// CHECK: tile.elementwise "sqrt"(%[[SUM]]) in "f32"
func.func @l2(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceL2 %x, %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// CHECK-LABEL: @log_sum
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[X]] over [1] in "f32"
// CHECK: tile.elementwise "log"(%[[SUM]]) in "f32"
func.func @log_sum(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceLogSum %x, %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// The maximum is taken out first, unless it is infinite.
// CHECK-LABEL: @log_sum_exp
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[MAX:.*]] = tile.reduction "max" %[[X]] over [1] in "f32"
// CHECK: %[[IS_INF:.*]] = tile.elementwise "is_inf"(%[[MAX]]) in "f32"
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[IS_INF]], %[[ZERO]], %[[MAX]]) in "f32"
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[X]], %[[SELECT]]) in "f32"
// CHECK: %[[EXP:.*]] = tile.elementwise "exp"(%[[SUBTRACT]]) in "f32"
// CHECK: %[[SUM:.*]] = tile.reduction "add" %[[EXP]] over [1] in "f32"
// CHECK: %[[LOG:.*]] = tile.elementwise "log"(%[[SUM]]) in "f32"
// CHECK: tile.elementwise "add"(%[[LOG]], %[[SELECT]]) in "f32"
func.func @log_sum_exp(%x: tensor<2x4xf32>) -> tensor<2x1xf32> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceLogSumExp %x, %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// CHECK-LABEL: @product
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.reduction "mul" %[[X]] over [1] in "i64"
func.func @product(%x: tensor<2x4xi64>) -> tensor<2x1xi64> {
  %a = onnx.Constant dense<[1]> : tensor<1xi64>
  %y = onnx.ReduceProd %x, %a : (tensor<2x4xi64>, tensor<1xi64>) -> tensor<2x1xi64>
  return %y : tensor<2x1xi64>
}

// CHECK-LABEL: @last_place
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ARG_MIN:.*]] = tile.reduction "arg_min" %[[X]] over [1] in "f32" {select_last = true}
// CHECK-SAME: -> tensor<2x1xi64>
// CHECK: tile.reshape %[[ARG_MIN]]
// CHECK-SAME: -> tensor<2xi64>
func.func @last_place(%x: tensor<2x4xf32>) -> tensor<2xi64> {
  %y = onnx.ArgMin %x {axis = 1 : i64, keepdims = 0 : i64, select_last_index = 1 : i64} : (tensor<2x4xf32>) -> tensor<2xi64>
  return %y : tensor<2xi64>
}
