// SPDX-License-Identifier: Apache-2.0
// Which emitter lowers which structured op.
#include "lib/Conversion/StructuredToTile/Lowering.h"

#include "llvm/ADT/StringSwitch.h"

namespace tilicho::compiler {

Emitter findEmitter(llvm::StringRef opName) {
  return llvm::StringSwitch<Emitter>(opName).Default(nullptr);
}

} // namespace tilicho::compiler
