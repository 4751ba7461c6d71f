// RUN: not tilicho-tblgen -gen-isa-cpp-decls -I %source/dialects/Isa/IR -I %S/Inputs %s 2>&1 | FileCheck %s
include "Small.td"

def Letters : IsaEnum<"Letters", "three letters", [
  IsaCase<"a", 0>,
  // CHECK: [[@LINE+1]]:3: error: 'b' has the value 0 of 'a'
  IsaCase<"b", 0>,
  // CHECK: [[@LINE+1]]:3: error: 'a' occurs twice in enum Letters
  IsaCase<"a", 1>,
  // CHECK: [[@LINE+1]]:3: error: 'c' has the value 256, which does not fit a byte
  IsaCase<"c", 256>
]>;
