// SPDX-License-Identifier: Apache-2.0
// Instructions as the bytes that a queue executes.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ENCODE_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ENCODE_H

#include "lib/Conversion/TileToIsa/Dependences.h"

#include "runtime/Program/Program.h"

namespace tilicho::compiler {

/// One queue's stream.
struct QueueStream {
  std::string name;
  std::vector<uint8_t> bytes;
  std::vector<NodeRun> nodeMap;
};

/// Encodes all instructions, one stream for each queue that has any. Each
/// queue has the semaphore of its number, which counts those of its
/// instructions that some other queue waits for.
mlir::FailureOr<std::vector<QueueStream>>
encodeStreams(const InstructionList &list,
              llvm::ArrayRef<llvm::SmallVector<Wait, 2>> waits,
              uint32_t numQueues);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ENCODE_H
