// SPDX-License-Identifier: Apache-2.0
// The onnx dialect, its types and what its generated operations share.
#ifndef TILICHO_DIALECTS_ONNX_IR_ONNXBASE
#define TILICHO_DIALECTS_ONNX_IR_ONNXBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Onnx_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::tilicho::ir::onnx";
  let summary = "the operators of ONNX at the newest opset's meaning";
  let description = [{
    One operation for each operator of the ai.onnx domain, generated from
    ONNX's schemas. Signless integers are signed, `ui8` and its like unsigned,
    `i1` is ONNX's bool. An absent optional operand is the result of
    `onnx.none`, an absent optional result has type `none`. Node names are
    locations; the discardable attribute `onnx.values` holds the ONNX names of
    an operation's results.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    /// The discardable attribute with the ONNX names of an operation's
    /// results, an array of strings.
    static constexpr ::llvm::StringLiteral valuesAttr = "onnx.values";
    /// The argument and result attribute with a graph input's or output's
    /// ONNX name.
    static constexpr ::llvm::StringLiteral nameAttr = "onnx.name";
    void registerTypes();
  }];
}

class Onnx_Type<string name, string typeMnemonic> : TypeDef<Onnx_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def Onnx_StringType : Onnx_Type<"String", "string"> {
  let summary = "element type of ONNX's string tensors";
}

def Onnx_SequenceType : Onnx_Type<"Sequence", "sequence"> {
  let summary = "ONNX's sequence of values of one type";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

def Onnx_OptionalType : Onnx_Type<"Optional", "optional"> {
  let summary = "ONNX's value that may be absent at run time";
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

/// ONNX's INT and FLOAT attributes, read as int64_t and float.
def Onnx_IntAttr : TypedSignlessIntegerAttrBase<I64, "int64_t",
                                                "64-bit signed integer">;
def Onnx_FloatAttr : TypedAttrBase<F32, "FloatAttr",
    And<[CPred<"::llvm::isa<::mlir::FloatAttr>($_self)">,
         CPred<"::llvm::cast<::mlir::FloatAttr>($_self).getType().isF32()">]>,
    "32-bit float"> {
  let returnType = "float";
  let convertFromStorage = "$_self.getValue().convertToFloat()";
  let constBuilderCall = "$_builder.getF32FloatAttr($0)";
}

def Onnx_OptionalTensor : AnyTypeOf<[AnyTensor, NoneType], "tensor or none">;

class Onnx_Op<string mnemonic, list<Trait> traits>
    : Op<Onnx_Dialect, mnemonic, traits>;

class Onnx_PureOp<string mnemonic> : Onnx_Op<mnemonic, [Pure]> {
  let assemblyFormat =
      "operands attr-dict `:` functional-type(operands, results)";
}

/// Draws random numbers: two equal operations are not the same value.
class Onnx_RandomOp<string mnemonic>
    : Onnx_Op<mnemonic, [MemoryEffects<[MemRead, MemWrite]>]> {
  let assemblyFormat =
      "operands attr-dict `:` functional-type(operands, results)";
}

/// Holds graphs, which may use values from outside.
class Onnx_RegionOp<string mnemonic>
    : Onnx_Op<mnemonic, [RecursiveMemoryEffects]> {
  let assemblyFormat = "operands attr-dict-with-keyword regions `:` "
                       "functional-type(operands, results)";
}

#endif // TILICHO_DIALECTS_ONNX_IR_ONNXBASE
