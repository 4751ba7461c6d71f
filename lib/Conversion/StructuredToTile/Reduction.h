// SPDX-License-Identifier: Apache-2.0
// Reductions of tensors, for the emitters that need one.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REDUCTION_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REDUCTION_H

#include "lib/Conversion/StructuredToTile/Walk.h"

namespace tilicho::compiler {

/// What is done to the elements that meet.
struct ReductionKind {
  isa::ReduceOp op = isa::ReduceOp::add;
  isa::AluOp elementOp = isa::AluOp::copy;
  isa::Compute compute = isa::Compute::f32;
};

/// result = input reduced along the dimensions in which result's extent is 1.
void emitReduction(Lowering &lowering, WalkOperand result, WalkOperand input,
                   ReductionKind kind);

/// dst [kept] = src reduced over the dimensions that `isReduced` says, all of
/// the same partition; dst has extent 1 there.
void reduceTile(Lowering &lowering, const View &dst, const View &src,
                llvm::ArrayRef<bool> isReduced, ReductionKind kind,
                bool accumulate);

/// The type in which `compute` leaves its results.
isa::DType dtypeOf(isa::Compute compute);

/// `view` with the dimensions that `moved` says last, in order.
View moveLast(const View &view, llvm::ArrayRef<bool> moved);
/// `view` without the dimensions that `dropped` says, which have extent 1.
View dropDims(const View &view, llvm::ArrayRef<bool> dropped);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_REDUCTION_H
