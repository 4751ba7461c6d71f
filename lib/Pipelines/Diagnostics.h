// SPDX-License-Identifier: Apache-2.0
// Errors of a compile as lines of text.
#ifndef TILICHO_LIB_PIPELINES_DIAGNOSTICS_H
#define TILICHO_LIB_PIPELINES_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <mutex>
#include <string>

namespace tilicho::compiler {

/// While it lives, every diagnostic of the context becomes a line of `out`:
/// `PLACE: error: MESSAGE`, then its notes.
class DiagnosticLines {
public:
  DiagnosticLines(mlir::MLIRContext *context, llvm::raw_ostream &out);

private:
  std::mutex mutex;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_DIAGNOSTICS_H
