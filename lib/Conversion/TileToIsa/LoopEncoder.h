// SPDX-License-Identifier: Apache-2.0
// Loops and branches of run time in the streams of all queues.
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

/// Writes the borders of loops and branches. Every queue that the program uses
/// goes through all of them: it reads the condition, and all meet before the
/// first iteration, when all have read the condition, and when an iteration has
/// ended; before a branch, and when the side that is executed has ended. Every
/// semaphore counts equally far in an iteration or a side, so that one register
/// of each queue holds what those so far have added, of whatever loops and
/// branches.
class LoopEncoder {
public:
  LoopEncoder(const InstructionList &list, StreamWriter &writer);

  /// The borders that stand in front of instruction `index`.
  void encodeBordersBefore(int64_t index);

private:
  /// What may be executed: an iteration, or a side of a branch.
  struct Part {
    /// By queue, where the condition is read, and the branch out of it.
    std::vector<uint32_t> head, exit;
    std::vector<int32_t> before;
  };

  void beginLoop(const Border &border);
  void endLoop(const Border &border);
  void beginBranch(const Border &border);
  void divideBranch(const Border &border);
  void endBranch(const Border &border);

  Part beginPart(const Border &border);
  void endPart(uint32_t node, const Part &part);
  std::vector<int32_t> oneEach() const;
  /// Every queue signals `increments` of its own and waits for all others.
  void meet(uint32_t node, llvm::ArrayRef<int32_t> increments);
  void signal(uint32_t queue, uint32_t node, int32_t increment);
  void wait(uint32_t queue, uint32_t node, uint32_t other);
  void loadCondition(uint32_t queue, const Border &border);
  uint32_t branchIfZero(uint32_t queue, uint32_t node, uint8_t reg,
                        uint32_t target);
  void setTarget(uint32_t queue, uint32_t place);

  const InstructionList &list;
  StreamWriter &writer;
  std::vector<uint32_t> queues;
  std::vector<Part> open;
  std::vector<Border>::const_iterator next;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_LOOPENCODER_H
