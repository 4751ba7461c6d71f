// SPDX-License-Identifier: Apache-2.0
// What an instruction costs on act, vec and pool.
#include "runtime/Timing/EngineCost.h"

#include "runtime/Timing/Extent.h"

#include <cmath>

namespace tilicho::timing {

using isa::Access;
using isa::AluOp;
using isa::DType;
using isa::Header;
using isa::Space;

/// arg_reduce goes over its elements twice: for the value, then for its place.
constexpr double argReducePasses = 2;

static const EngineModel &modelOf(const Machine &machine, EngineKind kind) {
  if (kind == EngineKind::Act)
    return machine.act;
  return kind == EngineKind::Vec ? machine.vec : machine.pool;
}

static bool isNarrowFloat(DType dtype) {
  return dtype == DType::bf16 || dtype == DType::f16;
}

static bool isWide(isa::Compute compute) {
  return compute == isa::Compute::i64 || compute == isa::Compute::u64 ||
         compute == isa::Compute::f64;
}

/// Whether the vector engine computes `op` by iterating over the element.
static bool isFunction(AluOp op) {
  switch (op) {
  case AluOp::divide:
  case AluOp::pow:
  case AluOp::mod:
  case AluOp::fmod:
  case AluOp::atan2:
  case AluOp::exp2:
  case AluOp::log2:
    return true;
  default:
    return op >= AluOp::sqrt && op <= AluOp::mish;
  }
}

static bool inSbuf(const Access &access) { return access.space == Space::Sbuf; }

EngineCost::EngineCost(const Machine &machine, EngineKind kind)
    : machine(machine), model(&modelOf(machine, kind)),
      isVec(kind == EngineKind::Vec) {}

double EngineCost::turns(const Header &header) const {
  return std::ceil(double{1} * header.partitions / model->lanes);
}

double EngineCost::stream(const Header &header, double factor,
                          std::initializer_list<const Access *> accesses,
                          isa::Compute compute) const {
  double stride = 1;
  for (const Access *access : accesses) {
    int64_t bytes = minorStep(header, *access) * isa::sizeOf(access->dtype);
    if (access->space != Space::None && bytes >= machine.wideStrideBytes)
      stride = machine.wideStrideFactor;
  }
  double wide = isWide(compute) ? machine.poolWideFactor : 1;
  double cycles = freeElements(header) * turns(header) * factor * stride * wide;
  return std::max(model->minCycles, cycles);
}

double EngineCost::kernel(double cycles) const {
  return machine.poolKernelCycles + cycles;
}

double EngineCost::functionFactor(AluOp op0, AluOp op1) const {
  return isFunction(op0) || isFunction(op1) ? machine.vecFunctionFactor : 1;
}

double EngineCost::narrowSpeedup(const Header &header, const Access &dst,
                                 const Access &a) const {
  if (!isVec || !isNarrowFloat(dst.dtype) || !isNarrowFloat(a.dtype))
    return 1;
  bool fast = inSbuf(dst) && inSbuf(a) && isContiguous(header, dst) &&
              isContiguous(header, a);
  return fast ? machine.vecNarrowSpeedup : machine.vecNarrowStridedSpeedup;
}

double EngineCost::twoOperandFactor(const Header &header, const Access &dst,
                                    const Access &a, const Access &b) const {
  if (!inSbuf(a) || !inSbuf(b))
    return 1;
  bool fast = isVec && inSbuf(dst) && isNarrowFloat(dst.dtype) &&
              isNarrowFloat(a.dtype) && isNarrowFloat(b.dtype) &&
              isContiguous(header, dst) && isContiguous(header, a) &&
              isContiguous(header, b);
  return machine.vecTwoOperandFactor /
         (fast ? machine.vecNarrowTwoOperandSpeedup : 1);
}

double EngineCost::operator()(const isa::ActivateInst &inst) const {
  double sum = inst.flags & 1 ? machine.accumulateCycles : 0;
  return stream(inst, 1, {&inst.dst, &inst.a}, isa::Compute::f32) + sum;
}

double EngineCost::operator()(const isa::TensorTensorInst &inst) const {
  double factor = std::max(twoOperandFactor(inst, inst.dst, inst.a, inst.b),
                           functionFactor(inst.op0, AluOp::copy));
  return stream(inst, factor, {&inst.dst, &inst.a, &inst.b}, inst.compute);
}

double EngineCost::operator()(const isa::TensorScalarInst &inst) const {
  double factor = functionFactor(inst.op0, inst.op1);
  if (factor == 1)
    factor /= narrowSpeedup(inst, inst.dst, inst.a);
  return stream(inst, factor, {&inst.dst, &inst.a}, inst.compute);
}

double EngineCost::operator()(const isa::ScalarTensorTensorInst &inst) const {
  double factor = std::max(twoOperandFactor(inst, inst.dst, inst.a, inst.b),
                           functionFactor(inst.op0, inst.op1));
  return stream(inst, factor, {&inst.dst, &inst.a, &inst.b}, inst.compute);
}

double EngineCost::operator()(const isa::SelectInst &inst) const {
  double factor =
      inSbuf(inst.a) && inSbuf(inst.b) ? machine.vecTwoOperandFactor : 1;
  return stream(inst, factor, {&inst.dst, &inst.a, &inst.b}, inst.compute);
}

double EngineCost::operator()(const isa::TensorReduceInst &inst) const {
  bool fast =
      isVec && isNarrowFloat(inst.dst.dtype) && isNarrowFloat(inst.a.dtype);
  double factor = 1 / (fast ? machine.vecNarrowReduceSpeedup : 1);
  double sum = inst.flags & 1 ? machine.accumulateCycles : 0;
  return stream(inst, factor, {&inst.a}, inst.compute) + sum;
}

double EngineCost::operator()(const isa::ArgReduceInst &inst) const {
  return stream(inst, argReducePasses, {&inst.a}, inst.compute);
}

double EngineCost::operator()(const isa::ScanInst &inst) const {
  return stream(inst, machine.vecScanFactor, {&inst.dst, &inst.a},
                inst.compute);
}

double EngineCost::operator()(const isa::MemsetInst &inst) const {
  bool fast = isVec && isNarrowFloat(inst.dst.dtype);
  double factor = 1 / (fast ? machine.vecNarrowReduceSpeedup : 1);
  return stream(inst, factor, {&inst.dst}, inst.compute);
}

double EngineCost::operator()(const isa::IotaInst &inst) const {
  return kernel(stream(inst, 1, {&inst.dst}, inst.compute));
}

// A tree over the partitions, each level a pass over the row.
double EngineCost::operator()(const isa::PartitionReduceInst &inst) const {
  double levels = std::ceil(std::log2(std::max<double>(inst.partitions, 2)));
  return kernel(stream(inst, levels, {&inst.a}, inst.compute));
}

double EngineCost::operator()(const isa::SortInst &inst) const {
  double levels = std::ceil(std::log2(std::max<double>(inst.counts[3], 2)));
  double elements = freeElements(inst) * inst.partitions;
  return kernel(elements * levels * levels / model->lanes);
}

double EngineCost::operator()(const isa::LocalGatherInst &inst) const {
  double bytes = freeElements(inst) * isa::sizeOf(inst.dst.dtype);
  return kernel(turns(inst) * bytes / machine.poolGatherBytesPerCycle);
}

} // namespace tilicho::timing
