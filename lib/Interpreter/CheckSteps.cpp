// SPDX-License-Identifier: Apache-2.0
// One check for each kind of step.
#include "lib/Interpreter/CheckSteps.h"

#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Isa/Isa.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace tilicho::ir::tile;
namespace isa = tilicho::isa;

namespace tilicho::compiler {

using Why = std::optional<std::string>;

static Why lacks(StringRef what) { return ("has no " + what).str(); }

static bool hasType(DictionaryAttr step) {
  auto type = step.getAs<TypeAttr>("type");
  return type && toDType(type.getValue());
}

/// The elements of a shape, or -1 where it is none or has more than can be
/// counted.
static int64_t countOf(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count) ||
        count > int64_t(1) << 56)
      return -1;
  return count;
}

static Why checkReshape(DictionaryAttr step, const HostTensor &value) {
  auto shape = step.getAs<DenseI64ArrayAttr>("shape");
  if (!shape)
    return lacks("shape");
  if (countOf(shape) != value.numElements())
    return "has a shape of other elements than the value's " +
           std::to_string(value.numElements());
  return std::nullopt;
}

static Why checkRestride(DictionaryAttr step, const HostTensor &value) {
  auto starts = step.getAs<DenseI64ArrayAttr>("starts");
  auto dims = step.getAs<DenseI64ArrayAttr>("dims");
  auto steps = step.getAs<DenseI64ArrayAttr>("steps");
  auto shape = step.getAs<DenseI64ArrayAttr>("shape");
  if (!starts || !dims || !steps || !shape)
    return lacks("starts, dims, steps or shape");
  const int64_t count = countOf(shape);
  if (starts.size() != value.rank() || dims.size() != shape.size() ||
      steps.size() != shape.size() || count < 0)
    return "has entries for other dimensions than there are";
  SmallVector<__int128> low(starts.asArrayRef().begin(),
                            starts.asArrayRef().end());
  SmallVector<__int128> high = low;
  for (auto [dim, by, extent] :
       llvm::zip(dims.asArrayRef(), steps.asArrayRef(), shape.asArrayRef())) {
    if (dim < -1 || dim >= value.rank())
      return "names dimension " + std::to_string(dim);
    if (dim >= 0)
      (by < 0 ? low : high)[dim] += __int128(by) * (extent - 1);
  }
  for (auto [dim, extent] : llvm::enumerate(value.shape()))
    if (count > 0 && (low[dim] < 0 || high[dim] >= extent))
      return "leaves dimension " + std::to_string(dim);
  return std::nullopt;
}

static Why checkScale(DictionaryAttr step, const HostTensor &value) {
  auto factors = step.getAs<DenseF64ArrayAttr>("factors");
  if (!factors || factors.empty())
    return lacks("factors");
  if (value.dtype() != isa::DType::f32 ||
      value.numElements() % factors.size() != 0)
    return "has " + std::to_string(factors.size()) +
           " factors, which are none of rows of f32";
  return std::nullopt;
}

static Why checkAppend(DictionaryAttr step, const HostTensor &value) {
  auto operand = step.getAs<ElementsAttr>("operand");
  auto dim = step.getAs<IntegerAttr>("dim");
  if (!operand || !dim)
    return lacks("operand or dim");
  if (dim.getInt() < 0 || dim.getInt() >= value.rank())
    return "names dimension " + std::to_string(dim.getInt());
  return std::nullopt;
}

static Why checkElementwise(DictionaryAttr step, const HostTensor &value) {
  auto word = [&](StringRef name) {
    auto text = step.getAs<StringAttr>(name);
    return text ? std::string_view(text.getValue()) : std::string_view();
  };
  auto op = isa::parse<isa::AluOp>(word("op"));
  if (!op || !isa::parse<isa::Compute>(word("compute")) || !hasType(step))
    return lacks("known op, compute or type");
  auto operand = step.getAs<ElementsAttr>("operand");
  if (isa::arity(*op) != (operand ? 2u : 1u) ||
      (step.get("reversed") && !operand))
    return "has other operands than '" + std::string(word("op")) + "' takes";
  if (!operand)
    return std::nullopt;
  std::optional<Shape> wider =
      broadcastShapes(value.shape(), operand.getShapedType().getShape());
  if (!wider || ArrayRef<int64_t>(*wider) != ArrayRef<int64_t>(value.shape()))
    return "has an operand of a shape that does not fit";
  return std::nullopt;
}

Why whyNotApplicable(DictionaryAttr step, const HostTensor &value) {
  auto kind = step.getAs<StringAttr>("kind");
  if (!kind)
    return lacks("kind");
  if (kind == "cast")
    return hasType(step) ? std::nullopt : lacks("known type");
  if (kind == "reshape")
    return checkReshape(step, value);
  if (kind == "restride")
    return checkRestride(step, value);
  if (kind == "scale")
    return checkScale(step, value);
  if (kind == "append")
    return checkAppend(step, value);
  if (kind == "elementwise")
    return checkElementwise(step, value);
  return "has the unknown kind '" + kind.getValue().str() + "'";
}

} // namespace tilicho::compiler
