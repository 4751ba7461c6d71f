// SPDX-License-Identifier: Apache-2.0
// The least that a test needs around a format or an instruction: words of
// eight bytes with a header of two.
include "IsaBase.td"

def Limits : IsaLimits {
  let instructionBytes = 8;
  let headerBytes = 2;
  let registers = 64;
  let noSemaphore = 255;
}
def HeaderFields {
  list<IsaField> fields = [IsaField<"opcode", 0, U8>, IsaField<"flags", 1, U8>];
}
def Access : StructType<"Access", 2, [IsaField<"address", 0, U16>]>;
def Queue : IsaQueue<"pe", 0>;
def Sound : IsaFormat<[IsaField<"dst", 2, Access>, Reserved<4, 7>], "sound">;
class Inst<string mnemonic, int opcode, IsaFormat format = Sound>
    : IsaInstruction<mnemonic, opcode, format, [Queue]> {
  let assembly = "";
  let summary = "does nothing";
  let operation = "nothing";
}
