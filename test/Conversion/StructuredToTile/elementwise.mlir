// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// One instruction for two operations on constants, one tile for a size that
// has a divisor near the number of partitions.
// CHECK-LABEL: @joins_two_scalars
// CHECK: tile.issue "dma" on "dma"
// CHECK: tile.issue "tensor_scalar" on "vec"
// CHECK-SAME: over 43 x [111]
// CHECK-SAME: op0 = "max", op1 = "min", s0 = -1.000000e+00 : f32, s1 = 2.000000e+00 : f32
// CHECK: tile.issue "dma" on "dma"
// CHECK-NEXT: return
func.func @joins_two_scalars(%x: tensor<37x129xf32>) -> tensor<37x129xf32> {
  %lo = tile.constant dense<-1.0> : tensor<f32> : tensor<f32>
  %hi = tile.constant dense<2.0> : tensor<1xf32> : tensor<1xf32>
  %y = tile.elementwise "max"(%x, %lo) in "f32" : (tensor<37x129xf32>, tensor<f32>) -> tensor<37x129xf32>
  %z = tile.elementwise "min"(%y, %hi) in "f32" : (tensor<37x129xf32>, tensor<1xf32>) -> tensor<37x129xf32>
  return %z : tensor<37x129xf32>
}

// -----

// A factor, a shift and a function are one activation: the product is rounded,
// then the sum.
// CHECK-LABEL: @activates_an_affine_operand
// CHECK: tile.issue "activate" on "act"
// CHECK-SAME: op0 = "exp", s0 = 3.000000e+00 : f32, s1 = -2.000000e+00 : f32
func.func @activates_an_affine_operand(%x: tensor<64xf32>) -> tensor<64xf32> {
  %three = tile.constant dense<3.0> : tensor<f32> : tensor<f32>
  %two = tile.constant dense<2.0> : tensor<f32> : tensor<f32>
  %a = tile.elementwise "multiply"(%x, %three) in "f32" : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  %b = tile.elementwise "subtract"(%a, %two) in "f32" : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>
  %c = tile.elementwise "exp"(%b) in "f32" : (tensor<64xf32>) -> tensor<64xf32>
  return %c : tensor<64xf32>
}

// -----

// A narrow value between two operations is rounded: they stay apart.
// CHECK-LABEL: @rounds_in_between
// CHECK: {{op0 = "multiply"|op0 = "copy", s0 = 3.0}}
// CHECK: op0 = "exp"
func.func @rounds_in_between(%x: tensor<64xf32>) -> tensor<64xf32> {
  %three = tile.constant dense<3.0> : tensor<f32> : tensor<f32>
  %a = tile.elementwise "multiply"(%x, %three) in "f32" : (tensor<64xf32>, tensor<f32>) -> tensor<64xbf16>
  %b = tile.elementwise "exp"(%a) in "f32" : (tensor<64xbf16>) -> tensor<64xf32>
  return %b : tensor<64xf32>
}

// -----

// One value for each channel lies in its partition.
// CHECK-LABEL: @takes_a_column
// CHECK: tile.issue "{{activate|tensor_scalar}}"
// CHECK-SAME: {column = 2 : i64}
func.func @takes_a_column(%x: tensor<2x64x28x28xf32>, %c: tensor<64x1x1xf32>) -> tensor<2x64x28x28xf32> {
  %y = tile.elementwise "add"(%x, %c) in "f32" : (tensor<2x64x28x28xf32>, tensor<64x1x1xf32>) -> tensor<2x64x28x28xf32>
  return %y : tensor<2x64x28x28xf32>
}

// -----

// CHECK-LABEL: @calculates_in_integers_on_pool
// CHECK: tile.issue "tensor_tensor" on "pool"
// CHECK-SAME: compute = "i64"
func.func @calculates_in_integers_on_pool(%x: tensor<64xi64>, %y: tensor<64xi64>) -> tensor<64xi64> {
  %z = tile.elementwise "add"(%x, %y) in "i64" : (tensor<64xi64>, tensor<64xi64>) -> tensor<64xi64>
  return %z : tensor<64xi64>
}

// -----

// CHECK-LABEL: @casts_by_dma
// CHECK: tile.issue "dma" on "dma"
// CHECK-SAME: #tile.access<bf16{{.*}}#tile.access<f32
// CHECK-NEXT: return
func.func @casts_by_dma(%x: tensor<64xf32>) -> tensor<64xbf16> {
  %y = tile.elementwise "copy"(%x) in "f32" : (tensor<64xf32>) -> tensor<64xbf16>
  return %y : tensor<64xbf16>
}

// -----

// CHECK-LABEL: @has_no_elements
// CHECK-NOT: tile.issue
// CHECK: return
func.func @has_no_elements(%x: tensor<0x3xf32>) -> tensor<0x3xf32> {
  %y = tile.elementwise "exp"(%x) in "f32" : (tensor<0x3xf32>) -> tensor<0x3xf32>
  return %y : tensor<0x3xf32>
}
