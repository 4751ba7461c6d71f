// SPDX-License-Identifier: Apache-2.0
// Multiply-adds on vec and pool, and who should do how much.
#include "lib/Conversion/StructuredToTile/DepthwiseLanes.h"

#include "lib/Conversion/StructuredToTile/ConvolutionOperands.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tilicho::compiler {

bool DepthwiseLanes::enter(const ChannelPass &next,
                           const ConvolutionPlan &plan) {
  pass = next;
  weights.reset();
  const Machine &machine = lowering.machine;
  bool isDepthwise = next.blocks.rows == 1 && next.blocks.cols == 1 &&
                     next.numInputs == next.numOutputs;
  return isDepthwise && lowering.spreadsWork() && plan.copies() == 1 &&
         plan.rows >= next.numInputs && plan.cols >= next.numOutputs &&
         types.sum == isa::DType::f32 && machine.vec.reachesPsum &&
         machine.psumBanks > 1 && // One is the array's.
         machine.vec.dtypes.has(types.a);
}

double DepthwiseLanes::arrayCost(int64_t elements, int64_t taps) const {
  const Machine &machine = lowering.machine;
  double cycles = std::max<double>(machine.arrayMinCycles,
                                   elements + machine.arrayWindowCycles);
  int64_t columns = pass.numOutputs;
  double together =
      isCrossable(machine, columns) ? 2 : columnRegions(machine, columns);
  return taps * cycles * machine.arrayPasses[types.a] / machine.arrayClockGhz /
         together;
}

double DepthwiseLanes::lanesCost(const EngineModel &engine,
                                 double cycles) const {
  double turns = llvm::divideCeil(pass.numInputs, engine.lanes);
  return std::max<double>(engine.minCycles, cycles * turns) / engine.clockGhz;
}

bool DepthwiseLanes::poolHelps() const {
  const Machine &machine = lowering.machine;
  return !machine.vecPoolShareSbuf && machine.pool.lanes > 0 &&
         machine.pool.dtypes.has(types.a) &&
         machine.pool.computes.has(isa::Compute::f32);
}

std::optional<Engine> DepthwiseLanes::take(int64_t elements, int64_t taps,
                                           int64_t operations) {
  const Machine &machine = lowering.machine;
  double evacuation = lanesCost(machine.vec, elements);
  // Vec evacuates half of all accumulators as well, or waits for the others.
  vecNs += machine.vecActSharePsum ? evacuation : evacuation / 2;
  // An instruction takes two operations on the way; vec does the others.
  vecNs += std::max<int64_t>(operations - 2, 0) * evacuation;
  double array = arrayNs + arrayCost(elements, taps);
  double vec = vecNs + taps * lanesCost(machine.vec, elements);
  double pool =
      poolNs +
      taps * lanesCost(machine.pool, elements * machine.vecTwoOperandFactor);
  if (poolHelps() && pool < std::min(array, vec)) {
    poolNs = pool;
    return Engine::Pool;
  }
  if (vec < array) {
    vecNs = vec;
    return Engine::Vec;
  }
  arrayNs = array;
  return std::nullopt;
}

View DepthwiseLanes::loadWeights() const {
  unsigned rank = conv.dims.size() - 1;
  if (std::optional<View> view = lowering.pooled(
          conv.kernel, isa::DType::f32, pass.firstOutput, pass.numOutputs)) {
    view->dims = windowDims(conv);
    return *view;
  }
  View source =
      lowering
          .hbmInOrder(conv.kernel, orderInMemory(rank, /*isDepthwise=*/true))
          .pick(rank, 0)
          .slice(rank, {pass.firstOutput, pass.numOutputs, 1})
          .toPartitions(rank);
  SmallVector<int64_t, 4> window;
  for (const Dim &dim : source.dims)
    window.push_back(dim.count);
  View loaded = lowering.tile.sbuf(isa::DType::f32, pass.numOutputs, window);
  lowering.tile.copy(loaded, source);
  return loaded;
}

void DepthwiseLanes::emitTap(Engine engine, const View &acc, const View &moving,
                             ArrayRef<int64_t> position, bool accumulate) {
  if (!weights)
    weights = loadWeights();
  View weight = *weights;
  for (int64_t at : position)
    weight = weight.pick(0, at);
  if (accumulate)
    return lowering.tile.scalarTensorTensor(engine, acc, moving,
                                            isa::AluOp::multiply, weight,
                                            isa::AluOp::add, acc);
  // From +0, as the array: a product of -0 becomes +0.
  lowering.tile.tensorScalar(engine, acc, moving, isa::AluOp::multiply, weight,
                             isa::AluOp::add, 0.0f);
}

} // namespace tilicho::compiler
