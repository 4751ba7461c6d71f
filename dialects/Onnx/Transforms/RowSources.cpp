// SPDX-License-Identifier: Apache-2.0
// NonZero and Compress of operators with fixed shapes, and what all have.
#include "dialects/Onnx/Transforms/RowSources.h"

#include "dialects/Onnx/Transforms/RowMaker.h"

using namespace mlir;

namespace tilicho::ir::onnx {

using Dims = SmallVector<int64_t, 4>;

/// f32 counts up to here.
static constexpr int64_t maxRows = int64_t(1) << 24;

//===----------------------------------------------------------------------===//
// NonZero
//===----------------------------------------------------------------------===//

static Dims dimsOfNonZero(Operation *) { return {1}; }

static RowSource describeNonZero(Operation *op) {
  return {ShapedType::getNumElements(shapeOf(op->getOperand(0))), {1}};
}

/// Where element `place` of a row-major tensor lies along each dimension.
static Value coordinates(RowMaker &make, Value places,
                         ArrayRef<int64_t> shape) {
  SmallVector<Value> rows;
  int64_t most = shapeOf(places)[0];
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    Value row = places;
    int64_t step = ShapedType::getNumElements(shape.drop_front(dim + 1));
    if (step > 1)
      row = make.math("Div", {row, make.number(make.i32(), step)});
    if (dim > 0 && shape[dim] > 0)
      row = make.math("Mod", {row, make.number(make.i32(), shape[dim])});
    rows.push_back(make.reshape(row, {1, most}));
  }
  return make.concat(rows, 0);
}

static MadeRows makeNonZero(Operation *op, int64_t most) {
  RowMaker make(op);
  Value x = op->getOperand(0);
  PlacesOp found = make.places(x, most);
  Value all = shapeOf(x).empty()
                  ? make.filled(make.i64(), {0, most}, 0)
                  : make.cast(coordinates(make, found.getPlaces(), shapeOf(x)),
                              make.i64());
  return {all, found.getCount()};
}

const RowOperator nonZeroRows = {"NonZero", "", dimsOfNonZero, describeNonZero,
                                 makeNonZero};

//===----------------------------------------------------------------------===//
// Compress
//===----------------------------------------------------------------------===//

/// The dimension that is compressed; none where all are one.
static std::optional<int64_t> compressedDim(Operation *op) {
  auto axis = cast<CompressOp>(op).getAxis();
  auto type = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  if (!axis || !type)
    return std::nullopt;
  return *axis < 0 ? *axis + type.getRank() : *axis;
}

static Dims dimsOfCompress(Operation *op) {
  return {compressedDim(op).value_or(0)};
}

static int64_t compressedExtent(Operation *op) {
  auto dim = compressedDim(op);
  ArrayRef<int64_t> shape = shapeOf(op->getOperand(0));
  return std::min(dim ? shape[*dim] : ShapedType::getNumElements(shape),
                  ShapedType::getNumElements(shapeOf(op->getOperand(1))));
}

static RowSource describeCompress(Operation *op) {
  return {compressedExtent(op), dimsOfCompress(op), /*isPadded=*/false};
}

static MadeRows makeCompress(Operation *op, int64_t most) {
  RowMaker make(op);
  Value data = op->getOperand(0), flags = op->getOperand(1);
  auto dim = compressedDim(op);
  if (!dim)
    data = make.reshape(data, ShapedType::getNumElements(shapeOf(data)));
  flags = make.slice(flags, 0, compressedExtent(op));
  PlacesOp kept = make.places(flags, most);
  return {make.gather(data, kept.getPlaces(), dim.value_or(0)),
          kept.getCount()};
}

const RowOperator compressRows = {"Compress", "", dimsOfCompress,
                                  describeCompress, makeCompress};

//===----------------------------------------------------------------------===//
// All of them
//===----------------------------------------------------------------------===//

ArrayRef<const RowOperator *> rowOperators() {
  static const RowOperator *const all[] = {&compressRows, &suppressedRows,
                                           &nonZeroRows, &uniqueRows};
  return all;
}

static const RowOperator *findOperator(Operation *op) {
  for (const RowOperator *known : rowOperators())
    if (isa<OnnxDialect>(op->getDialect()) &&
        op->getName().stripDialect() == known->name)
      return known;
  return nullptr;
}

std::optional<RowSource> findRowSource(Operation *op) {
  const RowOperator *known = findOperator(op);
  bool isFixed = isa<CompressOp>(op) && getConstantValue(op->getOperand(1));
  if (!known || isFixed)
    return std::nullopt;
  bool isOpen = llvm::any_of(op->getOperands(), [](Value operand) {
    return !isAbsent(operand) && !isStatic(operand);
  });
  if (isOpen)
    return RowSource{0, known->dims(op), true, operandIsOpen.str()};
  RowSource source = known->describe(op);
  if (source.most >= maxRows && source.problem.empty())
    source.problem = "there may be " + std::to_string(source.most) +
                     " rows, which must be fewer than " +
                     std::to_string(maxRows);
  return source;
}

MadeRows makeRows(Operation *op, int64_t most) {
  return findOperator(op)->make(op, most);
}

Value maskRows(Operation *op, Value indices, int64_t dim, Value count) {
  RowMaker make(op);
  SmallVector<int64_t> shape(shapeOf(indices).size(), 1);
  shape[dim] = shapeOf(indices)[dim];
  Value isRow =
      make.math("Less", {make.iota(shape[dim]), make.cast(count, make.i32())},
                make.boolean());
  return make.math("Where", {make.reshape(isRow, shape), indices,
                             make.number(elementOf(indices), 0)});
}

} // namespace tilicho::ir::onnx
