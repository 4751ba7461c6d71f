// SPDX-License-Identifier: Apache-2.0
// Which instruction must wait for which.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_DEPENDENCES_H
#define TILICHO_LIB_CONVERSION_TILETOISA_DEPENDENCES_H

#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// An instruction of another queue that must have ended.
struct Wait {
  uint32_t queue;
  uint32_t instruction;
};

/// The waits of each instruction, in the order of `list.instructions`. Memory
/// that is read waits for who wrote it, memory that is written for who wrote or
/// read it, by the bytes that are touched; memory that is reused, for all who
/// used it before. Waits that others imply are left out.
std::vector<llvm::SmallVector<Wait, 2>>
findDependences(const InstructionList &list, uint32_t numQueues);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_DEPENDENCES_H
