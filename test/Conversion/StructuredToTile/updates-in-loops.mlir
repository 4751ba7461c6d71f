// RUN: not tilicho-compile %s --state=past=present 2>&1 | FileCheck %s
// RUN: tilicho-compile %s --state=auto --emit=tile -o - | FileCheck %s --check-prefix=AUTO

// What each iteration makes of the input is no update of it: the second would
// begin with what the first has left.

// CHECK: output 'present' cannot be updated in place of input 'past': it is updated in a loop
// AUTO: tile.segment "output" "present" : tensor<8x8xf32>
func.func @main(%past: tensor<8x8xf32> {onnx.name = "past"},
                %at: tensor<1xi64> {onnx.name = "at"},
                %new: tensor<1x8xf32> {onnx.name = "new"},
                %go: tensor<i1> {onnx.name = "go"})
    -> (tensor<8x8xf32> {onnx.name = "present"}) {
  %v = tile.loop_begin %go, %at : (tensor<i1>, tensor<1xi64>) -> tensor<1xi64>
  %p = tile.put %past, %v, %new : (tensor<8x8xf32>, tensor<1xi64>, tensor<1x8xf32>) -> tensor<8x8xf32>
  %c = tile.elementwise "logical_not"(%go) in "f32" : (tensor<i1>) -> tensor<i1>
  %y = tile.loop_end %c, %v : (tensor<i1>, tensor<1xi64>) -> tensor<1xi64>
  return %p : tensor<8x8xf32>
}
