// SPDX-License-Identifier: Apache-2.0
// Folds of operators that move elements and compute none.
#include "dialects/Onnx/Transforms/Fold.h"

#include <cstring>

using namespace mlir;
using namespace tilicho::ir::onnx;

using Operands = ArrayRef<ElementsAttr>;

/// Elements of `source` at base + sum(position * step), as `type`.
static Elements view(ElementsAttr source, RankedTensorType type, int64_t base,
                     ArrayRef<int64_t> shape, ArrayRef<int64_t> steps) {
  if (Attribute value = splatOf(source))
    return {DenseElementsAttr::get(type, value)};
  std::optional<ConstantTensor> from = ConstantTensor::load(source);
  if (!from)
    return {};
  ConstantTensor to(type);
  unsigned size = to.elementBytes();
  forEachElement(shape, base, steps, [&](int64_t index, int64_t offset) {
    memcpy(&to.bytes[index * size], &from->bytes[offset * size], size);
  });
  return {to.store()};
}

static RankedTensorType typeOf(ElementsAttr value) {
  return cast<RankedTensorType>(value.getType());
}

//===----------------------------------------------------------------------===//
// The same elements in another shape
//===----------------------------------------------------------------------===//

static Elements foldReshape(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  if (auto dense = dyn_cast<DenseElementsAttr>(operands[0]))
    return {dense.reshape(type)};
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(operands[0]))
    return {DenseResourceElementsAttr::get(type, resource.getRawHandle())};
  return {};
}

//===----------------------------------------------------------------------===//
// Strided views
//===----------------------------------------------------------------------===//

static Elements foldTranspose(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  Shape from = rowMajorSteps(typeOf(operands[0]).getShape()), steps;
  auto permutation = cast<TransposeOp>(op).getPerm();
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    steps.push_back(
        from[permutation ? (*permutation)[dim] : type.getRank() - 1 - dim]);
  return view(operands[0], type, 0, type.getShape(), steps);
}

static Elements foldExpand(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  return view(operands[0], type, 0, type.getShape(),
              broadcastSteps(typeOf(operands[0]), type.getShape()));
}

/// A tiled dimension is two: the repetition, which stands still, and its own.
static Elements foldTile(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  Shape own = rowMajorSteps(typeOf(operands[0]).getShape()), shape, steps;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    int64_t size = typeOf(operands[0]).getDimSize(dim);
    shape.append({size ? type.getDimSize(dim) / size : 0, size});
    steps.append({0, own[dim]});
  }
  return view(operands[0], type, 0, shape, steps);
}

static Elements foldSlice(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op), from = typeOf(operands[0]);
  std::optional<Shape> starts = toIntegers(operands[1]);
  if (!type || !starts)
    return {};
  std::optional<Shape> axes = toIntegers(operands[3]);
  std::optional<Shape> strides = toIntegers(operands[4]);
  Shape steps = rowMajorSteps(from.getShape());
  int64_t base = 0;
  for (auto [place, start] : llvm::enumerate(*starts)) {
    int64_t axis = axes ? (*axes)[place] : int64_t(place);
    axis += axis < 0 ? from.getRank() : 0;
    int64_t stride = strides ? (*strides)[place] : 1;
    int64_t size = from.getDimSize(axis);
    int64_t first = start < 0 ? start + size : start;
    int64_t last = stride < 0 ? std::max<int64_t>(size - 1, 0) : size;
    first = std::clamp<int64_t>(first, 0, last);
    base += first * steps[axis];
    steps[axis] *= stride;
  }
  return view(operands[0], type, base, type.getShape(), steps);
}

static Elements foldSplit(Operation *op, Operands operands) {
  RankedTensorType from = typeOf(operands[0]);
  int64_t axis = cast<SplitOp>(op).getAxis();
  axis += axis < 0 ? from.getRank() : 0;
  Shape steps = rowMajorSteps(from.getShape());
  Elements results;
  int64_t base = 0;
  for (OpResult result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type || !type.hasStaticShape())
      return {};
    Elements part = view(operands[0], type, base, type.getShape(), steps);
    if (part.empty())
      return {};
    results.push_back(part.front());
    base += type.getDimSize(axis) * steps[axis];
  }
  return results;
}

//===----------------------------------------------------------------------===//
// Several sources
//===----------------------------------------------------------------------===//

static Elements foldConcat(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  if (!type)
    return {};
  int64_t axis = cast<ConcatOp>(op).getAxis();
  axis += axis < 0 ? type.getRank() : 0;
  ConstantTensor to(type);
  int64_t inner = to.elementBytes(), outer = 1;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    (dim < axis ? outer : inner) *= dim == axis ? 1 : type.getDimSize(dim);
  char *out = to.bytes.data();
  int64_t row = type.getDimSize(axis) * inner;
  for (ElementsAttr operand : operands) {
    std::optional<ConstantTensor> from = ConstantTensor::load(operand);
    if (!from)
      return {};
    int64_t part = from->type.getDimSize(axis) * inner;
    for (int64_t index = 0; index < outer; ++index)
      memcpy(out + index * row, from->bytes.data() + index * part, part);
    out += part;
  }
  return {to.store()};
}

static Elements foldGather(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op), from = typeOf(operands[0]);
  std::optional<Shape> indices = toIntegers(operands[1]);
  std::optional<ConstantTensor> data = ConstantTensor::load(operands[0]);
  if (!type || !indices || !data)
    return {};
  int64_t axis = cast<GatherOp>(op).getAxis();
  axis += axis < 0 ? from.getRank() : 0;
  int64_t inner = data->elementBytes(), outer = 1, size = from.getDimSize(axis);
  for (int64_t dim = 0; dim < from.getRank(); ++dim)
    (dim < axis ? outer : inner) *= dim == axis ? 1 : from.getDimSize(dim);
  ConstantTensor to(type);
  char *out = to.bytes.data();
  for (int64_t row = 0; row < outer; ++row)
    for (int64_t index : *indices) {
      index += index < 0 ? size : 0;
      if (index < 0 || index >= size)
        return {};
      memcpy(out, data->bytes.data() + (row * size + index) * inner, inner);
      out += inner;
    }
  return {to.store()};
}

static Elements foldWhere(Operation *op, Operands operands) {
  RankedTensorType type = staticResultType(op);
  auto condition = ConstantTensor::load(operands[0]);
  auto ifTrue = ConstantTensor::load(operands[1]);
  auto ifFalse = ConstantTensor::load(operands[2]);
  if (!type || !condition || !ifTrue || !ifFalse)
    return {};
  ConstantTensor to(type);
  SmallVector<int64_t> offsets[3];
  ConstantTensor *sources[] = {&*condition, &*ifTrue, &*ifFalse};
  for (int source = 0; source < 3; ++source)
    forEachElement(
        type.getShape(), 0,
        broadcastSteps(sources[source]->type, type.getShape()),
        [&](int64_t, int64_t offset) { offsets[source].push_back(offset); });
  unsigned size = to.elementBytes();
  for (int64_t index = 0; index < to.numElements(); ++index) {
    int source = condition->bytes[offsets[0][index]] ? 1 : 2;
    memcpy(&to.bytes[index * size],
           &sources[source]->bytes[offsets[source][index] * size], size);
  }
  return {to.store()};
}

void tilicho::ir::onnx::addMoveFolds(FoldTable &table) {
  for (StringRef name :
       {"Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"})
    table[name] = foldReshape;
  table["Transpose"] = foldTranspose;
  table["Expand"] = foldExpand;
  table["Tile"] = foldTile;
  table["Slice"] = foldSlice;
  table["Split"] = foldSplit;
  table["Concat"] = foldConcat;
  table["Gather"] = foldGather;
  table["Where"] = foldWhere;
}
