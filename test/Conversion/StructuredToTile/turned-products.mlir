// RUN: tilicho-opt %s --split-input-file --convert-structured-to-tile > %t
// RUN: FileCheck %s < %t
// RUN: grep -c '"transpose"' %t | FileCheck %s --check-prefix=TURNS

// Each of the left operand's 16 x 8 tiles is turned once, in as many blocks as
// there may be.
// TURNS: 128

// What comes next is turned between multiplications.
// CHECK-LABEL: @turns_once
// CHECK: tile.issue "transpose" on "pe"
// CHECK: tile.issue "matmul" on "pe"
// CHECK-NEXT: tile.alloc {{.*}}psum
// CHECK-NEXT: tile.issue "transpose" on "pe"
// CHECK: tile.issue "matmul" on "pe"
func.func @turns_once(%a: tensor<2048x1024xbf16>, %b: tensor<1024x2048xbf16>) -> tensor<2048x2048xbf16> {
  %c = tile.contract %a, %b : (tensor<2048x1024xbf16>, tensor<1024x2048xbf16>) -> tensor<2048x2048xbf16>
  return %c : tensor<2048x2048xbf16>
}

// -----

// The last tiles of k are added to one accumulator after the other, so that
// these leave PSUM while the array works.
// CHECK-LABEL: @leaves_psum_in_turn
// CHECK: tile.issue "matmul" on "pe"([[ACC:%[0-9]+]],
// CHECK-NEXT: tile.issue "load_stationary" on "pe"
// CHECK-NEXT: tile.issue "matmul" on "pe"([[ACC]],
// CHECK: tile.issue "{{activate|tensor_scalar}}" on "{{act|vec}}"({{%[0-9]+}}, [[ACC]])
// CHECK: tile.issue "matmul" on "pe"
func.func @leaves_psum_in_turn(%a: tensor<256x256xbf16>, %b: tensor<256x512xbf16>) -> tensor<256x512xbf16> {
  %c = tile.contract %a, %b {trans_a = true} : (tensor<256x256xbf16>, tensor<256x512xbf16>) -> tensor<256x512xbf16>
  return %c : tensor<256x512xbf16>
}
