// SPDX-License-Identifier: Apache-2.0
// Instructions that only the pool engine has.
#ifndef TILICHO_ISA_POOL
#define TILICHO_ISA_POOL

include "IsaElement.td"

class PoolInstruction<string m, int op, IsaFormat f = AluFormat>
    : IsaInstruction<m, op, f, [Pool]>;

def Iota : PoolInstruction<"iota", 0x40> {
  let uses = ["dst", "a", "s0", "s1", "compute"];
  let operands = [Writes<"dst">, IsaOperand<"a", over = SpanNone>];
  let summary = "writes a linear function of the position";
  let operation = "dst[p, i] = s0 + p * s1 + sum over d of i[d] * a.steps[d]";
  let description = "The sum is calculated in 64-bit integers and wraps; with compute f32 or f64, s0 and s1 are first rounded to integers.";
  let assembly = "$dst = $s0 + p * $s1 + $a";
  let constraints = ["a has no memory, only steps."];
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["iota i32 [128, 64] sbuf.i32[0, 0x0 : 1] = 0 + p * 64 + steps[1]"];
}

def PartitionReduce : PoolInstruction<"partition_reduce", 0x41, ReduceFormat> {
  let uses = ["dst", "a", "op0", "compute"];
  let operands = [Writes<"dst", over = SpanRow>, Reads<"a">];
  let summary = "reduces over the partitions";
  let operation = "dst[0, i] = op0 over p, in order, of a[p, i]";
  let assembly = "$dst = $op0($a)";
  let traps = [kOutOfMemory, kBadCompute];
  let examples = ["partition_reduce [128, 64] sbuf.f32[0, 0x0 : 1] = add(sbuf.f32[0, 0x100 : 1])"];
}

def Sort : PoolInstruction<"sort", 0x42> {
  let uses = ["dst", "a", "b"];
  let flags = [IsaFlag<0, "descending", "largest first">];
  let operands = [Writes<"dst", like = "a">, Reads<"a">,
                  Writes<"b", types = ["i32"]>];
  let summary = "sorts along the innermost free dimension";
  let operation = "dst[.., j] = a[.., b[.., j]], ordered; b = where each element was";
  let description = "Stable: equal elements keep their order. A NaN counts as larger than all else.";
  let assembly = "$dst, $b = $a";
  let constraints = ["dst and a have the same type, b has type i32."];
  let traps = [kOutOfMemory];
  let examples = ["sort descending [8, 100] sbuf.f32[0, 0x0 : 1], sbuf.i32[0, 0x400 : 1] = sbuf.f32[0, 0x800 : 1]"];
}

def LocalGather : PoolInstruction<"local_gather", 0x43> {
  let uses = ["dst", "a", "b", "s1"];
  let integerScalars = true;
  let operands = [Writes<"dst", like = "a">,
                  Reads<"a", over = SpanTable>,
                  Reads<"b", types = ["i32", "i64"]>];
  let summary = "picks elements of the same partition by index";
  let operation = "dst[p, i] = a[p, b[p, i] * a.steps[3]]";
  let description = "s1 holds, as an integer, how many elements the table has. A move of bits.";
  let assembly = "$dst = $a at $b limit $s1";
  let constraints = ["dst and a have the same type.", "s1 is an immediate integer.",
                     "The steps of a but the last are 0."];
  let traps = [kOutOfMemory, "An index is negative, or not below s1."];
  let examples = ["local_gather [128, 64] sbuf.f32[0, 0x0 : 1] = sbuf.f32[0, 0x1000 : 1] at sbuf.i32[0, 0x800 : 1] limit 256"];
}

#endif
