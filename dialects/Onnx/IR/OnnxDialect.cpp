// SPDX-License-Identifier: Apache-2.0
// Registers the dialect; its hand-written operations' behaviour.
#include "dialects/Onnx/IR/OnnxOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tilicho::ir::onnx;

#include "dialects/Onnx/IR/OnnxDialect.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "dialects/Onnx/IR/OnnxTypes.cpp.inc"

void OnnxDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/Onnx/IR/OnnxTypes.cpp.inc"
      >();
}

void OnnxDialect::initialize() {
  registerTypes();
  registerOnnxDialectOperations(this);
}

Operation *OnnxDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                            Type type, Location loc) {
  if (isa<NoneType>(type))
    return NoneOp::create(builder, loc);
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

OpFoldResult NoneOp::fold(FoldAdaptor) { return UnitAttr::get(getContext()); }

StringRef tilicho::ir::onnx::getValueName(OpResult result) {
  auto names =
      result.getOwner()->getAttrOfType<ArrayAttr>(OnnxDialect::valuesAttr);
  if (!names || result.getResultNumber() >= names.size())
    return {};
  auto name = dyn_cast<StringAttr>(names[result.getResultNumber()]);
  return name ? name.getValue() : StringRef();
}

/// The first name in a location, searched through what wraps it.
static StringAttr firstName(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName();
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return firstName(call.getCallee());
  auto fused = dyn_cast<FusedLoc>(loc);
  if (!fused)
    return {};
  for (Location part : fused.getLocations())
    if (StringAttr name = firstName(part))
      return name;
  return {};
}

std::string tilicho::ir::onnx::getNodeName(Operation *op) {
  if (StringAttr name = firstName(op->getLoc()))
    return name.str();
  return op->getName().stripDialect().str();
}

ElementsAttr tilicho::ir::onnx::getConstantValue(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : nullptr;
  return constant ? constant.getValueAttr() : nullptr;
}

bool tilicho::ir::onnx::isAbsent(Value value) {
  return !value || isa<NoneType>(value.getType());
}
