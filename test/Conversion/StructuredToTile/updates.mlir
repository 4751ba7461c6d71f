// RUN: tilicho-compile %s --state=auto --emit=tile -o - | FileCheck %s
// RUN: tilicho-compile %s --state=past=present --emit=tile -o - | FileCheck %s
// RUN: tilicho-compile %s --emit=tile -o - | FileCheck %s --check-prefix=COPY
// RUN: not tilicho-compile %s --state=past=row 2>&1 | FileCheck %s --check-prefix=ROW
// RUN: not tilicho-compile %s --state=at=present 2>&1 | FileCheck %s --check-prefix=AT
// RUN: not tilicho-compile %s --state=past=none 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not tilicho-compile %s --state=past 2>&1 | FileCheck %s --check-prefix=PAIR
// RUN: tilicho-compile %s --state=auto --emit=isa -o - | FileCheck %s --check-prefix=ISA
// RUN: tilicho-compile %s --state=auto --emit=isa -o %t.mlir
// RUN: tilicho-compile %t.mlir -o %t.tlx && tilicho-objdump %t.tlx -o %t.tas
// RUN: FileCheck %s --check-prefix=ASM < %t.tas
// RUN: tilicho-as %t.tas -o %t.again.tlx && cmp %t.tlx %t.again.tlx

// Outputs that are an input with a part replaced are updated in its memory.

// The rows are transposed in memory, so that only the new one is moved there.
// CHECK: %[[PRESENT:.*]] = tile.segment "output" "present" {updates = "past"}
// CHECK-NEXT: tile.segment "output" "row"
// CHECK-NEXT: tile.issue "dma_scatter" on "dma"(%[[PRESENT]],
// CHECK-NOT: %[[PRESENT]],

// COPY-NOT: updates
// COPY: tile.issue "dma_scatter"

// ROW: output 'row' cannot be updated in place of input 'past': it is not the input with a part replaced
// AT: output 'present' cannot be updated in place of input 'at': it updates another input
// NONE: --state=past=none: the model has no output 'none'
// PAIR: --state=past: auto or INPUT=OUTPUT is wanted

// ISA: isa.segment output "present"{{ *}}{updates = "past"}
// ASM: .segment output present f32 [8, 64] updates past
func.func @main(%past: tensor<8x64xf32> {onnx.name = "past"},
                %at: tensor<1xi64> {onnx.name = "at"},
                %new: tensor<1x8xf32> {onnx.name = "new"})
    -> (tensor<8x64xf32> {onnx.name = "present"},
        tensor<1x8xf32> {onnx.name = "row"}) {
  %rows = tile.restride %past {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<8x64xf32> -> tensor<64x8xf32>
  %put = tile.put %rows, %at, %new : (tensor<64x8xf32>, tensor<1xi64>, tensor<1x8xf32>) -> tensor<64x8xf32>
  %back = tile.restride %put {starts = array<i64: 0, 0>, dims = array<i64: 1, 0>, steps = array<i64: 1, 1>} : tensor<64x8xf32> -> tensor<8x64xf32>
  %row = tile.elementwise "exp"(%new) in "f32" : (tensor<1x8xf32>) -> tensor<1x8xf32>
  return %back, %row : tensor<8x64xf32>, tensor<1x8xf32>
}
