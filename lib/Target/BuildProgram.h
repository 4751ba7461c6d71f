// SPDX-License-Identifier: Apache-2.0
// A module at the tile stage as a program.
#ifndef TILICHO_LIB_TARGET_BUILDPROGRAM_H
#define TILICHO_LIB_TARGET_BUILDPROGRAM_H

#include "lib/Conversion/TileToIsa/TileToIsa.h"
#include "runtime/Program/Write.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace tilicho::compiler {

/// A program that is complete but for its constants, which are computed when it
/// is written. It refers to the module.
struct BuiltProgram {
  Program program;
  std::vector<QueueStream> streams;
  /// By number of the segment.
  std::vector<ir::tile::SegmentOp> segments;

  /// Gives each constant's bytes, its pending steps applied.
  ConstantSource constants() const;
};

/// Lowers the module's one function to streams. `flags` is what the program
/// records of how it was compiled.
mlir::FailureOr<std::unique_ptr<BuiltProgram>>
buildProgram(mlir::ModuleOp module, const Machine &machine,
             llvm::StringRef flags);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_TARGET_BUILDPROGRAM_H
