// SPDX-License-Identifier: Apache-2.0
// What an instruction costs on act, vec and pool.
#ifndef TILICHO_RUNTIME_TIMING_ENGINECOST_H
#define TILICHO_RUNTIME_TIMING_ENGINECOST_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"

namespace tilicho::timing {

/// Prices instructions of one engine in its own cycles. Each function gives
/// the cycles for which the engine is taken; the formulas are those of
/// docs/CycleModel.md.
class EngineCost {
public:
  EngineCost(const Machine &machine, EngineKind kind);

  double operator()(const isa::ActivateInst &inst) const;
  double operator()(const isa::TensorTensorInst &inst) const;
  double operator()(const isa::TensorScalarInst &inst) const;
  double operator()(const isa::ScalarTensorTensorInst &inst) const;
  double operator()(const isa::SelectInst &inst) const;
  double operator()(const isa::TensorReduceInst &inst) const;
  double operator()(const isa::ArgReduceInst &inst) const;
  double operator()(const isa::ScanInst &inst) const;
  double operator()(const isa::MemsetInst &inst) const;
  double operator()(const isa::IotaInst &inst) const;
  double operator()(const isa::PartitionReduceInst &inst) const;
  double operator()(const isa::SortInst &inst) const;
  double operator()(const isa::LocalGatherInst &inst) const;

  const EngineModel &engine() const { return *model; }

private:
  /// `factor` cycles for each element of a partition, in as many turns as the
  /// partitions need, slowed by wide strides and 64-bit arithmetic.
  double stream(const isa::Header &header, double factor,
                std::initializer_list<const isa::Access *> accesses,
                isa::Compute compute) const;
  double kernel(double cycles) const;
  double turns(const isa::Header &header) const;
  double functionFactor(isa::AluOp op0, isa::AluOp op1) const;
  double narrowSpeedup(const isa::Header &header, const isa::Access &dst,
                       const isa::Access &a) const;
  double twoOperandFactor(const isa::Header &header, const isa::Access &dst,
                          const isa::Access &a, const isa::Access &b) const;

  const Machine &machine;
  const EngineModel *model;
  bool isVec;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_ENGINECOST_H
