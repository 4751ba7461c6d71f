// SPDX-License-Identifier: Apache-2.0
// The vocabulary in which enums, formats and instructions are stated.
#ifndef TILICHO_ISA_BASE
#define TILICHO_ISA_BASE

// Sizes that everything else is checked against.
class IsaLimits {
  int instructionBytes;
  int headerBytes;
  int registers;
  int noSemaphore;
}

// One value of an enum. `sym` is the C++ enumerator, `text` its spelling in
// assembly, `doc` its meaning (a formula where it has one).
class IsaCase<string s, int v, string d = "", string t = s> {
  string sym = s;
  int value = v;
  string doc = d;
  string text = t;
}

// `doc` says in one sentence what the values are, `description` what holds for
// all of them; `examples` are lines of assembly.
class IsaEnum<string name, string d, list<IsaCase> c = []> {
  string cppName = name;
  string doc = d;
  string description = "";
  list<IsaCase> cases = c;
  list<string> examples = [];
}

//===-- Fields ------------------------------------------------------------===//

// How the bytes of a field are read. `cpp` is the member's type in the C++
// struct, `kind` the FieldKind that tables use, `init` the member's default.
class IsaType<int n, string c, string k, string i = "0"> {
  int bytes = n;
  string cpp = c;
  string kind = k;
  string init = i;
}
def U8  : IsaType<1, "uint8_t", "U8">;
def U16 : IsaType<2, "uint16_t", "U16">;
def U32 : IsaType<4, "uint32_t", "U32">;
def I16 : IsaType<2, "int16_t", "I16">;
def I32 : IsaType<4, "int32_t", "I32">;
def I64 : IsaType<8, "int64_t", "I64">;
// A register's number, below IsaLimits.registers.
def Register  : IsaType<1, "uint8_t", "Register">;
// A semaphore's number, or IsaLimits.noSemaphore.
def Semaphore : IsaType<1, "uint8_t", "Semaphore", "kNoSemaphore">;
// An index into the instructions of the same queue.
def Target    : IsaType<4, "int32_t", "Target">;
class EnumType<IsaEnum e> : IsaType<1, e.cppName, "Enum", "{}"> {
  IsaEnum enum = e;
}
class IsaField<string n, int o, IsaType t, string d = "", int c = 1> {
  string name = n;
  int offset = o;
  IsaType type = t;
  string doc = d;
  int count = c;
}
// A composite operand; its own bytes are stated by its members.
class StructType<string name, int n, list<IsaField> m>
    : IsaType<n, name, name, "{}"> {
  list<IsaField> members = m;
}
// Bytes first..last that no instruction uses; they are zero.
class Reserved<int first, int last>
    : IsaField<"", first, IsaType<!add(!sub(last, first), 1), "", "Reserved">>;

// Where each field lies in the instruction word. The header comes first in
// every format.
class IsaFormat<list<IsaField> f, string d> {
  list<IsaField> fields = f;
  string doc = d;
}

//===-- Instructions ------------------------------------------------------===//

// A queue, or a group of queues, that takes an instruction.
class IsaQueue<string n, int b> {
  string name = n;
  int position = b;
}

class IsaFlag<int b, string n, string d> {
  int position = b;
  string name = n;
  string doc = d;
}

// The part of the iteration space that an operand's elements span.
class IsaSpan<string n, string d> {
  string name = n;
  string doc = d;
}
def SpanFull       : IsaSpan<"Full", "partitions x counts">;
def SpanOuter      : IsaSpan<"Outer", "partitions x counts without the last `axes`">;
def SpanColumn     : IsaSpan<"Column", "partitions x one element">;
def SpanRow        : IsaSpan<"Row", "one partition x counts">;
def SpanArray      : IsaSpan<"Array", "`cols` partitions x counts">;
def SpanTransposed : IsaSpan<"Transposed", "product(counts) partitions x partitions at steps[3]">;
def SpanTable      : IsaSpan<"Table", "partitions x a table read by index">;
def SpanElement    : IsaSpan<"Element", "one element">;
def SpanNone       : IsaSpan<"None", "no memory; only the steps are used">;

// How an instruction uses a memory operand of its format: which part of the
// iteration space it spans (`over`), in which memories (`where`) and types
// (`types`, symbols of DType, empty for all; `like`, an operand of the same
// type), under which flag it is there at all (`when`; without it its bytes are
// zero), and under which flag a written one is read as well (`readsWhen`).
class IsaOperand<string n, IsaSpan over = SpanFull,
                 list<string> where = ["Sbuf", "Psum"], list<string> types = [],
                 string like = "", string when = "", string readsWhen = ""> {
  string name = n;
  bit reads = false;
  bit writes = false;
  IsaSpan span = over;
  list<string> spaces = where;
  list<string> dtypes = types;
  string sameDTypeAs = like;
  string presentIf = when;
  string readsIf = readsWhen;
}
class Reads<string n, IsaSpan over = SpanFull,
            list<string> where = ["Sbuf", "Psum"], list<string> types = [],
            string like = "", string when = "">
    : IsaOperand<n, over, where, types, like, when> {
  let reads = true;
}
class Writes<string n, IsaSpan over = SpanFull,
             list<string> where = ["Sbuf", "Psum"], list<string> types = [],
             string like = "", string when = "", string readsWhen = "">
    : IsaOperand<n, over, where, types, like, when, readsWhen> {
  let writes = true;
}
class Updates<string n, IsaSpan over = SpanFull,
              list<string> where = ["Sbuf", "Psum"]>
    : IsaOperand<n, over, where> {
  let reads = true;
  let writes = true;
}

// One instruction. Fields of the format that it does not use are zero.
//
// `assembly` is the text after the mnemonic, its flags and the iteration space:
// literal tokens, `$field`, and `{...}` around what is left out when all its
// fields are zero; a group opens with a literal. `$wait` and `$signal` are the
// header's clauses, which otherwise end the line.
class IsaInstruction<string m, int op, IsaFormat f, list<IsaQueue> q> {
  string mnemonic = m;
  int opcode = op;
  IsaFormat format = f;
  list<IsaQueue> queues = q;
  list<string> uses = [];          // fields of the format, memory operands too
  list<IsaOperand> operands = [];
  list<IsaFlag> flags = [];
  bit integerScalars = false;      // immediates are integers whatever compute is
  bit iterates = true;             // false: partitions and counts are all 1
  string assembly;
  string summary;
  string operation;                // the formula
  string description = "";
  list<string> constraints = [];   // (C1), (C2), ... in this order
  list<string> traps = [];
  list<string> examples = [];
}

#endif
