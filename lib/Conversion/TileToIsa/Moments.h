// SPDX-License-Identifier: Apache-2.0
// When the values of the ONNX graph can be seen.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_MOMENTS_H
#define TILICHO_LIB_CONVERSION_TILETOISA_MOMENTS_H

#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// For each of `list.values` on chip the last instruction of each queue that
/// writes to its buffer before it, ascending. Once the last of these has ended
/// the box is whole, and nothing has taken its memory yet: what would has to
/// wait for all of them. Queues must be assigned.
std::vector<llvm::SmallVector<uint32_t, 2>>
findMoments(const InstructionList &list);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_MOMENTS_H
