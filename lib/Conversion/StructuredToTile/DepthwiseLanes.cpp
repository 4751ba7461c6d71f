// SPDX-License-Identifier: Apache-2.0
// Multiply-adds on vec, and who should do how much.
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
         machine.vec.dtypes.has(types.a);
}

bool DepthwiseLanes::takes(int64_t elements, int64_t taps) {
  const Machine &machine = lowering.machine;
  const EngineModel &vec = machine.vec;
  double turns = llvm::divideCeil(pass.numInputs, vec.lanes);
  double evacuation = elements * turns / vec.clockGhz;
  double array = taps *
                 std::max<double>(machine.arrayMinCycles,
                                  elements + machine.arrayWindowCycles) *
                 machine.arrayPasses[types.a] / machine.arrayClockGhz;
  double lanes =
      taps * std::max<double>(vec.minCycles, elements * turns) / vec.clockGhz;
  // Vec evacuates half of all accumulators as well.
  lanesNs += evacuation / 2;
  bool onLanes = lanesNs + lanes < arrayNs + array;
  (onLanes ? lanesNs : arrayNs) += onLanes ? lanes : array;
  return onLanes;
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

void DepthwiseLanes::emitTap(const View &acc, const View &moving,
                             ArrayRef<int64_t> position, bool accumulate) {
  if (!weights)
    weights = loadWeights();
  View weight = *weights;
  for (int64_t at : position)
    weight = weight.pick(0, at);
  if (accumulate)
    return lowering.tile.scalarTensorTensor(Engine::Vec, acc, moving,
                                            isa::AluOp::multiply, weight,
                                            isa::AluOp::add, acc);
  // From +0, as the array: a product of -0 becomes +0.
  lowering.tile.tensorScalar(Engine::Vec, acc, moving, isa::AluOp::multiply,
                             weight, isa::AluOp::add, 0.0f);
}

} // namespace tilicho::compiler
