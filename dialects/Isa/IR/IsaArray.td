// SPDX-License-Identifier: Apache-2.0
// Instructions of the systolic array.
#ifndef TILICHO_ISA_ARRAY
#define TILICHO_ISA_ARRAY

include "IsaFormats.td"

class ArrayInstruction<string m, int op> : IsaInstruction<m, op, PeFormat, [Pe]>;

def LoadStationary : ArrayInstruction<"load_stationary", 0x10> {
  let uses = ["src", "colStart", "blockRows", "blockCols", "zero"];
  let operands = [Reads<"src", where = ["Sbuf"]>];
  let summary = "loads weights into a region of the array";
  let operation = [{
W[src.partition + k][colStart + c] = src[k, c] - zero;
with blocks: W[src.partition + k][colStart + (k / blockRows) * blockCols + c] = src[k, c] - zero}];
  let description = [{
c counts the iterations of the free dimensions, row-major. The region is
partitions rows by product(counts) columns; with blocks it has blockCols columns
for each block of blockRows rows, and what lies outside the blocks is not
multiplied at all, so that it cannot spread a NaN. zero is subtracted from
integer elements only.}];
  let assembly = "$src at $colStart{ blocks $blockRows x $blockCols}{ zero $zero}";
  let constraints = ["src is in SBUF.",
                     "With blocks, partitions is a multiple of blockRows and product(counts) is blockCols.",
                     "The region lies in the array, and colStart is a multiple of the column tile.",
                     "zero is 0 unless src is an integer type."];
  let traps = ["The array cannot multiply the type of src.", "src lies outside SBUF."];
  let examples = ["load_stationary [128, 64] sbuf.bf16[0, 0x0 : 1] at 0",
                  "load_stationary [32, 1] sbuf.f32[0, 0x100 : 1] at 0 blocks 1 x 1"];
}

def Matmul : ArrayInstruction<"matmul", 0x11> {
  let uses = ["dst", "src", "cols", "zero"];
  let flags = [IsaFlag<0, "accumulate", "adds to what dst holds; else the sum starts from +0">];
  let operands = [
    Writes<"dst", where = ["Psum"], over = SpanArray, readsWhen = "accumulate", types = ["f32", "i32"]>,
    Reads<"src", where = ["Sbuf"]>];
  let summary = "streams a moving operand through the loaded weights";
  let operation = "dst[m, i] (+)= sum over k of W[src.partition + k][dst.partition + m] * (src[k, i] - zero)";
  let description = [{
The order of the sum is that of docs/ISA.md, "Order of accumulation". The weights
are those that were last loaded to these columns from the same rows.}];
  let assembly = "$dst = $src cols $cols{ zero $zero}";
  let constraints = ["dst is in PSUM and src in SBUF.",
                     "dst has type i32 when weights and src are integers, else f32.",
                     "dst lies within one bank.",
                     "dst.partition is the colStart of the loaded weights.",
                     "zero is 0 unless src is an integer type."];
  let traps = ["No weights were loaded to this region, or they had another number of rows.",
               "dst or src lies outside its memory."];
  let examples = ["matmul [128, 512] psum.f32[0, 0x0 : 1] = sbuf.bf16[0, 0x400 + r3*64 : 1] cols 64",
                  "matmul accumulate [128, 512] psum.f32[0, 0x0 : 1] = sbuf.bf16[0, 0x800 : 1] cols 64"];
}

def Transpose : ArrayInstruction<"transpose", 0x12> {
  let uses = ["dst", "src"];
  let operands = [
    Writes<"dst", where = ["Psum"], over = SpanTransposed>,
    Reads<"src", where = ["Sbuf"], like = "dst">];
  let summary = "moves partitions to the free dimension, bit for bit";
  let operation = "dst[f, p] = src[p, f], f counts the iterations row-major";
  let description = [{
dst has product(counts) partitions and partitions elements at its last step.
The move goes through the array, but changes no bit: NaN, infinities, -0,
subnormals and integers survive.}];
  let assembly = "$dst = $src";
  let constraints = ["dst is in PSUM and src in SBUF.", "dst and src have the same type, of at most 4 bytes.",
                     "product(counts) is at most the array's columns, partitions at most its rows."];
  let traps = ["dst or src lies outside its memory."];
  let examples = ["transpose [64, 128] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x200 : 1]"];
}

#endif
