// SPDX-License-Identifier: Apache-2.0
// Gives each buffer its place in memory.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNADDRESSES_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNADDRESSES_H

#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// Bytes of each partition in use at the worst moment.
struct MemoryPeaks {
  int64_t sbufBytes = 0;
  /// The largest sum of live bytes, which no assignment can go below.
  int64_t sbufLiveBytes = 0;
  int64_t psumBytes = 0;
};

/// Addresses for buffers on chip, numbers for segments. Memory lives from the
/// first to the last instruction that touches it, and what is short-lived goes
/// around in circles, so that it is reused as late as possible. Fails, with an
/// error at `function`, where the machine's memory does not suffice.
mlir::FailureOr<MemoryPeaks> assignAddresses(mlir::func::FuncOp function,
                                             InstructionList &list,
                                             const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNADDRESSES_H
