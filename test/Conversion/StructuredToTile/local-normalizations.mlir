// RUN: tilicho-opt --split-input-file --convert-structured-to-tile %s | FileCheck %s

// Channels are turned into the free dimension, squared there, and added up by
// the array, which multiplies by one in blocks of one row; powers are turned
// back and multiplied where they leave PSUM. Nothing but the operand and the
// result is in HBM.

// CHECK-LABEL: @on_the_array
// CHECK: tile.issue "memset" on "vec"(%[[ONES:[0-9]+]]) {{.*}}s0 = 1.000000e+00
// CHECK: tile.issue "transpose" on "pe"(%[[TURNED:[0-9]+]], %[[X:[0-9]+]])
// CHECK: op0 = "square"
// CHECK: tile.issue "load_stationary" on "pe"(%[[ONES]]) {{.*}}blockCols = 1 : i64, blockRows = 1 : i64
// CHECK: tile.issue "matmul" on "pe"(%[[SUM:[0-9]+]], %[[SQUARES:[0-9]+]]) [{{.*}}#tile.access<bf16, 0, 0,
// CHECK: tile.issue "matmul" on "pe"(%[[SUM]], %[[SQUARES]]) [{{.*}}#tile.access<bf16, 0, 2,
// CHECK: tile.issue "matmul" on "pe"(%[[SUM]], %[[SQUARES]]) [{{.*}}#tile.access<bf16, 0, 4,
// CHECK: tile.issue "activate" on "act"(%[[LOGS:[0-9]+]], %[[SUM]]) {{.*}}op0 = "log"
// CHECK: tile.issue "activate" on "act"(%[[POWERS:[0-9]+]], %[[LOGS]]) {{.*}}op0 = "exp"
// CHECK: tile.issue "transpose" on "pe"(%[[BACK:[0-9]+]], %[[POWERS]])
// CHECK: tile.issue "tensor_tensor" on "vec"(%[[Y:[0-9]+]], %[[X]], %[[BACK]])
// CHECK: tile.issue "dma" on "dma"(%{{[0-9]+}}, %[[Y]])
// CHECK-NOT: "dma"
// CHECK: return
func.func @on_the_array(%x: tensor<1x64x8x16xbf16>) -> tensor<1x64x8x16xbf16> {
  %y = tile.local_normalization %x {size = 3 : i64, scale = 1.0 : f32, bias = 1.0 : f32, exponent = 0.5 : f32} : tensor<1x64x8x16xbf16>
  return %y : tensor<1x64x8x16xbf16>
}

// -----

// In f32 vec adds up, which is faster.
// CHECK-LABEL: @on_vec
// CHECK: op0 = "square"
// CHECK-NOT: "matmul"
// CHECK: tile.issue "tensor_reduce" on "vec"
// CHECK-NOT: "matmul"
// CHECK: return
func.func @on_vec(%x: tensor<1x64x8x16xf32>) -> tensor<1x64x8x16xf32> {
  %y = tile.local_normalization %x {size = 3 : i64, scale = 1.0 : f32, bias = 1.0 : f32, exponent = 0.5 : f32} : tensor<1x64x8x16xf32>
  return %y : tensor<1x64x8x16xf32>
}

// -----

// Whole powers of what may be negative are no exponentials of logarithms.
// CHECK-LABEL: @whole_powers
// CHECK-NOT: op0 = "log"
// CHECK: op0 = "pow"
// CHECK: return
func.func @whole_powers(%x: tensor<1x64x8x16xf32>) -> tensor<1x64x8x16xf32> {
  %y = tile.local_normalization %x {size = 3 : i64, scale = -1.0 : f32, bias = 1.0 : f32, exponent = 2.0 : f32} : tensor<1x64x8x16xf32>
  return %y : tensor<1x64x8x16xf32>
}
