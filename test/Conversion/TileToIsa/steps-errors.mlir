// RUN: sed -e 's/STEP/kind = "restride", starts = array<i64: 0, 1>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>, shape = array<i64: 2, 8>/' %s >%t.1.mlir
// RUN: not tilicho-compile %t.1.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=LEAVES
// LEAVES: error: {{.*}}a step of a constant leaves dimension 1
// RUN: sed -e 's/STEP/kind = "restride", starts = array<i64: 0>/' %s >%t.2.mlir
// RUN: not tilicho-compile %t.2.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=LACKS
// LACKS: error: {{.*}}a step of a constant has no starts, dims, steps or shape
// RUN: sed -e 's/STEP/kind = "reshape", shape = array<i64: 2, 9223372036854775807>/' %s >%t.3.mlir
// RUN: not tilicho-compile %t.3.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=SHAPE
// SHAPE: error: {{.*}}a step of a constant has a shape of other elements than the value's 16
// RUN: sed -e 's/STEP/kind = "elementwise", op = "add", compute = "f32", type = f32/' %s >%t.4.mlir
// RUN: not tilicho-compile %t.4.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=OPERANDS
// OPERANDS: error: {{.*}}a step of a constant has other operands than 'add' takes
// RUN: sed -e 's/STEP/kind = "append", dim = 0 : i64, operand = dense<1.0> : tensor<2x7xf32>/' %s >%t.5.mlir
// RUN: not tilicho-compile %t.5.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=APPENDS
// APPENDS: error: {{.*}}a step of a constant appends what does not fit
// RUN: sed -e 's/STEP/kind = "twist"/' %s >%t.6.mlir
// RUN: not tilicho-compile %t.6.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: error: {{.*}}a step of a constant has the unknown kind 'twist'
// RUN: sed -e 's/STEP/kind = "restride", starts = array<i64: 0, 0>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>, shape = array<i64: 1, 8>/' %s >%t.7.mlir
// RUN: not tilicho-compile %t.7.mlir -o %t.tlx 2>&1 | FileCheck %s --check-prefix=BYTES
// BYTES: error: {{.*}}the steps of a constant give 32 bytes, but it has 64

// A saved stage may hold any steps; each that does not fit is named.
func.func @main() {
  %w = tile.segment "constant" "w" {steps = [{STEP}], value = dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]]> : tensor<2x8xf32>} : tensor<2x8xf32> -> !tile.buffer<hbm, 1 x 64>
  %y = tile.segment "output" "y" : tensor<2x8xf32> -> !tile.buffer<hbm, 1 x 64>
  %a = tile.alloc at 0 : !tile.buffer<sbuf, 2 x 32>
  tile.issue "dma" on "dma" (%a, %w) [#tile.access<f32, 0, 0, [1, 1]>, #tile.access<f32, 0, 0, [8, 1]>] over 2 x [8] : !tile.buffer<sbuf, 2 x 32>, !tile.buffer<hbm, 1 x 64>
  tile.issue "dma" on "dma" (%y, %a) [#tile.access<f32, 0, 0, [8, 1]>, #tile.access<f32, 0, 0, [1, 1]>] over 2 x [8] : !tile.buffer<hbm, 1 x 64>, !tile.buffer<sbuf, 2 x 32>
  return
}
