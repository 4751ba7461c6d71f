// SPDX-License-Identifier: Apache-2.0
// The isa dialect: a program's segments and queues, one op an instruction.
#ifndef TILICHO_DIALECTS_ISA_IR_ISAOPS_TD
#define TILICHO_DIALECTS_ISA_IR_ISAOPS_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/Properties.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

def Isa_Dialect : Dialect {
  let name = "isa";
  let cppNamespace = "::tilicho::ir::isa";
  let summary = "the encoded program: queues of instructions over segments";
}

class Isa_Op<string mnemonic, list<Trait> traits = []>
    : Op<Isa_Dialect, mnemonic, traits>;

//===-- Instructions ------------------------------------------------------===//

def Isa_InstructionInterface : OpInterface<"InstructionInterface"> {
  let cppNamespace = "::tilicho::ir::isa";
  let description = "An instruction, held as the ISA's own struct.";
  let methods = [
    InterfaceMethod<"the fields that every instruction has, to be changed",
      "::tilicho::isa::Header &", "header", (ins), [{}], [{
        return $_op.inst();
      }]>,
    InterfaceMethod<"which instruction it is",
      "::tilicho::isa::Opcode", "opcode", (ins), [{}], [{
        return $_op.inst().opcode;
      }]>,
    InterfaceMethod<"writes its kInstructionBytes",
      "void", "encodeTo", (ins "uint8_t *":$bytes), [{}], [{
        ::tilicho::isa::encode($_op.inst(), bytes);
      }]>
  ];
}

// The instruction's struct as the operation's only property. Its text is the
// ISA's assembly without the mnemonic.
class Isa_InstProperty<string name>
    : Property<"::tilicho::isa::" # name # "Inst", "an instruction",
               "const ::tilicho::isa::" # name # "Inst &"> {
  let convertToAttribute = "return toAttribute($_ctxt, $_storage);";
  let convertFromAttribute =
      "return fromAttribute($_attr, $_storage, $_diag);";
  let hashProperty = "hashOf($_storage)";
  let parser = "return parseInst($_parser, $_storage);";
  let printer = "printInst($_printer, $_storage)";
  let writeToMlirBytecode = "writeInst($_writer, $_storage);";
  let readFromMlirBytecode = "return readInst($_reader, $_storage);";
}

class Isa_Instruction<string mnemonic, string name>
    : Isa_Op<mnemonic, [DeclareOpInterfaceMethods<Isa_InstructionInterface>,
                        HasParent<"QueueOp">]> {
  let arguments = (ins Isa_InstProperty<name>:$inst);
  // By directive, because a property's own parser reports a second error.
  let assemblyFormat = "custom<Inst>($inst) attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    using Inst = ::tilicho::isa::}] # name # [{Inst;
    /// The instruction itself, to be read and changed.
    Inst &inst() { return getProperties().inst; }
  }];
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() {
      return verifyInstruction(getOperation());
    }
  }];
}

include "IsaGeneratedOps.td"

//===-- Programs ----------------------------------------------------------===//

def Isa_ProgramOp : Isa_Op<"program", [IsolatedFromAbove, NoTerminator,
                                       NoRegionArguments, SingleBlock]> {
  let summary = "hold the segments and queues of a program";
  let description = [{
    Segments come first; an instruction names one by its position. The ONNX node
    of an instruction is its location.

    ```mlir
    isa.program {
      isa.segment input "x" : tensor<1x8xf32>
      isa.queue "sync" {
        isa.set "r1 = 4"
      }
    }
    ```

    Constraints:
    * (C1) segments come first, then queues, then values.
    * (C2) no two queues have the same name.
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins)>];
}

def Isa_SegmentOp : Isa_Op<"segment", [HasParent<"ProgramOp">]> {
  let summary = "declare a tensor in HBM";
  let description = [{
    Row-major and dense. `kind` is `input`, `output`, `constant` or `scratch`.
    A constant has a value, to which the recipe `steps` is applied at emission.

    ```mlir
    isa.segment constant "bias" value dense<0.0> : tensor<4xf32> : tensor<4xf32>
    ```

    Constraints:
    * (C1) the kind is known, and exactly a constant has a value.
  }];
  let arguments = (ins StrAttr:$kind, StrAttr:$name, TypeAttr:$tensor,
                       OptionalAttr<ElementsAttr>:$value,
                       OptionalAttr<ArrayAttr>:$steps);
  let assemblyFormat = [{
    custom<Kind>($kind) $name (`value` $value^)? (`steps` $steps^)? attr-dict
    `:` $tensor
  }];
  let hasVerifier = 1;
}

def Isa_ValueOp : Isa_Op<"value", [HasParent<"ProgramOp">]> {
  let summary = "say where and when a value of the ONNX graph can be seen";
  let description = [{
    A box of the elements of the ONNX value `name` lies in `space`, `hbm`, `sbuf`
    or `psum`, from byte `offset` of segment or partition `place` on; the lists
    are those of a `tile.value`. It is there once instruction `instruction` of
    `queue` has ended for the `occurrence`th time, counted from 0, or, without
    them, at the end of the run.

    ```mlir
    isa.value "relu" : tensor<1x64x56xf32> in "sbuf" at 0, 256
        from 0 [64, 56] [56, 1] [1, 0] [0, 4] after "act" 17 0
    ```

    Constraints:
    * (C1) the four lists are of one length.
  }];
  let arguments = (ins StrAttr:$name, TypeAttr:$tensor, StrAttr:$space,
                       I64Attr:$place, I64Attr:$offset, I64Attr:$first,
                       DenseI64ArrayAttr:$counts,
                       DenseI64ArrayAttr:$valueSteps,
                       DenseI64ArrayAttr:$partitionSteps,
                       DenseI64ArrayAttr:$byteSteps,
                       OptionalAttr<StrAttr>:$queue,
                       OptionalAttr<I64Attr>:$instruction,
                       OptionalAttr<I64Attr>:$occurrence);
  let assemblyFormat = [{
    $name `:` $tensor `in` $space `at` $place `,` $offset `from` $first $counts
    $valueSteps $partitionSteps $byteSteps
    (`after` $queue^ $instruction $occurrence)? attr-dict
  }];
  let hasVerifier = 1;
}

def Isa_QueueOp : Isa_Op<"queue", [HasParent<"ProgramOp">, NoTerminator,
                                   NoRegionArguments, SingleBlock]> {
  let summary = "hold the instructions of a queue, in order";
  let description = [{
    The name is `pe`, `act`, `vec`, `pool`, `sync` or `dmaN`.

    ```mlir
    isa.queue "pe" {
      isa.matmul "[128, 512] psum.f32[0, 0x0 : 1] = sbuf.f32[0, 0x0 : 1] cols 64"
    }
    ```

    Constraints:
    * (C1) the name is that of a queue.
    * (C2) every loop has its end_loop, nested at most 8 deep.
    * (C3) every branch stays in the queue.
  }];
  let arguments = (ins StrAttr:$name);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$name attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name)>];
}

#endif // TILICHO_DIALECTS_ISA_IR_ISAOPS_TD
