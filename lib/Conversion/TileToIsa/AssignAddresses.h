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

/// How buffers share SBUF.
enum class Placement {
  /// What is short-lived goes around in circles, so that memory is reused as
  /// late as possible and loads run ahead.
  Ahead,
  /// In as few bytes as can be.
  Packed,
  /// Ahead, and packed where gaps between buffers are too small for that.
  AheadOrPacked
};

/// Addresses for buffers on chip, numbers for segments. Memory lives from the
/// first to the last instruction that touches it. Fails where the machine's
/// does not suffice, but for `Ahead` with an error at the instruction that got
/// none.
mlir::FailureOr<MemoryPeaks> assignAddresses(InstructionList &list,
                                             const Machine &machine,
                                             Placement placement);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ASSIGNADDRESSES_H
