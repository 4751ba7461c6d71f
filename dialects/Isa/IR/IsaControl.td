// SPDX-License-Identifier: Apache-2.0
// Instructions that the sequencer of every queue carries out itself.
#ifndef TILICHO_ISA_CONTROL
#define TILICHO_ISA_CONTROL

include "IsaFormats.td"

class Control<string m, int op, IsaFormat f = CtrlFormat>
    : IsaInstruction<m, op, f, [Pe, Act, Vec, Pool, Sync, Dma]> {
  let iterates = false;
}

def Halt : Control<"halt", 0x01> {
  let summary = "ends the queue";
  let operation = "stop";
  let description = "The end of the queue's instructions is a halt as well.";
  let assembly = "";
  let examples = ["halt"];
}

def Wait : Control<"wait", 0x02> {
  let summary = "waits for a semaphore and does nothing else";
  let operation = "until S[waitSemaphore] >= waitValue + R[waitRegister]";
  let assembly = "$wait";
  let examples = ["wait s3 >= 4 + r2"];
}

def Signal : Control<"signal", 0x03> {
  let summary = "increments a semaphore and does nothing else";
  let operation = "S[signalSemaphore] += signalIncrement";
  let description = "As for every instruction, when all that its queue wrote before is visible.";
  let assembly = "$signal";
  let examples = ["signal s3 += 1"];
}

def Set : Control<"set", 0x04> {
  let uses = ["rd", "imm"];
  let summary = "sets a register";
  let operation = "R[rd] = imm";
  let assembly = "$rd = $imm";
  let constraints = ["R[0] stays 0 whatever is written to it."];
  let examples = ["set r1 = -3"];
}

def Alu : Control<"alu", 0x05> {
  let uses = ["rd", "ra", "rb", "alu", "imm"];
  let summary = "calculates a register";
  let operation = "R[rd] = alu(R[ra], R[rb] + imm)";
  let description = "All numbers are 64-bit two's complement and wrap.";
  let assembly = "$rd = $alu($ra, $rb + $imm)";
  let traps = ["div and mod when R[rb] + imm is 0."];
  let examples = ["alu r1 = mul(r2, r0 + 64)", "alu r1 = add(r1, r3 + 0)"];
}

def AddWrap : Control<"add_wrap", 0x06, RingFormat> {
  let uses = ["rd", "ra", "imm", "modulus"];
  let summary = "steps a register around a ring";
  let operation = "R[rd] = (R[ra] + imm) mod modulus, never negative";
  let assembly = "$rd = $ra + $imm mod $modulus";
  let traps = ["modulus is less than 1."];
  let examples = ["add_wrap r5 = r5 + 1 mod 3"];
}

def Loop : Control<"loop", 0x07> {
  let uses = ["rd", "ra", "imm"];
  let summary = "repeats the instructions up to the matching end_loop";
  let operation = "n = imm + R[ra]; for R[rd] = 0 ... n - 1: body";
  let description = [{
n is read once, when the loop is entered. No iteration is carried out when n is
0 or less. After the loop R[rd] holds what the last iteration left there.}];
  let assembly = "$rd < $ra + $imm";
  let constraints = ["Every loop has its end_loop in the same queue.",
                     "Loops are nested at most 8 deep."];
  let examples = ["loop r1 < r0 + 4\nend_loop"];
}

def EndLoop : Control<"end_loop", 0x08> {
  let summary = "ends the body of a loop";
  let operation = "R[rd] += 1; if R[rd] < n: continue with the body";
  let description = "rd and n are those of the matching loop; the count itself is the sequencer's, so that a write to R[rd] in the body does not change it.";
  let assembly = "";
  let examples = ["loop r1 < r0 + 4\nend_loop"];
}

def Branch : Control<"branch", 0x09> {
  let uses = ["ra", "target"];
  let flags = [IsaFlag<0, "zero", "taken when R[ra] is 0 instead of when it is not">];
  let summary = "continues elsewhere in the queue";
  let operation = "if (R[ra] != 0) != zero: continue at target";
  let assembly = "$ra, $target";
  let constraints = ["target lies in the queue, or one past its end.",
                     "A branch does not leave or enter the body of a loop."];
  let examples = ["here: alu r1 = sub(r1, r0 + 1)\nbranch r1, here",
                  "branch zero r0, end\nend: halt"];
}

def LoadRegister : Control<"load_register", 0x0a> {
  let uses = ["rd", "access"];
  let operands = [Reads<"access", over = SpanElement, where = ["Hbm", "Sbuf", "Psum"], types = ["i8", "u8", "i16", "u16", "i32", "u32", "boolean", "i64"]>];
  let summary = "loads one element of memory into a register";
  let operation = "R[rd] = access";
  let assembly = "$rd = $access";
  let constraints = ["access has an integer type, or bool, of at most 64 bits."];
  let traps = ["The element lies outside its memory."];
  let examples = ["load_register r7 = hbm.i64[0, 0x8 + r1*8]"];
}

def StoreRegister : Control<"store_register", 0x0b> {
  let uses = ["ra", "access"];
  let operands = [Writes<"access", over = SpanElement, where = ["Hbm", "Sbuf", "Psum"], types = ["i8", "u8", "i16", "u16", "i32", "u32", "boolean", "i64"]>];
  let summary = "stores a register into one element of memory";
  let operation = "access = R[ra], wrapped to the element's width; bool: R[ra] != 0";
  let assembly = "$access = $ra";
  let constraints = ["access has an integer type, or bool, of at most 64 bits."];
  let traps = ["The element lies outside its memory."];
  let examples = ["store_register sbuf.i32[0, 0x40] = r7"];
}

def TrapIf : Control<"trap_if", 0x0c> {
  let uses = ["ra", "imm"];
  let summary = "ends the run with an error when a register is not zero";
  let operation = "if R[ra] != 0: trap with code imm";
  let assembly = "$ra, $imm";
  let traps = ["R[ra] is not 0."];
  let examples = ["trap_if r4, 17"];
}

#endif
