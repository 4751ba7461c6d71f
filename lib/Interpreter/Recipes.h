// SPDX-License-Identifier: Apache-2.0
// The steps that are still to be applied to a constant.
#ifndef TILICHO_LIB_INTERPRETER_RECIPES_H
#define TILICHO_LIB_INTERPRETER_RECIPES_H

#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Kernels/HostTensor.h"

namespace tilicho::compiler {

/// The data of a constant with its steps applied; fails, with an error at the
/// operation, when the data is missing or a step does not fit.
llvm::FailureOr<HostTensor> materialize(ir::tile::ConstantOp op);

/// The same for an attribute and the steps of a constant (may be null);
/// nothing when the data is missing or a step does not fit; what is wrong with
/// a step is put into `why`.
std::optional<HostTensor> materialize(mlir::ElementsAttr data,
                                      mlir::ArrayAttr steps,
                                      std::string *why = nullptr);

/// `op`, whose operand number `index` is a large constant, as a step on that
/// constant; null where there is no such step.
mlir::DictionaryAttr stepFor(mlir::Operation *op, unsigned index);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_INTERPRETER_RECIPES_H
