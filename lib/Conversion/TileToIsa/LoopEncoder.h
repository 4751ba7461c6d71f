// SPDX-License-Identifier: Apache-2.0
// Loops of run time in the streams of all queues.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_LOOPENCODER_H
#define TILICHO_LIB_CONVERSION_TILETOISA_LOOPENCODER_H

#include "lib/Conversion/TileToIsa/Encode.h"

namespace tilicho::compiler {

/// The streams while they grow. Each queue signals the semaphore of its number.
class StreamWriter {
public:
  StreamWriter(const InstructionList &list, uint32_t numQueues);

  uint8_t *append(uint32_t queue, uint32_t node, const isa::Header &header,
                  isa::Opcode opcode);
  /// Until `queue` has signalled `count` times, and what loops of run time have
  /// added to that.
  void setWait(isa::Header &header, uint32_t queue, int32_t count) const;

  uint32_t length(uint32_t queue) const {
    return streams[queue].numInstructions();
  }
  std::vector<uint8_t> &bytesOf(uint32_t queue) { return streams[queue].bytes; }
  /// Those that hold anything.
  std::vector<QueueStream> takeStreams();

  /// By queue, how often its semaphore was signalled so far, iterations of
  /// loops that have ended left out.
  std::vector<int32_t> signalled;

private:
  std::vector<QueueStream> streams;
  bool hasLoops;
};

/// Writes the borders of loops. Every queue that the program uses goes through
/// every loop: it reads the condition, and all meet before the first iteration,
/// when all have read the condition, and when an iteration has ended. Every
/// semaphore counts equally far in an iteration, so that one register of each
/// queue holds what the iterations so far have added, in whatever loops.
class LoopEncoder {
public:
  LoopEncoder(const InstructionList &list, StreamWriter &writer);

  /// The borders that stand in front of instruction `index`.
  void encodeBordersBefore(int64_t index);

private:
  struct Loop {
    LoopBorder border;
    /// By queue, where the condition is read and where the loop is left.
    std::vector<uint32_t> head, exit;
    std::vector<int32_t> before;
  };

  void begin(const LoopBorder &border);
  void end(const LoopBorder &border);
  /// Every queue signals `increments` of its own and waits for all others.
  void meet(uint32_t node, llvm::ArrayRef<int32_t> increments);
  void signal(uint32_t queue, uint32_t node, int32_t increment);
  void wait(uint32_t queue, uint32_t node, uint32_t other);
  void loadCondition(uint32_t queue, const Loop &loop);
  uint32_t branchIfZero(uint32_t queue, uint32_t node, uint8_t reg,
                        uint32_t target);

  const InstructionList &list;
  StreamWriter &writer;
  std::vector<uint32_t> queues;
  std::vector<Loop> open;
  std::vector<LoopBorder>::const_iterator next;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_LOOPENCODER_H
