// SPDX-License-Identifier: Apache-2.0
// Lowers structured ops on tensors to instructions on buffers.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_STRUCTUREDTOTILE_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_STRUCTUREDTOTILE_H

#include "runtime/Machine/Machine.h"

#include "mlir/Pass/Pass.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tilicho::compiler {

struct StructuredToTileOptions {
  Machine machine;
  /// How much of SBUF values may take that stay on chip between operators; 0
  /// sends every value through HBM.
  double residentShare = 0;
  /// How much of what residents leave the blocks of an operator may take.
  double blockShare = 1;
  /// Whether element operations are applied while products leave PSUM. Values
  /// in a 16-bit type are then not rounded in between.
  bool fuseEpilogues = true;
  /// Whether vec takes part in what the array is made for but not fast at.
  bool spreadWork = true;
  /// Results that are an argument with a part replaced are updated in its
  /// memory: these pairs of ONNX names, and with `updatesAll` whatever others
  /// there are.
  std::vector<std::pair<std::string, std::string>> updates = {};
  bool updatesAll = false;
  /// Rows of a state that a run adds rows to; 0: none has room for more.
  int64_t capacity = 0;
};

/// `--convert-structured-to-tile`: the module's one function of structured ops
/// becomes a function without arguments of segments and instructions, in
/// program order. Arguments and results take their names from the attribute
/// `onnx.name`.
std::unique_ptr<mlir::Pass>
createStructuredToTile(StructuredToTileOptions options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_STRUCTUREDTOTILE_H
