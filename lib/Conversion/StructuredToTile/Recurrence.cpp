// SPDX-License-Identifier: Apache-2.0
// Emits `tile.recurrence` with what is computed for it and from it.
//
// One dimension of the states lies on the partitions, time lies along them in
// chunks of a bank of PSUM, and the other dimensions are gone through one index
// at a time. What is the same on all partitions comes by way of the array; sums
// of what is made of the states are collected there.
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/EmitterList.h"
#include "lib/Conversion/StructuredToTile/RecurrenceOperands.h"

#include "llvm/ADT/STLExtras.h"

using namespace tilicho::ir;

namespace tilicho::compiler {

using isa::DType;

namespace {

class RecurrenceEmitter {
public:
  RecurrenceEmitter(const RecurrenceGroup &group, Lowering &lowering)
      : group(group), lowering(lowering), machine(lowering.machine),
        space(group, lowering.machine), operands(space, group, lowering) {}

  void emit() {
    decay = operands.add(op().getDecay());
    fresh = operands.add(op().getFresh());
    if (group.after)
      after = operands.add(group.after->getResult(0));
    int64_t blocks = llvm::divideCeil(space.partExtent, space.blockSize);
    // Accumulators of all blocks in turn, twice, in half of the banks.
    int64_t together =
        group.sum ? std::max<int64_t>(1, machine.psumBanks / 4) : 2;
    int64_t accumulators = group.sum ? std::min(together, blocks) : 0;
    // One bank is for what the array turns.
    operands.shareBanks(machine.psumBanks - accumulators - 1,
                        group.after ? std::optional(after) : std::nullopt);
    for (int64_t first = 0; first < blocks; first += together)
      emitBlocks(first, std::min(together, blocks - first));
  }

private:
  /// A step whose states are still to be kept and used.
  struct Pending {
    StepPlace place;
    View state, states;
  };

  tile::RecurrenceOp op() const { return tile::RecurrenceOp(group.recurrence); }

  void emitBlocks(int64_t first, int64_t count);
  void emitStep(const StepPlace &place, const View &state);
  void keepState();
  void finishStep();
  Engine stepper(llvm::ArrayRef<View> views) const;
  View along(unsigned number, const StepPlace &place);
  void keepStates(const StepPlace &place, const View &states);
  void addUp(const StepPlace &place, const View &terms);
  void finishSum(const StepPlace &place);
  void storeTurned(const StepPlace &place);
  void storeLast(const StepPlace &place, const View &state);
  View loadInitial(const StepPlace &place);
  View resultPart(mlir::Value result, const StepPlace &place, bool hasTime);

  const RecurrenceGroup &group;
  Lowering &lowering;
  const Machine &machine;
  StepSpace space;
  RecurrenceOperands operands;
  unsigned decay = 0, fresh = 0, after = 0;
  std::optional<Pending> pending;
  bool isKept = true;
  /// By block: what is summed, and the terms that are still to be added.
  llvm::SmallDenseMap<int64_t, View> sums;
  View unit;
};

} // namespace

/// Where a value's elements at `place` lie; `hasTime` tells whether it has that
/// dimension.
View RecurrenceEmitter::resultPart(mlir::Value result, const StepPlace &place,
                                   bool hasTime) {
  return space.part(lowering.hbmResult(result), place, hasTime);
}

/// f32, one element for each of the other indices.
View RecurrenceEmitter::loadInitial(const StepPlace &place) {
  View memory = space.block(lowering.hbm(op().getInitial()), place);
  return loadTile(lowering, memory, DType::f32);
}

void RecurrenceEmitter::storeLast(const StepPlace &place, const View &state) {
  if (op().getLast().use_empty())
    return;
  lowering.tile.copy(space.block(lowering.hbmResult(op().getLast()), place),
                     state);
}

void RecurrenceEmitter::emitBlocks(int64_t first, int64_t count) {
  llvm::SmallVector<View> states;
  StepPlace place;
  place.indices.assign(space.others.size(), 0);
  for (int64_t block = first; block < first + count; ++block) {
    space.enter(place, block);
    states.push_back(loadInitial(place));
  }
  for (int64_t start = 0; start < space.steps; start += space.chunk) {
    place.time = {start, std::min(space.chunk, space.steps - start), 1};
    llvm::SmallVector<StepPlace> places = space.allIndices(place);
    for (auto [number, at] : llvm::enumerate(places)) {
      // What the array brings for the next index comes before this one's sums.
      for (size_t near = number; near < std::min(number + 2, places.size());
           ++near) {
        space.enter(places[near], first);
        operands.prefetch(places[near]);
      }
      bool isHalfway = number == places.size() / 2;
      int64_t next = start + space.chunk;
      for (int64_t block = first; block < first + count; ++block) {
        space.enter(at, block);
        if (isHalfway && next < space.steps) {
          StepPlace ahead = at;
          ahead.time = {next, std::min(space.chunk, space.steps - next), 1};
          operands.prefetchTurned(ahead);
        }
        View state = states[block - first];
        for (int64_t index : at.indices)
          state = state.pick(0, index);
        state.dims.assign(1, Dim{1, 1});
        emitStep(at, state);
      }
    }
  }
  keepState();
  finishStep();
  for (int64_t block = first; block < first + count; ++block) {
    space.enter(place, block);
    storeLast(place, states[block - first]);
  }
}

/// An operand of the recurrence, repeated where it does not differ in time.
View RecurrenceEmitter::along(unsigned number, const StepPlace &place) {
  View view = operands.load(number, place);
  if (operands.isColumn(number))
    view.dims.assign(1, Dim{place.time.count, 0});
  return view;
}

/// The engine that goes through the steps: where vec and pool take turns at
/// SBUF the faster one, and otherwise pool, as vec has more to do besides.
Engine RecurrenceEmitter::stepper(llvm::ArrayRef<View> views) const {
  const EngineModel &pool = machine.pool;
  bool onPool =
      pool.computes.has(isa::Compute::f32) &&
      (!machine.vecPoolShareSbuf ||
       pool.clockGhz * pool.lanes > machine.vec.clockGhz * machine.vec.lanes);
  for (const View &view : views)
    onPool &= pool.dtypes.has(view.dtype) &&
              (pool.reachesPsum || view.space != isa::Space::Psum);
  return onPool ? Engine::Pool : Engine::Vec;
}

/// What is made of the states of one step comes after what the next one reads,
/// so that vec does not wait for the states.
void RecurrenceEmitter::emitStep(const StepPlace &place, const View &state) {
  View scale = along(decay, place);
  keepState();
  View added = along(fresh, place);
  finishStep();
  View states =
      lowering.tile.sbuf(DType::f32, place.partitions, {place.time.count});
  lowering.tile.recur(stepper({scale, added}), states, scale, added,
                      ScalarOperand(state));
  pending = {place, state, states};
  isKept = false;
}

/// Act does this when the next step's decay is there, so that it does not wait
/// for the states either.
void RecurrenceEmitter::keepState() {
  if (!pending || isKept)
    return;
  int64_t last = pending->place.time.count - 1;
  bool onAct = machine.act.computes.has(isa::Compute::f32);
  lowering.tile.move(onAct ? Engine::Act : Engine::Vec, pending->state,
                     pending->states.slice(0, {last, 1, 1}));
  isKept = true;
}

void RecurrenceEmitter::finishStep() {
  if (!pending)
    return;
  const StepPlace place = pending->place;
  View states = pending->states;
  pending.reset();
  if (!group.after)
    return keepStates(place, states);
  DType dtype = Lowering::dtypeOf(op().getStates());
  if (dtype != DType::f32) {
    View rounded =
        lowering.tile.sbuf(dtype, place.partitions, {place.time.count});
    lowering.tile.move(rounded, states);
    states = rounded;
  }
  operands.setStates(states);
  View made = operands.load(after, place);
  if (group.sum)
    return addUp(place, made);
  lowering.tile.copy(resultPart(group.after->getResult(0), place, true), made);
}

void RecurrenceEmitter::keepStates(const StepPlace &place, const View &states) {
  if (!op().getStates().use_empty())
    lowering.tile.copy(resultPart(op().getStates(), place, true), states);
}

/// A diagonal of ones does not multiply what lies beside it, so that no sum
/// takes a NaN from another partition.
void RecurrenceEmitter::addUp(const StepPlace &place, const View &terms) {
  View &sum = sums[place.block];
  bool isFirst = space.isFirstTerm(place);
  if (isFirst)
    sum = lowering.tile.psum(DType::f32, place.partitions, {place.time.count});
  if (!unit.buffer) {
    unit = lowering.tile.sbuf(terms.dtype, space.blockSize, {1});
    lowering.tile.memset(Engine::Vec, unit, 1.0f);
  }
  lowering.tile.loadStationary(unit.slicePartitions(0, place.partitions), 0,
                               {1, 1});
  lowering.tile.matmul(sum, terms, /*accumulate=*/!isFirst);
  if (space.isLastTerm(place))
    finishSum(place);
}

void RecurrenceEmitter::finishSum(const StepPlace &place) {
  if (group.turn)
    return storeTurned(place);
  mlir::Value result = group.sum->getResult(0);
  View tile = lowering.tile.sbuf(Lowering::dtypeOf(result), place.partitions,
                                 {place.time.count});
  lowering.tile.move(Engine::Act, tile, sums[place.block]);
  lowering.tile.copy(resultPart(result, place, true), tile);
}

/// Stores a sum whose dimensions are exchanged afterwards.
void RecurrenceEmitter::storeTurned(const StepPlace &place) {
  auto turn = mlir::cast<tile::RestrideOp>(group.turn);
  View whole = lowering.hbmResult(turn.getResult()), memory = whole;
  memory.dims.assign(space.shape.size(), Dim{1, 0});
  for (auto [to, dim] : llvm::zip(whole.dims, turn.getDims()))
    if (to.count != 1)
      memory.dims[dim] = to;
  View part = space.part(memory, place, true);
  View sum = lowering.tile.sbuf(Lowering::dtypeOf(turn.getResult()),
                                place.partitions, {place.time.count});
  lowering.tile.move(Engine::Act, sum, sums[place.block]);
  if (!needsTurning(part, machine))
    return lowering.tile.copy(part, sum);
  int64_t most = turnedSteps(machine);
  for (int64_t first = 0; first < place.time.count; first += most) {
    Range steps{first, std::min(most, place.time.count - first), 1};
    View bank = lowering.tile.psum(sum.dtype, steps.count, {place.partitions});
    lowering.tile.transpose(bank, sum.slice(0, steps));
    View tile = lowering.tile.sbuf(sum.dtype, steps.count, {place.partitions});
    lowering.tile.move(Engine::Act, tile, bank);
    lowering.tile.copy(turned(part, steps), tile);
  }
}

void emitRecurrenceGroup(const RecurrenceGroup &group, Lowering &lowering) {
  RecurrenceEmitter(group, lowering).emit();
}

mlir::LogicalResult emitRecurrence(mlir::Operation *op, Lowering &lowering) {
  if (isInsideRowChain(op))
    return mlir::success();
  RecurrenceGroup alone;
  alone.recurrence = mlir::cast<tile::RecurrenceOp>(op);
  auto group = recurrenceGroupOf(op, lowering.machine);
  emitRecurrenceGroup(group.value_or(alone), lowering);
  return mlir::success();
}

} // namespace tilicho::compiler
