// SPDX-License-Identifier: Apache-2.0
// Operands and instruction formats, byte by byte, little endian.
#ifndef TILICHO_ISA_FORMATS
#define TILICHO_ISA_FORMATS

include "IsaEnums.td"

def Limits : IsaLimits {
  let instructionBytes = 128;
  let headerBytes = 20;
  let registers = 64;
  let noSemaphore = 255;
}

//===-- Operands ----------------------------------------------------------===//

// Space in the low two bits of a byte, DType in the high six.
def SpaceAndDType : IsaType<1, "", "SpaceAndDType">;
// A signed number of six bytes.
def I48 : IsaType<6, "int64_t", "I48">;

def Access : StructType<"Access", 29, [
  IsaField<"dtype", 0, SpaceAndDType, "space and element type">,
  IsaField<"partition", 1, U16, "first partition">,
  IsaField<"address", 3, U32, "byte in the partition">,
  IsaField<"regA", 7, Register, "register that is multiplied by strideA">,
  IsaField<"strideA", 8, I32, "bytes for each unit of regA">,
  IsaField<"regB", 12, Register, "register that is added">,
  IsaField<"steps", 13, I32, "elements from one iteration to the next, outermost first", 4>
]>;

def DmaAccess : StructType<"DmaAccess", 35, [
  IsaField<"dtype", 0, SpaceAndDType, "space and element type">,
  IsaField<"place", 1, U16, "HBM: the segment; on chip: the first partition">,
  IsaField<"offset", 3, I48, "byte in the segment or partition">,
  IsaField<"regA", 9, Register, "register that is multiplied by strideA">,
  IsaField<"strideA", 10, I32, "bytes for each unit of regA">,
  IsaField<"regB", 14, Register, "register that is added">,
  IsaField<"steps", 15, I32, "elements from one iteration to the next; [0] is the partition dimension, on chip in partitions", 5>
]>;

def IndexAccess : StructType<"IndexAccess", 29, [
  IsaField<"dtype", 0, SpaceAndDType, "space and element type">,
  IsaField<"place", 1, U16, "HBM: the segment; on chip: the first partition">,
  IsaField<"offset", 3, I48, "byte in the segment or partition">,
  IsaField<"steps", 9, I32, "elements from one iteration to the next; [0] is the partition dimension", 5>
]>;

def Scalar : StructType<"Scalar", 8, [
  IsaField<"kind", 0, EnumType<ScalarKind>, "immediate, or a column of SBUF">,
  IsaField<"reg", 1, Register, "column: register that is added to the address">,
  IsaField<"partition", 2, U16, "column: first partition">,
  IsaField<"payload", 4, U32, "f32 bits or two's complement integer; column: byte in the partition">
]>;

//===-- Formats -----------------------------------------------------------===//

def HeaderFields {
  list<IsaField> fields = [
    IsaField<"opcode", 0, U8, "the instruction">,
    IsaField<"flags", 1, U8, "by instruction">,
    IsaField<"partitions", 2, U16, "partitions iterated">,
    IsaField<"counts", 4, U16, "iterations of the free dimensions, outermost first", 4>,
    IsaField<"waitSemaphore", 12, Semaphore, "semaphore waited for before anything is read or written">,
    IsaField<"waitRegister", 13, Register, "register added to waitValue">,
    IsaField<"waitValue", 14, I32, "the wait ends when semaphore >= waitValue + R[waitRegister]">,
    IsaField<"signalSemaphore", 18, Semaphore, "semaphore incremented when the writes are visible">,
    IsaField<"signalIncrement", 19, U8, "by how much">
  ];
}

def AluFormat : IsaFormat<[
  IsaField<"dst", 20, Access>,
  IsaField<"a", 49, Access>,
  IsaField<"b", 78, Access>,
  IsaField<"s0", 107, Scalar>,
  IsaField<"s1", 115, Scalar>,
  IsaField<"op0", 123, EnumType<AluOp>>,
  IsaField<"op1", 124, EnumType<AluOp>>,
  Reserved<125, 125>,
  IsaField<"compute", 126, EnumType<Compute>>,
  Reserved<127, 127>
], "act, vec and pool">;

def ReduceFormat : IsaFormat<[
  IsaField<"dst", 20, Access>,
  IsaField<"a", 49, Access>,
  IsaField<"b", 78, Access>,
  Reserved<107, 122>,
  IsaField<"op0", 123, EnumType<ReduceOp>>,
  IsaField<"op1", 124, EnumType<AluOp>>,
  Reserved<125, 125>,
  IsaField<"compute", 126, EnumType<Compute>>,
  IsaField<"axes", 127, U8, "innermost free dimensions that are reduced">
], "reductions on vec and pool">;

def PeFormat : IsaFormat<[
  IsaField<"dst", 20, Access>,
  IsaField<"src", 49, Access>,
  IsaField<"cols", 78, U16, "array columns used">,
  IsaField<"colStart", 80, U16, "first array column">,
  IsaField<"blockRows", 82, U16, "rows of a block; 0: not block-diagonal">,
  IsaField<"blockCols", 84, U16, "columns of a block">,
  IsaField<"zero", 86, I16, "subtracted from each integer element">,
  Reserved<88, 127>
], "the systolic array">;

def DmaFormat : IsaFormat<[
  IsaField<"dst", 20, DmaAccess>,
  IsaField<"src", 55, DmaAccess>,
  IsaField<"index", 90, IndexAccess>,
  IsaField<"indexStep", 119, I32, "elements for each unit of the index">,
  IsaField<"limit", 123, U32, "indices lie in [-limit, limit)">,
  IsaField<"mode", 127, EnumType<ScatterMode>, "what a scatter does to what is there">
], "the DMA queues">;

class ControlFormat<IsaField at32> : IsaFormat<[
  IsaField<"rd", 20, Register, "register written">,
  IsaField<"ra", 21, Register, "first register read">,
  IsaField<"rb", 22, Register, "second register read">,
  IsaField<"alu", 23, EnumType<RegisterOp>>,
  IsaField<"imm", 24, I64, "immediate">,
  at32,
  IsaField<"access", 36, DmaAccess, "the element loaded or stored">,
  Reserved<71, 127>
], "the sequencers of all queues">;
def CtrlFormat : ControlFormat<
  IsaField<"target", 32, Target, "instruction branched to, counted from the queue's first">>;
def RingFormat : ControlFormat<
  IsaField<"modulus", 32, I32, "number of slots">>;

//===-- Queues ------------------------------------------------------------===//

def Pe   : IsaQueue<"pe", 0>;
def Act  : IsaQueue<"act", 1>;
def Vec  : IsaQueue<"vec", 2>;
def Pool : IsaQueue<"pool", 3>;
def Sync : IsaQueue<"sync", 4>;
def Dma  : IsaQueue<"dma", 5>;

#endif
