// SPDX-License-Identifier: Apache-2.0
// Follows a result back to the argument that it updates.
#include "lib/Conversion/StructuredToTile/UpdateInPlace.h"
#include "lib/Conversion/StructuredToTile/GrowCaches.h"

#include "dialects/Tile/IR/TensorShapes.h"
#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Operations of a chain
//===----------------------------------------------------------------------===//

/// Whether a restride only changes the order of dimensions.
static bool isPermutation(tile::RestrideOp op) {
  ArrayRef<int64_t> source = shapeOf(op.getOperand());
  ArrayRef<int64_t> target = shapeOf(op.getResult());
  if (source.size() != target.size())
    return false;
  llvm::SmallDenseSet<int64_t> seen;
  for (auto [count, dim, step] :
       llvm::zip_equal(target, op.getDims(), op.getSteps()))
    if (dim < 0 || step != 1 || source[dim] != count ||
        !seen.insert(dim).second)
      return false;
  return llvm::all_of(op.getStarts(), [](int64_t start) { return start == 0; });
}

/// Where piece `index` of an assemble starts, when it lies without steps.
static std::optional<ArrayRef<int64_t>> placeOf(tile::AssembleOp op,
                                                unsigned index) {
  size_t rank = shapeOf(op.getResult()).size();
  ArrayRef<int64_t> steps = op.getSteps().slice(index * rank, rank);
  if (llvm::any_of(steps, [](int64_t step) { return step != 1; }))
    return std::nullopt;
  return op.getOffsets().slice(index * rank, rank);
}

/// What a piece is a part of, when it goes back to its own place in a tensor of
/// the result's shape; null otherwise.
static Value keptPartOf(tile::AssembleOp op, unsigned index) {
  auto part = op.getPieces()[index].getDefiningOp<tile::RestrideOp>();
  auto place = placeOf(op, index);
  if (!part || !place || !part->hasOneUse() ||
      shapeOf(part.getOperand()) != shapeOf(op.getResult()))
    return {};
  for (unsigned dim = 0; dim < place->size(); ++dim)
    if (part.getDims()[dim] != dim || part.getSteps()[dim] != 1 ||
        part.getStarts()[dim] != (*place)[dim])
      return {};
  return part.getOperand();
}

/// The tensor that parts of an assemble stay from.
static Value keptTensor(tile::AssembleOp op) {
  for (unsigned index = 0; index < op.getPieces().size(); ++index)
    if (Value kept = keptPartOf(op, index))
      return kept;
  return {};
}

/// What an operation makes its result from by changing nothing or a part of it;
/// null for all others.
static Value updatedOperand(Operation *op) {
  if (auto reshape = dyn_cast_or_null<tile::ReshapeOp>(op))
    return reshape->getOperand(0);
  if (auto restride = dyn_cast_or_null<tile::RestrideOp>(op))
    return isPermutation(restride) ? restride.getOperand() : Value();
  if (auto put = dyn_cast_or_null<tile::PutOp>(op))
    return put.getData();
  if (auto put = dyn_cast_or_null<tile::PutElementsOp>(op))
    return put.getData();
  if (auto assemble = dyn_cast_or_null<tile::AssembleOp>(op))
    return keptTensor(assemble);
  return {};
}

static bool isView(Operation *op) {
  return llvm::isa<tile::ReshapeOp, tile::RestrideOp>(op);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

static SmallVector<Dim, 6> denseDims(ArrayRef<int64_t> shape) {
  SmallVector<Dim, 6> dims;
  int64_t step = 1;
  for (int64_t extent : llvm::reverse(shape)) {
    dims.push_back({extent, step});
    step *= extent;
  }
  std::reverse(dims.begin(), dims.end());
  return dims;
}

/// Leaves out extents of 1 and joins what lies densely.
static SmallVector<Dim, 6> joined(ArrayRef<Dim> dims) {
  SmallVector<Dim, 6> result;
  for (const Dim &dim : dims) {
    if (dim.count == 1)
      continue;
    if (!result.empty() && result.back().step == dim.step * dim.count)
      result.back() = {result.back().count * dim.count, dim.step};
    else
      result.push_back(dim);
  }
  return result;
}

/// The same elements in another shape; nothing where that is no box of them.
static std::optional<SmallVector<Dim, 6>> reshaped(ArrayRef<Dim> dims,
                                                   ArrayRef<int64_t> shape) {
  if (llvm::is_contained(shape, 0))
    return denseDims(shape);
  SmallVector<Dim, 6> left = joined(dims), result;
  // From the innermost out, each extent takes its part of the run it lies in.
  for (int64_t extent : llvm::reverse(shape)) {
    if (extent == 1) {
      result.push_back({1, 1});
      continue;
    }
    if (left.empty() || left.back().count % extent != 0)
      return std::nullopt;
    Dim &run = left.back();
    result.push_back({extent, run.step});
    run = {run.count / extent, run.step * extent};
    if (run.count == 1)
      left.pop_back();
  }
  std::reverse(result.begin(), result.end());
  return result;
}

/// How the result of `op` lies, when its updated operand lies like `dims`.
static std::optional<SmallVector<Dim, 6>> dimsAfter(Operation *op,
                                                    ArrayRef<Dim> dims) {
  if (llvm::isa<tile::ReshapeOp>(op))
    return reshaped(dims, shapeOf(op->getResult(0)));
  if (auto restride = dyn_cast<tile::RestrideOp>(op)) {
    SmallVector<Dim, 6> permuted;
    for (int64_t dim : restride.getDims())
      permuted.push_back(dims[dim]);
    return permuted;
  }
  return SmallVector<Dim, 6>(dims);
}

static bool liesDensely(const ChainValue &link) {
  SmallVector<Dim, 6> runs = joined(link.dims);
  return runs.empty() || (runs.size() == 1 && runs[0].step == 1);
}

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// Whether the link at `at` is read by the next one alone.
static bool isReadByNextAlone(ArrayRef<ChainValue> values, size_t at) {
  Operation *next = values[at + 1].value.getDefiningOp();
  Value value = values[at].value;
  if (auto assemble = dyn_cast<tile::AssembleOp>(next)) {
    // Through the parts that stay.
    llvm::SmallPtrSet<Operation *, 4> parts;
    for (unsigned index = 0; index < assemble.getPieces().size(); ++index)
      if (keptPartOf(assemble, index) == value)
        parts.insert(assemble.getPieces()[index].getDefiningOp());
    return llvm::all_of(value.getUsers(),
                        [&](Operation *user) { return parts.contains(user); });
  }
  return value.hasOneUse();
}

/// Why the links cannot share one memory; empty when they can.
static std::string whyNotShared(const UpdateChain &chain) {
  ArrayRef<ChainValue> values = chain.values;
  size_t lastUpdate = 0;
  for (size_t at = 1; at < values.size(); ++at)
    if (!values[at].isView)
      lastUpdate = at;
  for (size_t at = 0; at + 1 < values.size(); ++at)
    if ((at < lastUpdate || !liesDensely(values[at])) &&
        !isReadByNextAlone(values, at))
      return "what is updated is also read elsewhere";
  return liesDensely(values.back()) ? ""
                                    : "the result's dimensions are in another "
                                      "order";
}

/// The chain that leads to a result; nothing, and why, where there is none.
static std::optional<UpdateChain> followBack(Value result, unsigned index,
                                             std::string &why) {
  UpdateChain chain;
  chain.result = index;
  why = "it is not the input with a part replaced";
  SmallVector<Value> backwards = {result};
  while (Operation *op = backwards.back().getDefiningOp()) {
    Value updated = updatedOperand(op);
    if (!updated)
      return std::nullopt;
    backwards.push_back(updated);
  }
  chain.argument = cast<BlockArgument>(backwards.back());
  if (backwards.size() == 1 || chain.argument.getType() != result.getType())
    return std::nullopt;
  for (Value value : llvm::reverse(backwards)) {
    Operation *op = value.getDefiningOp();
    auto dims = op ? dimsAfter(op, chain.values.back().dims)
                   : denseDims(shapeOf(value));
    if (!dims) {
      why = "a reshape mixes dimensions that are in another order in memory";
      return std::nullopt;
    }
    chain.values.push_back({value, *dims, op && isView(op)});
  }
  why = whyNotShared(chain);
  return why.empty() ? std::optional(std::move(chain)) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// What is asked for
//===----------------------------------------------------------------------===//

static StringRef textOf(Attribute attr) {
  auto text = dyn_cast_or_null<StringAttr>(attr);
  return text ? text.getValue() : StringRef();
}

static bool isReturnedOnce(func::FuncOp function, Value result) {
  return llvm::count(function.front().getTerminator()->getOperands(), result) ==
         1;
}

namespace {
/// Collects chains, each argument and result once.
class Finder {
public:
  Finder(func::FuncOp function, const StructuredToTileOptions &options)
      : function(function), options(options) {
    int depth = 0;
    for (Operation &op : function.front()) {
      StringRef name = op.getName().getStringRef();
      depth += name == "tile.loop_begin";
      if (depth > 0)
        inLoops.insert(&op);
      depth -= name == "tile.loop_end";
    }
  }

  FailureOr<SmallVector<UpdateChain>> run() {
    for (const auto &[input, output] : options.updates)
      if (failed(addNamed(input, output)))
        return failure();
    if (options.updatesAll)
      for (unsigned index = 0; index < function.getNumResults(); ++index)
        addFound(index);
    return std::move(chains);
  }

private:
  std::optional<UpdateChain> find(unsigned index, std::string &why) {
    Value result = function.front().getTerminator()->getOperand(index);
    if (!isReturnedOnce(function, result)) {
      why = "it is returned twice";
      return std::nullopt;
    }
    auto chain = followBack(result, index, why);
    if (chain && llvm::any_of(chain->values, [&](const ChainValue &link) {
          return inLoops.contains(link.value.getDefiningOp());
        })) {
      // Every iteration begins with what the input was.
      why = "it is updated in a loop";
      return std::nullopt;
    }
    if (chain && !taken.insert(chain->argument).second) {
      why = "the input is updated by another output";
      return std::nullopt;
    }
    return chain;
  }

  void addFound(unsigned index) {
    bool isNamed = llvm::any_of(chains, [&](const UpdateChain &chain) {
      return chain.result == index;
    });
    std::string ignored;
    if (auto chain = isNamed ? std::nullopt : find(index, ignored))
      chains.push_back(std::move(*chain));
  }

  LogicalResult addNamed(StringRef input, StringRef output) {
    for (unsigned index = 0; index < function.getNumResults(); ++index) {
      if (textOf(function.getResultAttr(index, "onnx.name")) != output)
        continue;
      std::string why;
      auto chain = find(index, why);
      if (chain && textOf(function.getArgAttr(chain->argument.getArgNumber(),
                                              "onnx.name")) != input)
        why = "it updates another input";
      if (!why.empty())
        return function.emitError()
               << "output '" << output << "' cannot be updated in place of "
               << "input '" << input << "': " << why;
      chains.push_back(std::move(*chain));
      return success();
    }
    return function.emitError()
           << "--state=" << input << "=" << output
           << ": the model has no output '" << output << "'";
  }

  func::FuncOp function;
  const StructuredToTileOptions &options;
  SmallVector<UpdateChain> chains;
  llvm::SmallDenseSet<Value> taken;
  llvm::DenseSet<Operation *> inLoops;
};
} // namespace

FailureOr<SmallVector<UpdateChain>>
findUpdates(func::FuncOp function, const StructuredToTileOptions &options) {
  if (failed(growCaches(function, options)))
    return failure();
  return Finder(function, options).run();
}

} // namespace tilicho::compiler
