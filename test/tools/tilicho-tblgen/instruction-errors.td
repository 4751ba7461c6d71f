// RUN: not tilicho-tblgen -gen-isa-cpp-decls -I %source/dialects/Isa/IR -I %S/Inputs %s 2>&1 | FileCheck %s --implicit-check-not error:
include "Small.td"

def First : Inst<"first", 1>;

// CHECK: [[@LINE+2]]:5: error: 'second' has the opcode 1 of 'first'
// CHECK: [[@LINE-3]]:5: note: the other instruction is here
def Second : Inst<"second", 1>;

// CHECK: [[@LINE+2]]:5: error: mnemonic 'first' is taken
// CHECK: [[@LINE-7]]:5: note: the other instruction is here
def Third : Inst<"first", 2>;

// CHECK: [[@LINE+1]]:5: error: opcode 256 is not in 1..255
def Fourth : Inst<"fourth", 256>;

def Flags : Inst<"flags", 3> {
  let flags = [IsaFlag<0, "one", "">,
  // CHECK: [[@LINE+1]]:16: error: flag 'other' has bit 0, which is taken or no bit of a byte
               IsaFlag<0, "other", "">];
}

// CHECK: [[@LINE+1]]:5: error: nothing says how 'silent' uses the memory operand 'dst'
def Silent : Inst<"silent", 4> {
  let uses = ["dst"];
  let assembly = "$dst";
}

def Unused : Inst<"unused", 5> {
  // CHECK: [[@LINE+1]]:19: error: 'unused' uses no memory operand 'dst'
  let operands = [Writes<"dst">];
}

def FlagName : Inst<"flag_name", 6> {
  let uses = ["dst"];
  // CHECK: [[@LINE+1]]:19: error: 'flag_name' has no flag 'sum'
  let operands = [Writes<"dst", when = "sum">];
  let assembly = "$dst";
}

// CHECK: [[@LINE+1]]:5: error: the assembly of 'unnamed' must name '$dst' once, not 0 times
def Unnamed : Inst<"unnamed", 7> {
  let uses = ["dst"];
  let operands = [Writes<"dst">];
}

// CHECK: [[@LINE+1]]:5: error: the assembly of 'stranger' names '$src', which is no field that it uses
def Stranger : Inst<"stranger", 8> {
  let assembly = "$src";
}

// CHECK: [[@LINE+1]]:5: error: a group in the assembly of 'group' must open with a literal, be closed, and hold no other group
def Group : Inst<"group", 9> {
  let uses = ["dst"];
  let operands = [Writes<"dst">];
  let assembly = "{$dst}";
}

// CHECK: error: the ISA is not well formed
