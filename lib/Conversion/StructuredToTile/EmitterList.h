// SPDX-License-Identifier: Apache-2.0
// The emitters of this folder, and what several of them use.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EMITTERLIST_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EMITTERLIST_H

#include "lib/Conversion/StructuredToTile/Lowering.h"

namespace tilicho::compiler {

mlir::LogicalResult emitArgReduction(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitAssemble(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitBitcast(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitContract(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitConvolution(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitElementwise(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitEmpty(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitIfBegin(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitIfElse(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitIfEnd(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitLocalNormalization(mlir::Operation *op,
                                           Lowering &lowering);
mlir::LogicalResult emitLoopBegin(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitLoopEnd(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitNormalization(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitPut(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitPutElements(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitReductionOp(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitReshape(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitRestride(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitRecurrence(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitScan(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitSoftmax(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitTake(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitTakeElements(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitTopK(mlir::Operation *op, Lowering &lowering);
mlir::LogicalResult emitWindowReduction(mlir::Operation *op,
                                        Lowering &lowering);

/// dst = src between views in HBM with the same counts, cast where the types
/// differ, spread over the DMA engines.
void copyInHbm(Lowering &lowering, const View &dst, const View &src);
/// Fills a view in HBM.
void fillInHbm(Lowering &lowering, const View &dst, double value);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_EMITTERLIST_H
