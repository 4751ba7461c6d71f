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

  uint32_t numInstructions() const {
    return bytes.size() / isa::kInstructionBytes;
  }
};

/// Where an instruction of the list stands in its queue's stream.
struct Place {
  uint32_t index = 0;
  /// The last time that it runs, counted from 0.
  uint32_t occurrence = 0;
};

struct Streams {
  std::vector<QueueStream> queues;
  /// By position in `InstructionList::instructions`.
  std::vector<Place> places;
};

/// Encodes all instructions, one stream for each queue that has any. Each
/// queue has the semaphore of its number, which counts those of its
/// instructions that some other queue waits for.
mlir::FailureOr<Streams>
encodeStreams(const InstructionList &list,
              llvm::ArrayRef<llvm::SmallVector<Wait, 2>> waits,
              uint32_t numQueues);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ENCODE_H
