// RUN: not tilicho-tblgen -gen-isa-cpp-decls -I %source/dialects/Isa/IR -I %S/Inputs %s 2>&1 | FileCheck %s
include "Small.td"

// CHECK: [[@LINE+1]]:5: error: format 'Sound' has no field 'src'
def First : Inst<"first", 1> {
  let uses = ["src"];
}
