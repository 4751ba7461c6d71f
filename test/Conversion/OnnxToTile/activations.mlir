// RUN: tilicho-opt %s --convert-onnx-to-tile | FileCheck %s

// CHECK-LABEL: @elu
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[X]], %[[ZERO]]) in "f32"
// CHECK: %[[EXP:.*]] = tile.elementwise "exp"(%[[MIN]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[EXP]], %[[ONE]]) in "f32"
// CHECK: %[[ALPHA:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[SUBTRACT]], %[[ALPHA]]) in "f32"
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[ZERO_2]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[MAX]]) in "f32"
func.func @elu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Elu %x {alpha = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// Every step but the last is in f32, so that an f16 result is rounded once.
// CHECK-LABEL: @celu_rounds_once
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[X]], %[[ZERO]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[ALPHA:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[DIVIDE:.*]] = tile.elementwise "divide"(%[[MIN]], %[[ALPHA]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[EXP:.*]] = tile.elementwise "exp"(%[[DIVIDE]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[EXP]], %[[ONE]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[CONSTANT:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[SUBTRACT]], %[[CONSTANT]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[ZERO_2]]) in "f32"
// CHECK-SAME: -> tensor<4xf32>
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[MAX]]) in "f32"
// CHECK-SAME: -> tensor<4xf16>
func.func @celu_rounds_once(%x: tensor<4xf16>) -> tensor<4xf16> {
  %y = onnx.Celu %x {alpha = 3.0 : f32} : (tensor<4xf16>) -> tensor<4xf16>
  return %y : tensor<4xf16>
}

// CHECK-LABEL: @selu
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[X]], %[[ZERO]]) in "f32"
// CHECK: %[[EXP:.*]] = tile.elementwise "exp"(%[[MIN]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[EXP]], %[[ONE]]) in "f32"
// CHECK: %[[ALPHA:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[SUBTRACT]], %[[ALPHA]]) in "f32"
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[ZERO_2]]) in "f32"
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[MULTIPLY]], %[[MAX]]) in "f32"
// CHECK: %[[GAMMA:.*]] = tile.constant dense<4.000000e+00>
// CHECK: tile.elementwise "multiply"(%[[ADD]], %[[GAMMA]]) in "f32"
func.func @selu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Selu %x {alpha = 3.0 : f32, gamma = 4.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @leaky_relu_takes_the_larger
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ALPHA:.*]] = tile.constant dense<2.500000e-01>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[X]], %[[ALPHA]]) in "f32"
// CHECK: tile.elementwise "max"(%[[MULTIPLY]], %[[X]]) in "f32"
func.func @leaky_relu_takes_the_larger(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.LeakyRelu %x {alpha = 0.25 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// Above a slope of 1 it is the smaller.
// CHECK-LABEL: @leaky_relu_takes_the_smaller
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ALPHA:.*]] = tile.constant dense<4.000000e+00>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[X]], %[[ALPHA]]) in "f32"
// CHECK: tile.elementwise "min"(%[[MULTIPLY]], %[[X]]) in "f32"
func.func @leaky_relu_takes_the_smaller(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.LeakyRelu %x {alpha = 4.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @leaky_relu_of_slope_zero
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "relu"(%[[X]]) in "f32"
func.func @leaky_relu_of_slope_zero(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.LeakyRelu %x {alpha = 0.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @prelu
// CHECK-SAME: (%[[X:[^:]+]]:{{[^%]*}}%[[SLOPE:[^:]+]]:
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[X]], %[[ZERO]]) in "f32"
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[MIN]], %[[SLOPE]]) in "f32"
// CHECK: %[[ZERO_2:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[X]], %[[ZERO_2]]) in "f32"
// CHECK: tile.elementwise "add"(%[[MULTIPLY]], %[[MAX]]) in "f32"
func.func @prelu(%x: tensor<2x4xf32>, %slope: tensor<4xf32>) -> tensor<2x4xf32> {
  %y = onnx.PRelu %x, %slope : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// CHECK-LABEL: @thresholded_relu
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ALPHA:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[GT:.*]] = tile.elementwise "gt"(%[[X]], %[[ALPHA]]) in "f32"
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: tile.elementwise "select"(%[[GT]], %[[X]], %[[ZERO]]) in "f32"
func.func @thresholded_relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.ThresholdedRelu %x {alpha = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @hard_sigmoid
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ALPHA:.*]] = tile.constant dense<2.500000e-01>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[X]], %[[ALPHA]]) in "f32"
// CHECK: %[[BETA:.*]] = tile.constant dense<7.500000e-01>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[MULTIPLY]], %[[BETA]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[ADD]], %[[ONE]]) in "f32"
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: tile.elementwise "max"(%[[MIN]], %[[ZERO]]) in "f32"
func.func @hard_sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.HardSigmoid %x {alpha = 0.25 : f32, beta = 0.75 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @hard_swish
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[SIXTH:.*]] = tile.constant dense<0.166666672>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[X]], %[[SIXTH]]) in "f32"
// CHECK: %[[HALF:.*]] = tile.constant dense<5.000000e-01>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[MULTIPLY]], %[[HALF]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[MIN:.*]] = tile.elementwise "min"(%[[ADD]], %[[ONE]]) in "f32"
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[MAX:.*]] = tile.elementwise "max"(%[[MIN]], %[[ZERO]]) in "f32"
// CHECK: tile.elementwise "multiply"(%[[MAX]], %[[X]]) in "f32"
func.func @hard_swish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.HardSwish %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @softsign
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ABS:.*]] = tile.elementwise "abs"(%[[X]]) in "f32"
// CHECK: %[[ONE:.*]] = tile.constant dense<1.000000e+00>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[ABS]], %[[ONE]]) in "f32"
// CHECK: tile.elementwise "divide"(%[[X]], %[[ADD]]) in "f32"
func.func @softsign(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Softsign %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @gelu
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "gelu"(%[[X]]) in "f32"
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Gelu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @gelu_by_tanh
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "gelu_tanh"(%[[X]]) in "f32"
func.func @gelu_by_tanh(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Gelu %x {approximate = "tanh"} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @swish_is_silu
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: tile.elementwise "silu"(%[[X]]) in "f32"
func.func @swish_is_silu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Swish %x : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: @swish_scaled
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[ALPHA:.*]] = tile.constant dense<3.000000e+00>
// CHECK: %[[MULTIPLY:.*]] = tile.elementwise "multiply"(%[[X]], %[[ALPHA]]) in "f32"
// CHECK: %[[SIGMOID:.*]] = tile.elementwise "sigmoid"(%[[MULTIPLY]]) in "f32"
// CHECK: tile.elementwise "multiply"(%[[SIGMOID]], %[[X]]) in "f32"
func.func @swish_scaled(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = onnx.Swish %x {alpha = 3.0 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// Integers are shrunk in f32 and truncated.
// CHECK-LABEL: @shrink_of_integers
// CHECK-SAME: (%[[X:[^:]+]]:
// CHECK: %[[LOW:.*]] = tile.constant dense<-1.500000e+00>
// CHECK: %[[LT:.*]] = tile.elementwise "lt"(%[[X]], %[[LOW]]) in "f32"
// CHECK: %[[HIGH:.*]] = tile.constant dense<1.500000e+00>
// CHECK: %[[GT:.*]] = tile.elementwise "gt"(%[[X]], %[[HIGH]]) in "f32"
// CHECK: %[[BIAS:.*]] = tile.constant dense<2.500000e-01>
// CHECK: %[[ADD:.*]] = tile.elementwise "add"(%[[X]], %[[BIAS]]) in "f32"
// CHECK: %[[BIAS_2:.*]] = tile.constant dense<2.500000e-01>
// CHECK: %[[SUBTRACT:.*]] = tile.elementwise "subtract"(%[[X]], %[[BIAS_2]]) in "f32"
// CHECK: %[[ZERO:.*]] = tile.constant dense<0.000000e+00>
// CHECK: %[[SELECT:.*]] = tile.elementwise "select"(%[[GT]], %[[SUBTRACT]], %[[ZERO]]) in "f32"
// CHECK: %[[SELECT_2:.*]] = tile.elementwise "select"(%[[LT]], %[[ADD]], %[[SELECT]]) in "f32"
// CHECK: tile.elementwise "trunc"(%[[SELECT_2]]) in "f32"
func.func @shrink_of_integers(%x: tensor<4xi32>) -> tensor<4xi32> {
  %y = onnx.Shrink %x {lambd = 1.5 : f32, bias = 0.25 : f32} : (tensor<4xi32>) -> tensor<4xi32>
  return %y : tensor<4xi32>
}
