// SPDX-License-Identifier: Apache-2.0
// Constants of the compiler as tensors of the host, and back.
#include "lib/Interpreter/Elements.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Kernels/Arithmetic.h"

#include "mlir/IR/DialectResourceBlobManager.h"

#include <algorithm>
#include <cstring>

using namespace mlir;
namespace isa = tilicho::isa;

namespace tilicho::compiler {

ElementsAttr constantOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || op->hasAttr("steps"))
    return {};
  StringRef name = op->getName().getStringRef();
  if (name != "onnx.Constant" && name != "tile.constant")
    return {};
  return op->getAttrOfType<ElementsAttr>("value");
}

static HostShape shapeOf(ShapedType type) {
  return HostShape(type.getShape().begin(), type.getShape().end());
}

/// Booleans are read one by one: how a dense attribute packs them is its own
/// affair.
static HostTensor readBooleans(DenseElementsAttr attr) {
  HostTensor tensor =
      HostTensor::allocate(isa::DType::boolean, shapeOf(attr.getType()));
  std::transform(attr.value_begin<bool>(), attr.value_end<bool>(),
                 tensor.mutableBytes(),
                 [](bool value) { return uint8_t(value); });
  return tensor;
}

static HostTensor readDense(DenseElementsAttr attr, isa::DType dtype) {
  if (dtype == isa::DType::boolean)
    return readBooleans(attr);
  HostShape shape = shapeOf(attr.getType());
  ArrayRef<char> raw = attr.getRawData();
  if (!attr.isSplat())
    return HostTensor::borrow(dtype, shape, raw.data());
  HostTensor tensor = HostTensor::allocate(dtype, shape);
  size_t size = isa::sizeOf(dtype);
  for (int64_t i = 0, count = tensor.numElements(); i < count; ++i)
    std::memcpy(tensor.mutableBytes() + i * size, raw.data(), size);
  return tensor;
}

std::optional<HostTensor> toHostTensor(ElementsAttr attr) {
  auto type = attr.getShapedType();
  std::optional<isa::DType> dtype = ir::tile::toDType(type.getElementType());
  if (!dtype)
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(attr))
    return readDense(dense, *dtype);
  auto resource = dyn_cast<DenseResourceElementsAttr>(attr);
  AsmResourceBlob *blob =
      resource ? resource.getRawHandle().getBlob() : nullptr;
  if (!blob)
    return std::nullopt;
  HostTensor tensor =
      HostTensor::borrow(*dtype, shapeOf(type), blob->getData().data());
  if (static_cast<int64_t>(blob->getData().size()) < tensor.sizeInBytes())
    return std::nullopt;
  return tensor;
}

RankedTensorType typeOf(const HostTensor &tensor, MLIRContext *context) {
  return RankedTensorType::get(
      tensor.shape(), ir::tile::toElementType(tensor.dtype(), context));
}

//===----------------------------------------------------------------------===//
// To attributes
//===----------------------------------------------------------------------===//

static bool allAlike(const HostTensor &tensor) {
  int64_t size = isa::sizeOf(tensor.dtype()), total = tensor.sizeInBytes();
  return total > size &&
         std::memcmp(tensor.bytes(), tensor.bytes() + size, total - size) == 0;
}

static ElementsAttr denseOf(const HostTensor &tensor, RankedTensorType type,
                            bool splat) {
  int64_t count = splat ? 1 : tensor.numElements();
  if (tensor.dtype() == isa::DType::boolean) {
    SmallVector<bool> values;
    for (int64_t i = 0; i < count; ++i)
      values.push_back(tensor.bytes()[i] != 0);
    return DenseElementsAttr::get(type, ArrayRef<bool>(values));
  }
  ArrayRef<char> raw(reinterpret_cast<const char *>(tensor.bytes()),
                     count * isa::sizeOf(tensor.dtype()));
  return DenseElementsAttr::getFromRawBuffer(type, raw);
}

/// An owning blob; keys are made unique by the context.
static ElementsAttr resourceOf(const HostTensor &tensor,
                               RankedTensorType type) {
  ArrayRef<char> raw(reinterpret_cast<const char *>(tensor.bytes()),
                     tensor.sizeInBytes());
  return DenseResourceElementsAttr::get(
      type, "folded", HeapAsmResourceBlob::allocateAndCopyWithAlign(raw, 64));
}

ElementsAttr toElements(const HostTensor &tensor, MLIRContext *context) {
  RankedTensorType type = typeOf(tensor, context);
  bool splat = allAlike(tensor);
  if (splat || tensor.sizeInBytes() <= maxDenseBytes)
    return denseOf(tensor, type, splat);
  return resourceOf(tensor, type);
}

//===----------------------------------------------------------------------===//
// To numbers
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>> integersOf(ElementsAttr attr) {
  std::optional<HostTensor> tensor = toHostTensor(attr);
  if (!tensor)
    return std::nullopt;
  return llvm::to_vector<6>(kernels::readAll<int64_t>(*tensor));
}

std::optional<SmallVector<double>> realsOf(ElementsAttr attr) {
  std::optional<HostTensor> tensor = toHostTensor(attr);
  if (!tensor)
    return std::nullopt;
  return llvm::to_vector<6>(kernels::readAll<double>(*tensor));
}

} // namespace tilicho::compiler
