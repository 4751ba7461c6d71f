// RUN: tilicho-compile %s --state=past=present --state-capacity=16 --emit=tile -o - | FileCheck %s
// RUN: tilicho-compile %s --state=auto --state-capacity=5 --emit=tile -o - | FileCheck %s --check-prefix=FULL
// RUN: not tilicho-compile %s --state=auto --state-capacity=4 2>&1 | FileCheck %s --check-prefix=MORE
// RUN: not tilicho-compile %s --state=past=present 2>&1 | FileCheck %s --check-prefix=NONE

// A cache that is added to has room for more, and only what is new is stored.

// CHECK: tile.segment "input" "past" : tensor<2x16x8xf32>
// CHECK: %[[NEW:.*]] = tile.segment "input" "new"
// CHECK: %[[PRESENT:.*]] = tile.segment "output" "present" {updates = "past"} : tensor<2x16x8xf32>
// CHECK: tile.issue "dma" on "dma"(%[[PRESENT]], %[[NEW]])
// CHECK-NOT: "dma"(%[[PRESENT]],

// FULL: tile.segment "output" "present" {updates = "past"} : tensor<2x5x8xf32>

// MORE: --state-capacity=4: the state has 5 rows after the run
// NONE: output 'present' cannot be updated in place of input 'past': it is not the input with a part replaced
func.func @main(%past: tensor<2x4x8xf32> {onnx.name = "past"},
                %new: tensor<2x1x8xf32> {onnx.name = "new"})
    -> (tensor<2x5x8xf32> {onnx.name = "present"},
        tensor<2x5x8xf32> {onnx.name = "large"}) {
  %y = tile.assemble %past, %new {offsets = array<i64: 0, 0, 0, 0, 4, 0>, steps = array<i64: 1, 1, 1, 1, 1, 1>} : (tensor<2x4x8xf32>, tensor<2x1x8xf32>) -> tensor<2x5x8xf32>
  %e = tile.elementwise "exp"(%y) in "f32" : (tensor<2x5x8xf32>) -> tensor<2x5x8xf32>
  return %y, %e : tensor<2x5x8xf32>, tensor<2x5x8xf32>
}
