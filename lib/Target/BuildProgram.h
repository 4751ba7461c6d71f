// SPDX-License-Identifier: Apache-2.0
// A module at the isa stage as a program.
#ifndef TILICHO_LIB_TARGET_BUILDPROGRAM_H
#define TILICHO_LIB_TARGET_BUILDPROGRAM_H

#include "dialects/Isa/IR/IsaDialect.h"
#include "lib/Target/WeightCache.h"
#include "runtime/Program/Write.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace tilicho::compiler {

/// A program that is complete but for its constants, which are computed when it
/// is written. It refers to the module.
struct BuiltProgram {
  Program program;
  std::vector<std::vector<uint8_t>> streams;
  /// By number of the segment.
  std::vector<ir::isa::SegmentOp> segments;

  /// Gives each constant's bytes, its pending steps applied. Both have to
  /// outlive the source.
  ConstantSource constants(WeightCache &cache) const;
};

/// Encodes the module's one `isa.program`.
mlir::FailureOr<std::unique_ptr<BuiltProgram>>
buildProgram(mlir::ModuleOp module, const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_TARGET_BUILDPROGRAM_H
