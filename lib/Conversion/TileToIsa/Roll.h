// SPDX-License-Identifier: Apache-2.0
// Straight-line streams become streams with loops.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ROLL_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ROLL_H

#include "lib/Conversion/TileToIsa/Encode.h"

namespace tilicho::compiler {

/// Rolls what each queue repeats into counted loops, whose operands and waits
/// step by registers. Every queue executes the same instructions as before: the
/// loops are run here and compared, and a queue in which anything differed
/// would stay as it is.
void rollStreams(const InstructionList &list, Streams &streams);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ROLL_H
