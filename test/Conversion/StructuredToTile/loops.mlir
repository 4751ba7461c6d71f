// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile | FileCheck %s

// What is carried has one place, that of the result, and so has the condition.
// A value that is read in the loop stays in HBM, though it would fit on the chip.
// CHECK-LABEL: func.func @carries
// CHECK: %[[ENTERS:.*]] = tile.segment "input" "input0"
// CHECK: %[[GOES_ON:.*]] = tile.segment "input" "input1"
// CHECK: %[[INITIAL:.*]] = tile.segment "input" "input2"
// CHECK: %[[CARRIED:.*]] = tile.segment "output"
// CHECK: %[[EXP:.*]] = tile.segment "scratch" {{.*}} tensor<64x64xf32>
// CHECK: %[[CONDITION:.*]] = tile.segment "scratch" {{.*}} tensor<1xi1>
// CHECK: tile.issue "dma" on "dma"(%[[CONDITION]], %[[ENTERS]])
// CHECK: tile.issue "dma" on "dma"(%[[CARRIED]], %[[INITIAL]])
// CHECK: tile.begin_while %[[CONDITION]]
// CHECK: tile.issue "dma" on "dma"(%{{.*}}, %[[CARRIED]])
// CHECK: tile.issue "dma" on "dma"(%{{.*}}, %[[EXP]])
// CHECK: tile.issue "dma" on "dma"(%[[CARRIED]], %{{.*}})
// CHECK: tile.issue "dma" on "dma"(%[[CONDITION]], %[[GOES_ON]])
// CHECK: tile.end_while
// CHECK-NEXT: return
func.func @carries(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %e = tile.elementwise "exp"(%x) in "f32" : (tensor<64x64xf32>) -> tensor<64x64xf32>
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %w = tile.elementwise "add"(%v, %e) in "f32" : (tensor<64x64xf32>, tensor<64x64xf32>) -> tensor<64x64xf32>
  %y = tile.loop_end %d, %w : (tensor<i1>, tensor<64x64xf32>) -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}

// -----

// Values that change places are saved before one of them is overwritten.
// CHECK-LABEL: func.func @exchanges
// CHECK: tile.begin_while
// CHECK-COUNT-4: tile.issue "dma"
// CHECK: tile.issue "dma"
// CHECK-NOT: tile.issue
// CHECK: tile.end_while
func.func @exchanges(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %v, %w = tile.loop_begin %c, %x, %y : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %p, %q = tile.loop_end %d, %w, %v : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %p, %q : tensor<4xf32>, tensor<4xf32>
}

// -----

// Each side writes its result where the other one would; a value from outside
// is copied.
// CHECK-LABEL: func.func @branches
// CHECK: %[[C:.*]] = tile.segment "input" "input0"
// CHECK: %[[X:.*]] = tile.segment "input" "input1"
// CHECK: %[[Y:.*]] = tile.segment "output"
// CHECK: tile.begin_if %[[C]]
// CHECK: tile.issue "dma" on "dma"(%[[Y]], %{{.*}})
// CHECK-NEXT: tile.else
// CHECK-NEXT: tile.issue "dma" on "dma"(%[[Y]], %[[X]])
// CHECK: tile.end_if
func.func @branches(%c: tensor<i1>, %x: tensor<64x64xf32>) -> tensor<64x64xf32> {
  tile.if_begin %c : tensor<i1>
  %t = tile.elementwise "exp"(%x) in "f32" : (tensor<64x64xf32>) -> tensor<64x64xf32>
  tile.if_else %t : (tensor<64x64xf32>) -> ()
  %y = tile.if_end %x : (tensor<64x64xf32>) -> tensor<64x64xf32>
  return %y : tensor<64x64xf32>
}

// -----

// Rows are written in place, into memory that nobody has filled.
// CHECK-LABEL: func.func @collects
// CHECK: %[[ROWS:.*]] = tile.segment "output"
// CHECK: tile.begin_while
// CHECK-NOT: (%[[ROWS]], %[[ROWS]])
// CHECK: tile.issue "dma_scatter" on "dma"(%[[ROWS]]
// CHECK: tile.end_while
// CHECK-NEXT: return
func.func @collects(%c: tensor<i1>, %i: tensor<1xi64>, %r: tensor<1x64xf32>) -> tensor<9x64xf32> {
  %e = tile.empty : tensor<9x64xf32>
  %v = tile.loop_begin %c, %e : (tensor<i1>, tensor<9x64xf32>) -> tensor<9x64xf32>
  %w = tile.put %v, %i, %r : (tensor<9x64xf32>, tensor<1xi64>, tensor<1x64xf32>) -> tensor<9x64xf32>
  %y = tile.loop_end %c, %w : (tensor<i1>, tensor<9x64xf32>) -> tensor<9x64xf32>
  return %y : tensor<9x64xf32>
}

// -----

// What is made once before a loop is not made again in each iteration, though
// only one operation in the loop reads it.
// CHECK-LABEL: func.func @stays_before_loop
// CHECK: tile.issue "activate"{{.*}}op0 = "exp"
// CHECK: tile.begin_while
// CHECK-NOT: op0 = "exp"
// CHECK: tile.issue "scan"
// CHECK: tile.end_while
func.func @stays_before_loop(%c: tensor<i1>, %d: tensor<i1>, %x: tensor<4x9xf32>, %s: tensor<4xf32>) -> tensor<4xf32> {
  %e = tile.elementwise "exp"(%x) in "f32" : (tensor<4x9xf32>) -> tensor<4x9xf32>
  %v = tile.loop_begin %c, %s : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  %h, %w = tile.recurrence %e, %x from %v : (tensor<4x9xf32>, tensor<4x9xf32>, tensor<4xf32>) -> (tensor<4x9xf32>, tensor<4xf32>)
  %y = tile.loop_end %d, %w : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Neither is a product, whose softmax is taken in the loop.
// CHECK-LABEL: func.func @product_stays_before_loop
// CHECK: tile.issue "matmul"
// CHECK: tile.begin_while
// CHECK-NOT: tile.issue "matmul"
// CHECK: tile.end_while
func.func @product_stays_before_loop(%c: tensor<i1>, %x: tensor<1792x64xf32>, %w: tensor<64x1792xf32>) -> tensor<1792x1792xf32> {
  %p = tile.contract %x, %w : (tensor<1792x64xf32>, tensor<64x1792xf32>) -> tensor<1792x1792xf32>
  %e = tile.empty : tensor<1792x1792xf32>
  %v = tile.loop_begin %c, %e : (tensor<i1>, tensor<1792x1792xf32>) -> tensor<1792x1792xf32>
  %s = tile.softmax %p {axis = 1 : i64} : tensor<1792x1792xf32>
  %y = tile.loop_end %c, %s : (tensor<i1>, tensor<1792x1792xf32>) -> tensor<1792x1792xf32>
  return %y : tensor<1792x1792xf32>
}

// -----

// Nor are pieces that are put together in the loop.
// CHECK-LABEL: func.func @pieces_stay_before_loop
// CHECK: tile.issue "activate"{{.*}}op0 = "exp"
// CHECK: tile.begin_while
// CHECK-NOT: op0 = "exp"
// CHECK: tile.end_while
func.func @pieces_stay_before_loop(%c: tensor<i1>, %x: tensor<256x8xf32>) -> tensor<256x8xf32> {
  %l = tile.restride %x {starts = array<i64: 0, 0>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x8xf32> -> tensor<256x4xf32>
  %h = tile.restride %x {starts = array<i64: 0, 4>, dims = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<256x8xf32> -> tensor<256x4xf32>
  %a = tile.elementwise "exp"(%l) in "f32" : (tensor<256x4xf32>) -> tensor<256x4xf32>
  %b = tile.elementwise "exp"(%h) in "f32" : (tensor<256x4xf32>) -> tensor<256x4xf32>
  %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<256x8xf32>) -> tensor<256x8xf32>
  %y = tile.assemble %b, %a {offsets = array<i64: 0, 0, 0, 4>, steps = array<i64: 1, 1, 1, 1>} : (tensor<256x4xf32>, tensor<256x4xf32>) -> tensor<256x8xf32>
  %z = tile.loop_end %c, %y : (tensor<i1>, tensor<256x8xf32>) -> tensor<256x8xf32>
  return %z : tensor<256x8xf32>
}
