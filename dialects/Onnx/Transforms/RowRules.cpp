// SPDX-License-Identifier: Apache-2.0
// Operators that make each row of their results of one row of an operand.
#include "dialects/Onnx/Transforms/RowRules.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace tilicho::ir::onnx {

using Dim = std::optional<int64_t>;

static ArrayRef<int64_t> shapeOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? type.getShape() : ArrayRef<int64_t>();
}

static int64_t rankOf(Value value) {
  return static_cast<int64_t>(shapeOf(value).size());
}

static std::optional<SmallVector<int64_t>> integersOf(Value value) {
  auto dense = dyn_cast_or_null<DenseIntElementsAttr>(getConstantValue(value));
  if (!dense)
    return std::nullopt;
  SmallVector<int64_t> all;
  for (const APInt &element : dense.getValues<APInt>())
    all.push_back(element.getSExtValue());
  return all;
}

/// Without negative ones.
static std::optional<SmallVector<int64_t>> axesOf(Value value, int64_t rank) {
  auto axes = isAbsent(value) ? std::nullopt : integersOf(value);
  if (axes)
    for (int64_t &axis : *axes)
      axis += axis < 0 ? rank : 0;
  return axes;
}

static int64_t fromFront(int64_t axis, int64_t rank) {
  return axis < 0 ? axis + rank : axis;
}

/// Of nothing where a dimension is open.
static Dim product(ArrayRef<int64_t> sizes) {
  int64_t elements = 1;
  for (int64_t size : sizes) {
    if (size < 0)
      return std::nullopt;
    elements *= size;
  }
  return elements;
}

namespace {
/// Follows the rows through one operation.
class Follower {
public:
  Follower(Operation *op, const RunRowsByValue &rows) : op(op), rows(rows) {}

  std::optional<RunRows> run() {
    for (Value operand : op->getOperands()) {
      auto found = rows.find(operand);
      if (found == rows.end())
        continue;
      if (result.source && result.source != found->second.source)
        return std::nullopt;
      if (found->second.dim >= rankOf(operand))
        return std::nullopt;
      result.source = found->second.source;
      result.isMoved &= found->second.isMoved;
    }
    auto rule = rules().find(op->getName().stripDialect());
    if (rule == rules().end())
      return std::nullopt;
    Dim dim = (this->*rule->second)();
    if (!dim)
      return std::nullopt;
    result.dim = *dim;
    return result;
  }

private:
  using Rule = Dim (Follower::*)();
  static const llvm::StringMap<Rule> &rules();

  Dim rowsOf(Value value) const {
    auto found = rows.find(value);
    return found == rows.end() ? std::nullopt : Dim(found->second.dim);
  }
  /// Where only the first operand has rows.
  Dim firstRows() const {
    for (Value other : op->getOperands().drop_front())
      if (rowsOf(other))
        return std::nullopt;
    return rowsOf(op->getOperand(0));
  }
  int64_t axis(StringRef name, int64_t fallback, int64_t rank) const {
    auto value = op->getAttrOfType<IntegerAttr>(name);
    return fromFront(value ? value.getInt() : fallback, rank);
  }

  Dim elementwise();
  Dim arithmetic();
  Dim transpose();
  Dim reshape();
  Dim squeeze();
  Dim unsqueeze();
  Dim gather();
  Dim gatherNd();
  Dim concat();
  Dim slice();
  Dim alongOthers();
  Dim reduce();
  Dim product();

  Operation *op;
  const RunRowsByValue &rows;
  RunRows result;
};
} // namespace

/// Operands without rows are the same for all of them.
Dim Follower::elementwise() {
  int64_t rank = 0;
  for (Value operand : op->getOperands())
    rank = std::max(rank, rankOf(operand));
  Dim dim;
  for (Value operand : op->getOperands())
    if (Dim own = rowsOf(operand)) {
      int64_t place = *own + rank - rankOf(operand);
      if (dim.value_or(place) != place)
        return std::nullopt;
      dim = place;
    }
  for (Value operand : op->getOperands()) {
    if (rowsOf(operand) || isAbsent(operand))
      continue;
    if (!isa<RankedTensorType>(operand.getType()))
      return std::nullopt;
    int64_t place = *dim - (rank - rankOf(operand));
    if (place >= 0 && shapeOf(operand)[place] != 1)
      return std::nullopt;
  }
  return dim;
}

Dim Follower::arithmetic() {
  result.isMoved = false;
  return elementwise();
}

Dim Follower::transpose() {
  Dim dim = firstRows();
  auto order = op->getAttrOfType<DenseI64ArrayAttr>("perm");
  if (!order)
    return rankOf(op->getOperand(0)) - 1 - *dim;
  return llvm::find(order.asArrayRef(), *dim) - order.asArrayRef().begin();
}

/// Where as many elements stand before the rows as before, and as many behind.
Dim Follower::reshape() {
  Dim dim = firstRows();
  auto shape = dim ? integersOf(op->getOperand(1)) : std::nullopt;
  if (!shape)
    return std::nullopt;
  ArrayRef<int64_t> given = shapeOf(op->getOperand(0));
  Dim before = onnx::product(given.take_front(*dim));
  Dim behind = onnx::product(given.drop_front(*dim + 1));
  bool copies = axis("allowzero", 0, 0) == 0;
  Dim open;
  for (auto [place, size] : llvm::enumerate(*shape)) {
    bool isRows = size == -1;
    if (size == 0 && copies && place < given.size()) {
      isRows = static_cast<int64_t>(place) == *dim;
      size = given[place];
    }
    if (isRows && open)
      return std::nullopt;
    if (isRows)
      open = place;
  }
  if (!open || !before || !behind ||
      onnx::product(ArrayRef(*shape).take_front(*open)) != before ||
      onnx::product(ArrayRef(*shape).drop_front(*open + 1)) != behind)
    return std::nullopt;
  return open;
}

Dim Follower::squeeze() {
  Dim dim = firstRows();
  auto axes = axesOf(op->getOperand(1), rankOf(op->getOperand(0)));
  if (!dim || !axes || llvm::is_contained(*axes, *dim))
    return std::nullopt;
  return *dim -
         llvm::count_if(*axes, [&](int64_t axis) { return axis < *dim; });
}

Dim Follower::unsqueeze() {
  Dim dim = firstRows();
  auto added = dim ? integersOf(op->getOperand(1)) : std::nullopt;
  if (!added)
    return std::nullopt;
  int64_t rank = rankOf(op->getOperand(0)) + added->size(), place = -1;
  for (int64_t &axis : *added)
    axis = fromFront(axis, rank);
  for (int64_t seen = 0; seen <= *dim;)
    if (!llvm::is_contained(*added, ++place))
      ++seen;
  return place;
}

Dim Follower::gather() {
  Value data = op->getOperand(0), indices = op->getOperand(1);
  int64_t at = axis("axis", 0, rankOf(data));
  Dim ofData = rowsOf(data), ofIndices = rowsOf(indices);
  if (ofData.has_value() == ofIndices.has_value() || ofData == at)
    return std::nullopt;
  if (ofData)
    return *ofData < at ? *ofData : *ofData - 1 + rankOf(indices);
  result.isMoved = false;
  return at + *ofIndices;
}

Dim Follower::gatherNd() {
  Dim dim = rowsOf(op->getOperand(1));
  bool isTuple = dim && *dim == rankOf(op->getOperand(1)) - 1;
  if (!dim || isTuple || rowsOf(op->getOperand(0)) ||
      axis("batch_dims", 0, 0) != 0)
    return std::nullopt;
  result.isMoved = false;
  return dim;
}

Dim Follower::concat() {
  Dim dim = rowsOf(op->getOperand(0));
  for (Value operand : op->getOperands())
    if (rowsOf(operand) != dim)
      return std::nullopt;
  return dim != axis("axis", 0, rankOf(op->getOperand(0))) ? dim : std::nullopt;
}

Dim Follower::slice() {
  Dim dim = firstRows();
  Value given = op->getOperand(3);
  auto axes = axesOf(given, rankOf(op->getOperand(0)));
  bool cuts = axes ? dim && llvm::is_contained(*axes, *dim)
                   : !isAbsent(given) || !dim ||
                         rankOf(op->getOperand(1)) != 1 ||
                         shapeOf(op->getOperand(1))[0] < 0 ||
                         *dim < shapeOf(op->getOperand(1))[0];
  return cuts ? std::nullopt : dim;
}

/// Split and the softmaxes.
Dim Follower::alongOthers() {
  Dim dim = firstRows();
  result.isMoved &= isa<SplitOp>(op);
  int64_t fallback = isa<SplitOp>(op) ? 0 : -1;
  return dim != axis("axis", fallback, rankOf(op->getOperand(0)))
             ? dim
             : std::nullopt;
}

Dim Follower::reduce() {
  Dim dim = firstRows();
  auto axes = axesOf(op->getOperand(1), rankOf(op->getOperand(0)));
  if (!dim || !axes || axes->empty() || llvm::is_contained(*axes, *dim))
    return std::nullopt;
  result.isMoved = false;
  if (axis("keepdims", 1, 0) != 0)
    return dim;
  return *dim -
         llvm::count_if(*axes, [&](int64_t axis) { return axis < *dim; });
}

/// Rows times one matrix.
Dim Follower::product() {
  Dim dim = firstRows();
  bool isMatrix = rankOf(op->getOperand(1)) == 2;
  result.isMoved = false;
  return isMatrix && dim != rankOf(op->getOperand(0)) - 1 ? dim : std::nullopt;
}

const llvm::StringMap<Follower::Rule> &Follower::rules() {
  static const llvm::StringMap<Rule> table = [] {
    llvm::StringMap<Rule> all = {{"Identity", &Follower::elementwise},
                                 {"Cast", &Follower::elementwise},
                                 {"Transpose", &Follower::transpose},
                                 {"Reshape", &Follower::reshape},
                                 {"Squeeze", &Follower::squeeze},
                                 {"Unsqueeze", &Follower::unsqueeze},
                                 {"Gather", &Follower::gather},
                                 {"GatherND", &Follower::gatherNd},
                                 {"Concat", &Follower::concat},
                                 {"Slice", &Follower::slice},
                                 {"Split", &Follower::alongOthers},
                                 {"Softmax", &Follower::alongOthers},
                                 {"LogSoftmax", &Follower::alongOthers},
                                 {"MatMul", &Follower::product}};
    for (StringRef name :
         {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd",
          "ReduceL1", "ReduceL2", "ReduceSumSquare"})
      all[name] = &Follower::reduce;
    for (StringRef name : {"Abs",         "Acos",
                           "Add",         "And",
                           "Asin",        "Atan",
                           "BitwiseAnd",  "BitwiseNot",
                           "BitwiseOr",   "BitwiseXor",
                           "Ceil",        "Clip",
                           "Cos",         "Div",
                           "Elu",         "Equal",
                           "Erf",         "Exp",
                           "Floor",       "Gelu",
                           "Greater",     "GreaterOrEqual",
                           "HardSigmoid", "HardSwish",
                           "IsInf",       "IsNaN",
                           "LeakyRelu",   "Less",
                           "LessOrEqual", "Log",
                           "Max",         "Min",
                           "Mod",         "Mul",
                           "Neg",         "Not",
                           "Or",          "PRelu",
                           "Pow",         "Reciprocal",
                           "Relu",        "Round",
                           "Sigmoid",     "Sign",
                           "Sin",         "Softplus",
                           "Sqrt",        "Sub",
                           "Sum",         "Tan",
                           "Tanh",        "Where",
                           "Xor"})
      all[name] = &Follower::arithmetic;
    return all;
  }();
  return table;
}

std::optional<RunRows> followRows(Operation *op, const RunRowsByValue &rows) {
  return Follower(op, rows).run();
}

} // namespace tilicho::ir::onnx
