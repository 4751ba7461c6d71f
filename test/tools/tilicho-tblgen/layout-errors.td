// RUN: not tilicho-tblgen -gen-isa-cpp-decls -I %source/dialects/Isa/IR -I %S/Inputs %s 2>&1 | FileCheck %s
include "Small.td"

def Overlaps : IsaFormat<[
  IsaField<"first", 2, I32>,
  // CHECK: [[@LINE+2]]:3: error: field 'second' at byte 5 overlaps a field that ends at byte 5
  // CHECK: [[@LINE-2]]:3: note: the other field is here
  IsaField<"second", 5, U8>,
  Reserved<6, 7>
], "two fields share a byte">;

// CHECK: [[@LINE+1]]:5: error: byte 3 is assigned to no field of Gap; name them, or mark them Reserved<3, 3>
def Gap : IsaFormat<[IsaField<"first", 2, U8>, Reserved<4, 7>], "a hole">;

// CHECK: [[@LINE+1]]:5: error: bytes 6..7 are assigned to no field of Short; name them, or mark them Reserved<6, 7>
def Short : IsaFormat<[IsaField<"first", 2, I32>], "ends early">;

def Long : IsaFormat<[
  // CHECK: [[@LINE+1]]:3: error: field 'first' ends at byte 9, but Long ends at byte 7
  IsaField<"first", 2, I64>
], "ends late">;

def Header : IsaFormat<[
  // CHECK: [[@LINE+1]]:3: error: field 'first' at byte 1 overlaps what ends at byte 1
  IsaField<"first", 1, U8>,
  Reserved<2, 7>
], "begins in the header">;

// CHECK: error: the ISA is not well formed
