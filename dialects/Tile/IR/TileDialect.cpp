// SPDX-License-Identifier: Apache-2.0
// The tile dialect's registration, types and attributes.
#include "dialects/Tile/IR/TileDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tilicho::ir::tile;
namespace isa = tilicho::isa;
using tilicho::isa::DType;
using tilicho::isa::Space;

#include "dialects/Tile/IR/TileDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Tile/IR/TileTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/Tile/IR/TileAttributes.cpp.inc"

void TileDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Tile/IR/TileTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/Tile/IR/TileAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/Tile/IR/TileOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Names of the ISA in text
//===----------------------------------------------------------------------===//

template <class Enum>
static FailureOr<Enum> parseIsaName(AsmParser &parser, StringRef what) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<Enum> value =
      isa::parse<Enum>(std::string_view(name.data(), name.size()));
  if (!value)
    return parser.emitError(loc) << "unknown " << what << " `" << name << "`";
  return *value;
}

static ParseResult parseIntegers(AsmParser &parser,
                                 SmallVectorImpl<int64_t> &values) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(values.emplace_back());
  });
}

//===----------------------------------------------------------------------===//
// BufferType
//===----------------------------------------------------------------------===//

Type BufferType::parse(AsmParser &parser) {
  int64_t partitions, bytes;
  if (parser.parseLess())
    return {};
  FailureOr<Space> space = parseIsaName<Space>(parser, "space");
  if (failed(space) || parser.parseComma() || parser.parseInteger(partitions) ||
      parser.parseKeyword("x") || parser.parseInteger(bytes) ||
      parser.parseGreater())
    return {};
  return BufferType::get(parser.getContext(), *space, partitions, bytes);
}

void BufferType::print(AsmPrinter &printer) const {
  printer << '<' << StringRef(isa::nameOf(getSpace())) << ", "
          << getPartitions() << " x " << getBytes() << '>';
}

//===----------------------------------------------------------------------===//
// AccessAttr
//===----------------------------------------------------------------------===//

Attribute AccessAttr::parse(AsmParser &parser, Type) {
  int64_t partition, offset;
  SmallVector<int64_t> steps, loopStrides;
  if (parser.parseLess())
    return {};
  FailureOr<DType> dtype = parseIsaName<DType>(parser, "element type");
  if (failed(dtype) || parser.parseComma() || parser.parseInteger(partition) ||
      parser.parseComma() || parser.parseInteger(offset) ||
      parser.parseComma() || parseIntegers(parser, steps))
    return {};
  if (succeeded(parser.parseOptionalComma()) &&
      parseIntegers(parser, loopStrides))
    return {};
  if (parser.parseGreater())
    return {};
  return AccessAttr::get(parser.getContext(), *dtype, partition, offset, steps,
                         loopStrides);
}

void AccessAttr::print(AsmPrinter &printer) const {
  printer << '<' << StringRef(isa::nameOf(getDtype())) << ", " << getPartition()
          << ", " << getOffset() << ", [";
  llvm::interleaveComma(getSteps(), printer);
  printer << ']';
  if (!getLoopStrides().empty()) {
    printer << ", [";
    llvm::interleaveComma(getLoopStrides(), printer);
    printer << ']';
  }
  printer << '>';
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

namespace tilicho::ir::tile {

static std::optional<DType> integerDType(IntegerType type) {
  bool isUnsigned = type.isUnsigned();
  switch (type.getWidth()) {
  case 1:
    return DType::boolean;
  case 8:
    return isUnsigned ? DType::u8 : DType::i8;
  case 16:
    return isUnsigned ? DType::u16 : DType::i16;
  case 32:
    return isUnsigned ? DType::u32 : DType::i32;
  case 64:
    return isUnsigned ? DType::u64 : DType::i64;
  }
  return std::nullopt;
}

std::optional<DType> toDType(Type type) {
  using Result = std::optional<DType>;
  return llvm::TypeSwitch<Type, Result>(type)
      .Case<Float32Type>([](Type) { return DType::f32; })
      .Case<FloatTF32Type>([](Type) { return DType::tf32; })
      .Case<BFloat16Type>([](Type) { return DType::bf16; })
      .Case<Float16Type>([](Type) { return DType::f16; })
      .Case<Float64Type>([](Type) { return DType::f64; })
      .Case<Float8E4M3FNType>([](Type) { return DType::f8e4m3fn; })
      .Case<Float8E5M2Type>([](Type) { return DType::f8e5m2; })
      .Case<IntegerType>([](IntegerType t) { return integerDType(t); })
      .Default([](Type) -> Result { return std::nullopt; });
}

Type toElementType(DType dtype, MLIRContext *context) {
  Builder builder(context);
  auto integer = [&](unsigned width, bool isUnsigned) -> Type {
    return isUnsigned ? builder.getIntegerType(width, /*isSigned=*/false)
                      : builder.getIntegerType(width);
  };
  switch (dtype) {
  case DType::f32:
    return builder.getF32Type();
  case DType::tf32:
    return builder.getTF32Type();
  case DType::bf16:
    return builder.getBF16Type();
  case DType::f16:
    return builder.getF16Type();
  case DType::f64:
    return builder.getF64Type();
  case DType::f8e4m3fn:
    return Float8E4M3FNType::get(context);
  case DType::f8e5m2:
    return Float8E5M2Type::get(context);
  case DType::boolean:
    return builder.getI1Type();
  case DType::i8:
  case DType::u8:
    return integer(8, dtype == DType::u8);
  case DType::i16:
  case DType::u16:
    return integer(16, dtype == DType::u16);
  case DType::i32:
  case DType::u32:
    return integer(32, dtype == DType::u32);
  case DType::i64:
  case DType::u64:
    return integer(64, dtype == DType::u64);
  }
  llvm_unreachable("no such type");
}

} // namespace tilicho::ir::tile

#define GET_OP_CLASSES
#include "dialects/Tile/IR/TileOps.cpp.inc"
