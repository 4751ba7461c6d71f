// SPDX-License-Identifier: Apache-2.0
// What act, vec and pool have to do at least, and who can do it.
#include "lib/Bounds/EngineWork.h"

#include "lib/Bounds/OpClass.h"
#include "lib/Bounds/ScanWork.h"

#include <algorithm>
#include <cmath>

namespace tilicho::compiler::bounds {

using isa::DType;
using Way = Placement::Way;

//===----------------------------------------------------------------------===//
// What is to be done
//===----------------------------------------------------------------------===//

bool EngineWork::isFresh(const Node &node) const {
  return std::any_of(
      node.inputs.begin(), node.inputs.end(),
      [&](const Tensor *input) { return fresh.count(input) != 0; });
}

bool EngineWork::isStarted(const Node &node) const {
  return std::any_of(
      node.inputs.begin(), node.inputs.end(),
      [&](const Tensor *input) { return started.count(input) != 0; });
}

/// Inputs that are not constant and have as many elements as the result.
static int numTensorOperands(const Node &node, double elements) {
  return int(std::count_if(
      node.inputs.begin(), node.inputs.end(), [&](const Tensor *input) {
        return input && !input->isConstant && input->elements() == elements;
      }));
}

static double largestInput(const Node &node) {
  double elements = 0;
  for (const Tensor *input : node.inputs)
    if (input && !input->isConstant)
      elements = std::max(elements, input->elements());
  return elements;
}

static std::vector<Work> workOfClass(const Node &node, OpClass opClass,
                                     DType dtype, bool fresh, bool started) {
  double out = node.output() ? node.output()->elements() : 0;
  double in = largestInput(node);
  switch (opClass) {
  case OpClass::Free:
    return {};
  case OpClass::Elementwise:
    if (fresh)
      return {};
    if (numTensorOperands(node, out) > 1)
      return {{WorkKind::TwoOperand, dtype, out}};
    if (started)
      return {};
    return {{WorkKind::Stream, dtype, out}};
  case OpClass::Function:
    if (fresh)
      return {};
    return {{WorkKind::Function, dtype, out}};
  case OpClass::Reduce:
    if (fresh)
      return {};
    return {{WorkKind::Reduce, dtype, in}};
  case OpClass::Softmax:
    if (fresh)
      return {{WorkKind::Reduce, dtype, in}};
    return {{WorkKind::Reduce, dtype, in}, {WorkKind::Function, dtype, in}};
  case OpClass::Normalise:
    if (fresh)
      return {{WorkKind::Reduce, dtype, in}};
    return {{WorkKind::Reduce, dtype, in}, {WorkKind::Stream, dtype, in}};
  }
  return {};
}

/// The gates of a recurrence: every row of weights gives one value a step.
static std::vector<Work> gates(const std::vector<Product> &products,
                               DType dtype) {
  const Product &state = products.back();
  return {{WorkKind::Function, dtype, state.count * state.m * state.n}};
}

/// A step on values that come from products may be done while these leave PSUM:
/// their elements are not counted again.
std::vector<Work> EngineWork::workOfScan(const Node &node) const {
  double done = 0;
  for (const Tensor *tensor : fresh)
    if (readsInScan(node, *tensor))
      done += tensor->elements();
  std::vector<Work> work;
  for (const auto &[initial, elements] : recurrentStates(node)) {
    double shared = std::min(done, elements);
    done -= shared;
    if (elements > shared)
      work.push_back({WorkKind::Recurrence, types.insideTypeOf(*initial),
                      elements - shared});
  }
  return work;
}

std::vector<Work> EngineWork::workOf(const Node &node) {
  const Tensor *out = node.output();
  if (!out || node.isConstant || !node.isLive)
    return {};
  DType dtype = types.insideTypeOf(*out);
  std::vector<Product> products = productsOf(node);
  if (!products.empty()) {
    fresh.insert(out);
    started.insert(out);
    return isRecurrent(node) ? gates(products, dtype) : std::vector<Work>();
  }
  if (node.is("Scan")) {
    started.insert(node.outputs.begin(), node.outputs.end());
    return workOfScan(node);
  }
  OpClass opClass = classOf(node);
  bool comesFresh = isFresh(node);
  std::vector<Work> work =
      workOfClass(node, opClass, dtype, comesFresh, isStarted(node));
  bool isPass = opClass == OpClass::Free || opClass == OpClass::Elementwise ||
                opClass == OpClass::Function;
  if (comesFresh && isPass)
    fresh.insert(out);
  if (opClass != OpClass::Free || isStarted(node))
    started.insert(out);
  return work;
}

//===----------------------------------------------------------------------===//
// Who can do it
//===----------------------------------------------------------------------===//

static bool isNarrow(DType dtype) {
  return dtype == DType::bf16 || dtype == DType::f16;
}

static bool isWide(DType dtype) { return isa::sizeOf(dtype) == 8; }

/// Cycles for each element of a partition; 0 where the engine cannot.
static double actFactor(const Work &work) {
  bool isTwo = work.kind == WorkKind::TwoOperand ||
               work.kind == WorkKind::Multiply ||
               work.kind == WorkKind::Recurrence;
  return isTwo || isWide(work.dtype) ? 0 : 1;
}

static double vecFactor(const Work &work, const Machine &machine) {
  bool narrow = isNarrow(work.dtype);
  if (isWide(work.dtype))
    return 0;
  switch (work.kind) {
  case WorkKind::Evacuate:
    return 1 / (narrow ? machine.vecNarrowStridedSpeedup : 1);
  case WorkKind::Stream:
    return 1 / (narrow ? machine.vecNarrowSpeedup : 1);
  case WorkKind::TwoOperand:
    return machine.vecTwoOperandFactor /
           (narrow ? machine.vecNarrowTwoOperandSpeedup : 1);
  case WorkKind::Recurrence: // By scans, or in two passes by way of PSUM.
    return std::min(
        {machine.vecScanFactor, 2.0,
         vecFactor({WorkKind::TwoOperand, work.dtype, 0}, machine)});
  case WorkKind::Multiply:
    return machine.vecTwoOperandFactor;
  case WorkKind::Function:
    return machine.vecFunctionFactor;
  case WorkKind::Reduce:
    return 1 / (narrow ? machine.vecNarrowReduceSpeedup : 1);
  }
  return 1;
}

static double poolFactor(const Work &work, const Machine &machine) {
  double wide = isWide(work.dtype) ? machine.poolWideFactor : 1;
  switch (work.kind) {
  case WorkKind::Evacuate:
    return machine.pool.reachesPsum ? wide : 0;
  case WorkKind::TwoOperand:
  case WorkKind::Multiply:
    return machine.vecTwoOperandFactor * wide;
  case WorkKind::Recurrence:
    return std::min(machine.vecScanFactor, machine.vecTwoOperandFactor) * wide;
  case WorkKind::Function:
    return machine.vecFunctionFactor * wide;
  case WorkKind::Stream:
  case WorkKind::Reduce:
    return wide;
  }
  return wide;
}

double EngineWork::perElementUs(const Work &work, Resource engine) const {
  const EngineModel &model = engine == act   ? machine.act
                             : engine == vec ? machine.vec
                                             : machine.pool;
  double factor = engine == act   ? actFactor(work)
                  : engine == vec ? vecFactor(work, machine)
                                  : poolFactor(work, machine);
  return factor / model.lanes / model.clockGhz / 1e3;
}

Way EngineWork::way(Resource engine, double us, bool usesPsum) const {
  Way way(numResources, 0);
  way[engine] = us;
  if (usesPsum && machine.vecActSharePsum && engine != pool)
    way[psumPort] = us;
  if (machine.vecPoolShareSbuf && engine != act)
    way[sbufPort] = us;
  return way;
}

Way EngineWork::arrayWay(double us) const {
  Way way(numResources, 0);
  way[pe] = us;
  return way;
}

std::vector<Way> EngineWork::ways(const Work &work) const {
  std::vector<Way> ways;
  for (Resource engine : {act, vec, pool}) {
    double us = perElementUs(work, engine) * work.elements;
    if (us > 0)
      ways.push_back(way(engine, us, work.kind == WorkKind::Evacuate));
  }
  return ways;
}

/// Diagonal matrices on the array, whose results leave through act or vec; or
/// a pass with two operands for each tap, on vec or pool.
std::vector<Way> EngineWork::depthwiseWays(const Product &product,
                                           DType dtype) const {
  std::vector<Way> ways;
  double passes = machine.arrayPasses[dtype];
  double columns = product.outputColumns(machine);
  Work leave{WorkKind::Evacuate, dtype, columns * machine.psumPartitions};
  if (passes > 0) {
    double us = arrayCycles(product, machine).tile * passes /
                machine.arrayClockGhz / 1e3;
    for (Way &leaving : this->ways(leave)) {
      leaving[pe] = us;
      ways.push_back(leaving);
    }
  }
  for (Resource engine : {vec, pool}) {
    const EngineModel &model = engine == vec ? machine.vec : machine.pool;
    double turns = std::ceil(product.groups / model.lanes);
    double us = product.count * product.taps * turns * product.n * product.m *
                machine.vecTwoOperandFactor / model.clockGhz / 1e3;
    ways.push_back(way(engine, us, false));
  }
  return ways;
}

} // namespace tilicho::compiler::bounds
