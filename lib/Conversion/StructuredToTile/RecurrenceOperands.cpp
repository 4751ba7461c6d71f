// SPDX-License-Identifier: Apache-2.0
// The values that a recurrence and what is around it read, place by place.
#include "lib/Conversion/StructuredToTile/RecurrenceOperands.h"

#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/WalkImpl.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::DType;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

StepSpace::StepSpace(const RecurrenceGroup &group, const Machine &machine)
    : shape(llvm::to_vector(Lowering::shapeOf(
          tile::RecurrenceOp(group.recurrence).getStates()))) {
  llvm::ArrayRef<int64_t> axes;
  if (group.sum)
    axes = mlir::cast<tile::ReductionOp>(group.sum).getAxes();
  partDim = recurrencePartDim(shape, axes);
  for (bool summed : {false, true})
    for (unsigned dim = 0; dim < timeDim(); ++dim)
      if (partDim != dim && llvm::is_contained(axes, dim) == summed) {
        others.push_back(dim);
        isSummed.push_back(summed);
      }
  int64_t lanes = arrayLanes(machine);
  partExtent = partDim ? shape[*partDim] : 1;
  blockSize = evenPart(partExtent, lanes);
  steps = shape.back();
  chunk = std::min(steps, bankElements(machine));
}

void StepSpace::enter(StepPlace &place, int64_t block) const {
  place.block = block;
  place.firstPartition = block * blockSize;
  place.partitions = std::min(blockSize, partExtent - place.firstPartition);
}

llvm::SmallVector<StepPlace>
StepSpace::allIndices(const StepPlace &place) const {
  llvm::SmallVector<StepPlace> all = {place};
  for (auto [at, dim] : llvm::enumerate(others)) {
    llvm::SmallVector<StepPlace> more;
    for (const StepPlace &one : all)
      for (int64_t index = 0; index < shape[dim]; ++index) {
        more.push_back(one);
        more.back().indices[at] = index;
      }
    all = std::move(more);
  }
  return all;
}

bool StepSpace::isFirstTerm(const StepPlace &place) const {
  return llvm::all_of(llvm::zip(place.indices, isSummed), [](auto pair) {
    auto [index, summed] = pair;
    return !summed || index == 0;
  });
}

bool StepSpace::isLastTerm(const StepPlace &place) const {
  return llvm::all_of(llvm::zip(place.indices, isSummed, others),
                      [&](auto all) {
                        auto [index, summed, dim] = all;
                        return !summed || index + 1 == shape[dim];
                      });
}

/// Takes dimension `dim` of a view in HBM to the partitions.
static View onPartitions(const View &view, unsigned dim,
                         const StepPlace &place) {
  if (view.dims[dim].step != 0)
    return view.slice(dim, {place.firstPartition, place.partitions, 1})
        .toPartitions(dim);
  View same = view.pick(dim, 0);
  same.partitions = place.partitions;
  return same;
}

View StepSpace::part(const View &memory, const StepPlace &place,
                     bool hasTime) const {
  View view = alignTo(memory, shape);
  Range range = hasTime ? place.time : Range();
  view = view.slice(timeDim(), range);
  for (unsigned dim = timeDim(); dim-- > 0;) {
    if (dim == partDim) {
      view = onPartitions(view, dim, place);
      continue;
    }
    auto *at = llvm::find(others, dim);
    view = view.pick(dim, place.indices[at - others.begin()]);
  }
  return view;
}

View StepSpace::block(const View &memory, const StepPlace &place) const {
  View view = memory;
  llvm::SmallVector<int64_t> extents(shape.begin(), shape.end() - 1);
  view = alignTo(view, extents);
  llvm::SmallVector<unsigned> order(others.begin(), others.end());
  if (partDim)
    order.insert(order.begin(), *partDim);
  view = view.permute(order);
  return partDim ? onPartitions(view, 0, place) : view;
}

View turned(const View &part, Range steps) {
  View view = part.slice(0, steps);
  Dim along = view.dims[0];
  view.dims[0] = {part.partitions, part.partitionStep};
  view.partitions = along.count;
  view.partitionStep = along.step;
  return view;
}

bool needsTurning(const View &part, const Machine &machine) {
  return part.partitions > 1 && part.partitionStep == 1 &&
         part.dims[0].count > 1 && part.dims[0].step != 1 &&
         machine.arrayTransposePasses[part.dtype] != 0;
}

int64_t turnedSteps(const Machine &machine) { return arrayLanes(machine); }

//===----------------------------------------------------------------------===//
// Sources
//===----------------------------------------------------------------------===//

/// Which dimensions a value differs along.
RecurrenceOperands::Source
RecurrenceOperands::describe(mlir::Value value) const {
  Source source;
  source.value = value;
  llvm::SmallVector<int64_t> extents(space.shape.size(), 1);
  llvm::ArrayRef<int64_t> own = Lowering::shapeOf(value);
  llvm::copy(own, extents.end() - own.size());
  source.onPartitions = space.partDim && extents[*space.partDim] != 1;
  source.inTime = extents.back() != 1;
  for (unsigned dim : space.others)
    source.differs.push_back(extents[dim] != 1);
  return source;
}

bool RecurrenceOperands::hasFootprintOf(mlir::Value value,
                                        const Source &source) const {
  Source other = describe(value);
  return other.onPartitions == source.onPartitions &&
         other.inTime == source.inTime && other.differs == source.differs;
}

bool RecurrenceOperands::isInner(mlir::Value value) const {
  mlir::Operation *op = value.getDefiningOp();
  return op && (op == group.after || group.elements.contains(op));
}

ElementRef RecurrenceOperands::collect(mlir::Operation *op, Source &into) {
  auto element = mlir::cast<tile::ElementwiseOp>(op);
  bool isSelect = element.getOp() == "select";
  llvm::SmallVector<ElementRef, 3> refs;
  for (mlir::Value operand : element.getInputs()) {
    auto constant = uniformConstant(operand, isa::Compute::f32);
    if (isInner(operand) && hasFootprintOf(operand, into)) {
      refs.push_back(collect(operand.getDefiningOp(), into));
    } else if (constant) {
      refs.push_back(
          into.expression->constant(constant->value, constant->dtype));
    } else {
      ElementRef leaf = into.expression->leaf(WalkOperand::read(operand));
      if (leaf.index == into.leaves.size())
        into.leaves.push_back(add(operand));
      refs.push_back(leaf);
    }
  }
  isa::AluOp alu =
      isSelect ? isa::AluOp::copy
               : *isa::parse<isa::AluOp>(std::string_view(element.getOp()));
  ElementRef ref =
      into.expression->node(alu, refs, Lowering::dtypeOf(element.getResult()),
                            isa::Compute::f32, op->getLoc());
  into.expression->nodes.back().isSelect = isSelect;
  return ref;
}

unsigned RecurrenceOperands::add(mlir::Value value) {
  for (auto [number, source] : llvm::enumerate(sources))
    if (source.value == value)
      return number;
  Source source = describe(value);
  source.isStates = value == tile::RecurrenceOp(group.recurrence).getStates();
  if (isInner(value)) {
    source.expression.emplace();
    collect(value.getDefiningOp(), source);
  }
  sources.push_back(std::move(source));
  loaded.emplace_back();
  return sources.size() - 1;
}

bool RecurrenceOperands::isColumn(unsigned number) const {
  return !sources[number].inTime && !sources[number].isStates;
}

/// A row that is the same on all partitions. PSUM is read at the same time as
/// SBUF, so that it costs less there than a second operand in SBUF.
bool RecurrenceOperands::canComeByArray(const Source &source) const {
  const Machine &machine = lowering.machine;
  return source.inTime && !source.onPartitions && !source.expression &&
         !source.isStates && space.blockSize > 1 &&
         Lowering::dtypeOf(source.value) == DType::f32 &&
         machine.arrayPasses[DType::f32] != 0 && machine.vec.reachesPsum &&
         machine.act.reachesPsum;
}

void RecurrenceOperands::markLate(unsigned number) {
  sources[number].isLate = true;
  for (unsigned leaf : sources[number].leaves)
    markLate(leaf);
}

/// A row takes a bank at the place that is worked on and one at the next, and
/// one at the place before where it is read late.
void RecurrenceOperands::shareBanks(int64_t banks,
                                    std::optional<unsigned> late) {
  if (late)
    markLate(*late);
  for (Source &source : sources) {
    int64_t needed = source.isLate ? 3 : 2;
    source.byArray = needed <= banks && canComeByArray(source);
    banks -= source.byArray ? needed : 0;
  }
}

bool RecurrenceOperands::isInPsum(unsigned number) const {
  return sources[number].byArray;
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

namespace {
/// An expression's operands at a place.
class PlaceOperands : public TileOperands {
public:
  PlaceOperands(RecurrenceOperands &operands, llvm::ArrayRef<unsigned> leaves,
                const StepPlace &place, int64_t count, Lowering &lowering)
      : operands(operands), leaves(leaves), place(place), count(count),
        lowering(lowering) {}

  View load(unsigned leaf, std::optional<DType> asType) override {
    View view = operands.load(leaves[leaf], place, asType);
    if (operands.isColumn(leaves[leaf]))
      view.dims.assign(1, Dim{count, 0});
    return view;
  }
  bool isColumn(unsigned leaf) const override {
    return operands.isColumn(leaves[leaf]);
  }
  bool isInPsum(unsigned leaf) const override {
    return operands.isInPsum(leaves[leaf]);
  }
  View allocate(DType dtype) override {
    return lowering.tile.sbuf(dtype, place.partitions, {count});
  }
  int64_t partitions() const override { return place.partitions; }
  llvm::SmallVector<int64_t> extents() const override { return {count}; }

private:
  RecurrenceOperands &operands;
  llvm::ArrayRef<unsigned> leaves;
  const StepPlace &place;
  int64_t count;
  Lowering &lowering;
};
} // namespace

/// One row of memory on every partition of a bank: exact, as a column of ones
/// is multiplied by one element at a time.
View RecurrenceOperands::spread(const View &row, const StepPlace &place) {
  View line = row;
  line.partitions = 1;
  View moving = loadTile(lowering, line);
  if (!ones.buffer) {
    ones = lowering.tile.sbuf(DType::f32, 1, {space.blockSize});
    lowering.tile.memset(Engine::Vec, ones, 1.0f);
  }
  View bank =
      lowering.tile.psum(DType::f32, space.blockSize, {place.time.count});
  lowering.tile.loadStationary(ones, 0);
  lowering.tile.matmul(bank, moving, /*accumulate=*/false);
  return bank;
}

/// Memory of a source with its dimensions, through transpositions.
View RecurrenceOperands::memoryOf(const Source &source) {
  mlir::Operation *op = source.value.getDefiningOp();
  if (!op || !group.turns.contains(op))
    return lowering.hbm(source.value);
  auto turn = mlir::cast<tile::RestrideOp>(op);
  View from = lowering.hbm(turn.getInput()), view = from;
  view.dims.clear();
  for (auto [extent, dim] :
       llvm::zip(turn.getType().getShape(), turn.getDims()))
    view.dims.push_back({extent, extent == 1 ? 1 : from.dims[dim].step});
  return view;
}

View RecurrenceOperands::loadTurned(const View &part) {
  int64_t count = part.dims[0].count, most = turnedSteps(lowering.machine);
  View bank = lowering.tile.psum(part.dtype, part.partitions, {count});
  for (int64_t first = 0; first < count; first += most) {
    Range steps{first, std::min(most, count - first), 1};
    View tile = loadTile(lowering, turned(part, steps));
    lowering.tile.transpose(bank.slice(0, steps), tile);
  }
  View result = lowering.tile.sbuf(part.dtype, part.partitions, {count});
  lowering.tile.move(Engine::Act, result, bank);
  return result;
}

View RecurrenceOperands::fetch(const Source &source, const StepPlace &place,
                               std::optional<DType> asType) {
  if (source.expression) {
    int64_t count = source.inTime ? place.time.count : 1;
    View tile = lowering.tile.sbuf(Lowering::dtypeOf(source.value),
                                   place.partitions, {count});
    PlaceOperands leaves(*this, source.leaves, place, count, lowering);
    ElementwiseTile(lowering, leaves, *source.expression).evaluate(tile);
    return tile;
  }
  View memory = memoryOf(source);
  if (source.byArray)
    return spread(space.part(memory, place, true), place);
  if (source.inTime) {
    View part = space.part(memory, place, true);
    bool turns = needsTurning(part, lowering.machine) && !asType &&
                 lowering.machine.act.dtypes.has(part.dtype);
    return turns ? loadTurned(part) : loadTile(lowering, part, asType);
  }
  // All columns of the block at one time.
  if (!memory.dims.empty())
    memory.dims.pop_back();
  return loadTile(lowering, space.block(memory, place), asType);
}

View RecurrenceOperands::load(unsigned number, const StepPlace &place,
                              std::optional<DType> asType) {
  const Source &source = sources[number];
  if (source.isStates)
    return states;
  bool isWhole = !source.inTime && !source.expression;
  llvm::SmallVector<int64_t> key = {asType ? int64_t(*asType) : -1,
                                    source.byArray ? -1 : place.block,
                                    source.inTime ? place.time.start : 0};
  for (auto [index, differs] : llvm::zip(place.indices, source.differs))
    key.push_back(differs && !isWhole ? index : 0);
  llvm::SmallVector<Loaded, 4> &kept = loaded[number];
  auto *known =
      llvm::find_if(kept, [&](const Loaded &one) { return one.key == key; });
  View view;
  if (known != kept.end()) {
    view = known->view;
  } else {
    view = fetch(source, place, asType);
    kept.insert(kept.begin(), {key, view});
    // Those of the places that are worked on at one time.
    kept.truncate(std::min<size_t>(kept.size(), source.byArray ? 3 : 4));
  }
  if (source.byArray)
    return view.slicePartitions(0, place.partitions);
  if (isWhole)
    for (auto [index, differs] : llvm::zip(place.indices, source.differs))
      view = view.pick(0, differs ? index : 0);
  if (isWhole)
    view.dims.assign(1, Dim{1, 1});
  return view;
}

void RecurrenceOperands::prefetchTurned(const StepPlace &place) {
  for (auto [number, source] : llvm::enumerate(sources))
    if (source.inTime && !source.expression && !source.isStates &&
        source.onPartitions &&
        group.turns.contains(source.value.getDefiningOp()))
      load(number, place);
}

void RecurrenceOperands::prefetch(const StepPlace &place) {
  for (auto [number, source] : llvm::enumerate(sources))
    if (source.byArray)
      load(number, place);
}

} // namespace tilicho::compiler
