// SPDX-License-Identifier: Apache-2.0
// The enums of the ISA.
#ifndef TILICHO_ISA_ENUMS
#define TILICHO_ISA_ENUMS

include "IsaBase.td"

def Space : IsaEnum<"Space", "The memory that an operand lies in", [
  IsaCase<"None", 0, "no operand", "none">,
  IsaCase<"Sbuf", 1, "on chip, partitions x bytes", "sbuf">,
  IsaCase<"Psum", 2, "accumulators, partitions x banks", "psum">,
  IsaCase<"Hbm",  3, "off chip, by segment", "hbm">
]>;

// An element type: bytes in memory, and its kind of number.
class DTypeCase<string s, int v, int n, string k, string d, string t = s>
    : IsaCase<s, v, d, t> {
  int bytes = n;
  string number = k;
}
def DType : IsaEnum<"DType", "The type of an element in memory", [
  DTypeCase<"f32", 0, 4, "Float", "IEEE binary32">,
  DTypeCase<"tf32", 1, 4, "Float", "binary32 whose low 13 mantissa bits are zero">,
  DTypeCase<"bf16", 2, 2, "Float", "high half of a binary32">,
  DTypeCase<"f16", 3, 2, "Float", "IEEE binary16">,
  DTypeCase<"f8e4m3fn", 4, 1, "Float", "4 exponent bits, no infinity, largest 448">,
  DTypeCase<"f8e5m2", 5, 1, "Float", "5 exponent bits, largest 57344">,
  DTypeCase<"i8", 6, 1, "Signed", "two's complement">,
  DTypeCase<"u8", 7, 1, "Unsigned", "unsigned">,
  DTypeCase<"i16", 8, 2, "Signed", "two's complement">,
  DTypeCase<"u16", 9, 2, "Unsigned", "unsigned">,
  DTypeCase<"i32", 10, 4, "Signed", "two's complement">,
  DTypeCase<"u32", 11, 4, "Unsigned", "unsigned">,
  DTypeCase<"boolean", 12, 1, "Bool", "0 is false, all else true; written as 0 or 1", "bool">,
  DTypeCase<"i64", 13, 8, "Signed", "two's complement; pool and DMA only">,
  DTypeCase<"u64", 14, 8, "Unsigned", "unsigned; pool and DMA only">,
  DTypeCase<"f64", 15, 8, "Float", "IEEE binary64; pool and DMA only">
]>;

def Compute : IsaEnum<"Compute", "The type in which an instruction calculates", [
  IsaCase<"f32", 0, "IEEE binary32, round to nearest even, subnormals kept">,
  IsaCase<"i32", 1, "two's complement, wraps">,
  IsaCase<"u32", 2, "unsigned, wraps; pool only">,
  IsaCase<"i64", 3, "two's complement, wraps; pool only">,
  IsaCase<"u64", 4, "unsigned, wraps; pool only">,
  IsaCase<"f64", 5, "IEEE binary64; pool only">
]>;

def ReduceOp : IsaEnum<"ReduceOp", "How a reduction joins two values"> {
  let description = [{
Chains of sums and products start from the neutral value. Which chain an element
joins is a part of each instruction.}];
  let examples = ["tensor_reduce [128, 8, 49] sbuf.f32[0, 0x0 : 1, 0] = max(abs(sbuf.f32[0, 0x100 : 49, 1]), axes 1)"];
  let cases = [
    IsaCase<"add", 0, "a + b; neutral 0">,
    IsaCase<"mul", 1, "a * b; neutral 1">,
    IsaCase<"max", 2, "the larger, NaN if either is; neutral the least value">,
    IsaCase<"min", 3, "the smaller, NaN if either is; neutral the largest value">
  ];
}

class Unary<string s, int v, string d> : IsaCase<s, v, d> { int arity = 1; }
class Binary<string s, int v, string d> : IsaCase<s, v, d> { int arity = 2; }
def AluOp : IsaEnum<"AluOp", "An element operation of act, vec and pool"> {
  let description = [{
a is the value read or calculated before, b the scalar or tensor beside it. Those
from 64 on take both; the others look at a alone.}];
  let examples = ["tensor_scalar [128, 512] sbuf.bf16[0, 0x0 : 1] = subtract(abs_max(sbuf.f32[0, 0x1000 : 1], 0), 1)"];
  let cases = [
    Unary<"copy", 0, "a; a move of bits where source and destination type agree">,
    Unary<"abs", 1, "|a|">,
    Unary<"neg", 2, "-a">,
    Unary<"sign", 3, "-1, 0 or 1; NaN stays, and -0 gives 0">,
    Unary<"square", 4, "a * a">,
    Unary<"relu", 5, "max(a, 0); NaN stays">,
    Unary<"sqrt", 6, "square root, correctly rounded">,
    Unary<"rsqrt", 7, "1 / sqrt(a), both steps rounded">,
    Unary<"reciprocal", 8, "1 / a, correctly rounded">,
    Unary<"exp", 9, "e^a">,
    Unary<"log", 10, "natural logarithm">,
    Unary<"sin", 11, "sine, radians">,
    Unary<"cos", 12, "cosine, radians">,
    Unary<"tan", 13, "tangent, radians">,
    Unary<"asin", 14, "inverse sine">,
    Unary<"acos", 15, "inverse cosine">,
    Unary<"atan", 16, "inverse tangent">,
    Unary<"sinh", 17, "hyperbolic sine">,
    Unary<"cosh", 18, "hyperbolic cosine">,
    Unary<"tanh", 19, "hyperbolic tangent">,
    Unary<"asinh", 20, "inverse hyperbolic sine">,
    Unary<"acosh", 21, "inverse hyperbolic cosine">,
    Unary<"atanh", 22, "inverse hyperbolic tangent">,
    Unary<"erf", 23, "error function">,
    Unary<"sigmoid", 24, "1 / (1 + e^-a)">,
    Unary<"silu", 25, "a * sigmoid(a)">,
    Unary<"gelu", 26, "a / 2 * (1 + erf(a / sqrt(2)))">,
    Unary<"gelu_tanh", 27, "a / 2 * (1 + tanh(sqrt(2 / pi) * (a + 0.044715 a^3)))">,
    Unary<"softplus", 28, "log(1 + e^a)">,
    Unary<"mish", 29, "a * tanh(softplus(a))">,
    Unary<"floor", 30, "towards minus infinity">,
    Unary<"ceil", 31, "towards plus infinity">,
    Unary<"round", 32, "to nearest, halves to even">,
    Unary<"trunc", 33, "towards zero">,
    Unary<"logical_not", 34, "a == 0">,
    Unary<"bit_not", 35, "~a">,
    Unary<"is_nan", 36, "1 if a is NaN, else 0">,
    Unary<"is_inf", 37, "1 if a is an infinity, else 0">,
    Unary<"is_pos_inf", 38, "1 if a is plus infinity, else 0">,
    Unary<"is_neg_inf", 39, "1 if a is minus infinity, else 0">,
    Unary<"exp2", 40, "2^a">,
    Unary<"log2", 41, "logarithm to base 2">,
    Binary<"add", 64, "a + b">,
    Binary<"subtract", 65, "a - b">,
    Binary<"multiply", 66, "a * b">,
    Binary<"divide", 67, "a / b; integers truncate towards zero, and x / 0 = 0">,
    Binary<"max", 68, "the larger, NaN if either is">,
    Binary<"min", 69, "the smaller, NaN if either is">,
    Binary<"pow", 70, "a^b">,
    Binary<"mod", 71, "remainder with the sign of b; of integers by 0 it is 0">,
    Binary<"fmod", 72, "remainder with the sign of a; of integers by 0 it is 0">,
    Binary<"eq", 73, "a == b">,
    Binary<"ne", 74, "a != b">,
    Binary<"lt", 75, "a < b">,
    Binary<"le", 76, "a <= b">,
    Binary<"gt", 77, "a > b">,
    Binary<"ge", 78, "a >= b">,
    Binary<"logical_and", 79, "a != 0 and b != 0">,
    Binary<"logical_or", 80, "a != 0 or b != 0">,
    Binary<"logical_xor", 81, "(a != 0) != (b != 0)">,
    Binary<"bit_and", 82, "a & b">,
    Binary<"bit_or", 83, "a | b">,
    Binary<"bit_xor", 84, "a ^ b">,
    Binary<"shift_left", 85, "a << b; 0 from the width of the type on">,
    Binary<"shift_right", 86, "a >> b; signed types keep the sign">,
    Binary<"abs_max", 87, "max(|a|, |b|)">,
    Binary<"abs_min", 88, "min(|a|, |b|)">,
    Binary<"first", 89, "a">,
    Binary<"second", 90, "b">,
    Binary<"atan2", 91, "angle of the point (b, a)">
  ];
}

def RegisterOp : IsaEnum<"RegisterOp", "What the sequencer does to 64-bit registers"> {
  let description = [{
Registers are signed and wrap. Comparisons give 0 or 1.}];
  let examples = ["alu r4 = lt(r1, r0 + 16)"];
  let cases = [
    IsaCase<"add", 0, "a + b">,
    IsaCase<"sub", 1, "a - b">,
    IsaCase<"mul", 2, "a * b">,
    IsaCase<"div", 3, "a / b, truncated; traps on 0">,
    IsaCase<"mod", 4, "a - floor(a / b) * b; traps on 0">,
    IsaCase<"min", 5, "the smaller">,
    IsaCase<"max", 6, "the larger">,
    IsaCase<"shl", 7, "a << (b mod 64)">,
    IsaCase<"shr", 8, "a >> (b mod 64), arithmetic">,
    IsaCase<"bit_and", 9, "a & b">,
    IsaCase<"bit_or", 10, "a | b">,
    IsaCase<"bit_xor", 11, "a ^ b">,
    IsaCase<"eq", 12, "a == b">,
    IsaCase<"ne", 13, "a != b">,
    IsaCase<"lt", 14, "a < b">,
    IsaCase<"le", 15, "a <= b">
  ];
}

def ScalarKind : IsaEnum<"ScalarKind", "Where a scalar operand comes from", [
  IsaCase<"Immediate", 0, "the payload", "immediate">,
  IsaCase<"Column", 1, "one f32 in each partition of SBUF", "column">
]>;

def ScatterMode : IsaEnum<"ScatterMode", "What a scatter does to what is there", [
  IsaCase<"write", 0, "replaced">,
  IsaCase<"add", 1, "ReduceOp add">,
  IsaCase<"mul", 2, "ReduceOp mul">,
  IsaCase<"max", 3, "ReduceOp max">,
  IsaCase<"min", 4, "ReduceOp min">
]>;

#endif
