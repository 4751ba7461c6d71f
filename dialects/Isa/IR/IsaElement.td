// SPDX-License-Identifier: Apache-2.0
// Element instructions of act, vec and pool, and their reductions.
#ifndef TILICHO_ISA_ELEMENT
#define TILICHO_ISA_ELEMENT

include "IsaFormats.td"

class ElementInstruction<string m, int op, IsaFormat f = AluFormat>
    : IsaInstruction<m, op, f, [Vec, Pool]>;

defvar kOutOfMemory = "An operand lies outside its memory.";
defvar kBadCompute = "The engine cannot calculate in compute, or cannot read or write an operand's type.";

def Activate : IsaInstruction<"activate", 0x20, AluFormat, [Act]> {
  let uses = ["dst", "a", "b", "s0", "s1", "op0"];
  let flags = [IsaFlag<0, "sum", "b receives the sum over the free dimensions">,
               IsaFlag<1, "add", "the sum is added to what b holds">];
  let operands = [Writes<"dst">, Reads<"a">,
    Writes<"b", over = SpanColumn, when = "sum", readsWhen = "add", types = ["f32"]>];
  let summary = "applies a function to a scaled and shifted operand";
  let operation = "dst = op0(a * s0 + s1), the product rounded to f32, then the sum; sum: b[p] (+)= sum over i of the f32 result";
  let description = [{
Calculates in f32. The sum takes the results before they are rounded to the type
of dst, in the order of tensor_reduce.}];
  let assembly = "$dst = $op0($a * $s0 + $s1){ sum $b}";
  let constraints = ["op0 is a unary operation.", "b is present if and only if the flag sum is set; its type is f32.",
                     "The flag add needs the flag sum."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["activate [128, 512] sbuf.bf16[0, 0x0 : 1] = relu(psum.f32[0, 0x0 : 1] * 1 + column[0, 0x8000])",
                  "activate sum [128, 512] sbuf.f32[0, 0x0 : 1] = exp(sbuf.f32[0, 0x800 : 1] * 1 + column[0, 0x8000]) sum sbuf.f32[0, 0x9000]"];
}

def TensorTensor : ElementInstruction<"tensor_tensor", 0x30> {
  let uses = ["dst", "a", "b", "op0", "compute"];
  let operands = [Writes<"dst">, Reads<"a">, Reads<"b">];
  let summary = "joins two operands element by element";
  let operation = "dst = op0(a, b)";
  let assembly = "$dst = $op0($a, $b)";
  let constraints = ["op0 is a binary operation."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["tensor_tensor [128, 56, 56] sbuf.f32[0, 0x0 : 56, 1] = add(sbuf.f32[0, 0x4000 : 58, 1], sbuf.f32[0, 0x8000 : 56, 1])"];
}

def TensorScalar : ElementInstruction<"tensor_scalar", 0x31> {
  let uses = ["dst", "a", "s0", "s1", "op0", "op1", "compute"];
  let flags = [IsaFlag<0, "reverse0", "op0(s0, a)">, IsaFlag<1, "reverse1", "op1(s1, op0(...))">];
  let operands = [Writes<"dst">, Reads<"a">];
  let summary = "joins an operand with one or two scalars";
  let operation = "dst = op1(op0(a, s0), s1)";
  let description = "A unary operation ignores its scalar; op1 = copy stands for none.";
  let assembly = "$dst = $op1($op0($a, $s0), $s1)";
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["tensor_scalar [128, 512] sbuf.f32[0, 0x0 : 1] = min(max(psum.f32[0, 0x0 : 1], 0), 6)",
                  "tensor_scalar i32 [64, 9] sbuf.i32[0, 0x0 : 1] = copy(add(sbuf.u8[0, 0x100 : 1], -128), 0)"];
}

def ScalarTensorTensor : ElementInstruction<"scalar_tensor_tensor", 0x32> {
  let uses = ["dst", "a", "b", "s0", "op0", "op1", "compute"];
  let flags = [IsaFlag<0, "reverse0", "op0(s0, a)">, IsaFlag<1, "reverse1", "op1(b, op0(...))">];
  let operands = [Writes<"dst">, Reads<"a">, Reads<"b">];
  let summary = "joins an operand with a scalar and with a second operand";
  let operation = "dst = op1(op0(a, s0), b)";
  let assembly = "$dst = $op1($op0($a, $s0), $b)";
  let constraints = ["op1 is a binary operation."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["scalar_tensor_tensor [128, 112] sbuf.f32[0, 0x0 : 1] = add(multiply(sbuf.f32[0, 0x1000 : 2], column[0, 0x40]), sbuf.f32[0, 0x0 : 1])"];
}

def Select : ElementInstruction<"select", 0x33> {
  let uses = ["dst", "a", "b", "compute"];
  let flags = [IsaFlag<0, "invert", "where a is 0 instead of where it is not">];
  let operands = [Updates<"dst">, Reads<"a">, Reads<"b">];
  let summary = "copies under a mask";
  let operation = "dst = (a != 0) != invert ? b : dst";
  let description = "A move of bits where dst and b have the same type; what the mask leaves out is neither read nor written.";
  let assembly = "$dst = $a ? $b";
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["select [128, 64] sbuf.f32[0, 0x0 : 1] = sbuf.bool[0, 0x1000 : 1] ? sbuf.f32[0, 0x400 : 1]"];
}

def TensorReduce : ElementInstruction<"tensor_reduce", 0x34, ReduceFormat> {
  let uses = ["dst", "a", "op0", "op1", "compute", "axes"];
  let flags = [IsaFlag<0, "accumulate", "dst = op0(dst, r)">];
  let operands = [Writes<"dst", over = SpanOuter, readsWhen = "accumulate">, Reads<"a">];
  let summary = "reduces the innermost free dimensions";
  let operation = "r = op0 over the last `axes` free dimensions of op1(a); dst = r";
  let description = [{
add and mul: element j of the reduced dimensions, row-major, joins chain j mod 16;
each chain starts from the operation's neutral value and goes in order of j; then
c[i] = op0(c[i], c[i + w]) for w = 8, 4, 2, 1, and r = c[0]. max and min give the
same value in any order. The steps of dst in reduced dimensions are ignored.}];
  let assembly = "$dst = $op0($op1($a), axes $axes)";
  let constraints = ["op1 is copy, abs or square.", "axes is 1 to 4."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["tensor_reduce [128, 8, 7, 7] sbuf.f32[0, 0x0 : 1, 0, 0] = add(copy(sbuf.f32[0, 0x100 : 49, 7, 1]), axes 2)"];
}

def ArgReduce : ElementInstruction<"arg_reduce", 0x35, ReduceFormat> {
  let uses = ["dst", "a", "b", "op0", "compute", "axes"];
  let flags = [IsaFlag<0, "last", "the last of equal elements instead of the first">,
               IsaFlag<1, "value", "b receives the element found">];
  let operands = [Writes<"dst", over = SpanOuter, types = ["i32"]>, Reads<"a">,
    Writes<"b", over = SpanOuter, when = "value">];
  let summary = "finds where the largest or smallest element is";
  let operation = "dst = the row-major index, in the last `axes` free dimensions, of op0 over a; value: b = that element";
  let description = "A NaN is taken for the largest (max) or smallest (min), the first of several wins, as in NumPy.";
  let assembly = "$dst = $op0($a, axes $axes){ value $b}";
  let constraints = ["op0 is max or min.", "axes is 1 to 4.", "dst has type i32.",
                     "b is present if and only if the flag value is set."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["arg_reduce [1, 10] sbuf.i32[0, 0x0] = max(sbuf.f32[0, 0x40 : 1], axes 1)"];
}

def Scan : ElementInstruction<"scan", 0x36> {
  let uses = ["dst", "a", "b", "s0", "op0", "op1", "compute"];
  let flags = [IsaFlag<0, "second", "b is present">,
               IsaFlag<1, "exclusive", "dst = the state before the element">];
  let operands = [Writes<"dst">, Reads<"a">, Reads<"b", when = "second">];
  let summary = "carries a state along the innermost free dimension";
  let operation = "state = s0; for i3: state = op0(state, a), or with b op1(op0(state, a), b); dst = state";
  let description = "The state starts again from s0 for each index of the outer dimensions.";
  let assembly = "$dst = $op1($op0($s0, $a)){ with $b}";
  let constraints = ["op0 is a binary operation.", "b is present if and only if the flag second is set; op1 is then binary, else copy."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["scan [128, 64] sbuf.f32[0, 0x0 : 1] = copy(add(0, sbuf.f32[0, 0x100 : 1]))",
                  "scan second [128, 64] sbuf.f32[0, 0x0 : 1] = add(multiply(0, sbuf.f32[0, 0x100 : 1])) with sbuf.f32[0, 0x200 : 1]"];
}

def Memset : ElementInstruction<"memset", 0x37> {
  let uses = ["dst", "s0", "compute"];
  let operands = [Writes<"dst">];
  let summary = "fills memory with a scalar";
  let operation = "dst = s0";
  let assembly = "$dst = $s0";
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["memset [128, 64] sbuf.f32[0, 0x0 : 1] = 0"];
}

#endif
