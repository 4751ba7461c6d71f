// SPDX-License-Identifier: Apache-2.0
// Walks the instructions in order, taking and releasing memory.
#include "lib/Conversion/TileToIsa/AssignAddresses.h"

#include "lib/Conversion/TileToIsa/FreeList.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {

/// Operands start at multiples of this, a cache line of the emulating host.
constexpr int64_t sbufUnit = 64;

/// Memory that outlives this share of the program is placed from below.
constexpr int64_t longLivedInstructions = 512;

class Assigner {
public:
  Assigner(func::FuncOp function, InstructionList &list, const Machine &machine)
      : function(function), list(list), sbuf(machine.sbufUsableBytes, sbufUnit),
        psum(machine.psumBytesPerPartition(), machine.psumBankBytes) {}

  FailureOr<MemoryPeaks> run() {
    numberSegments();
    for (int64_t index = 0, n = list.instructions.size(); index < n; ++index) {
      for (Operand &operand : list.instructions[index].operands)
        if (failed(begin(operand.buffer, index)))
          return failure();
      for (Operand &operand : list.instructions[index].operands)
        end(operand.buffer, index);
    }
    peaks.sbufBytes = sbuf.peakBytes();
    peaks.psumBytes = psum.peakBytes();
    return peaks;
  }

private:
  void numberSegments() {
    int64_t number = 0;
    for (Buffer &buffer : list.buffers)
      if (buffer.segment)
        buffer.address = number++;
  }

  FreeList &memoryOf(const Buffer &buffer) {
    return buffer.space() == isa::Space::Psum ? psum : sbuf;
  }

  LogicalResult begin(uint32_t number, int64_t index) {
    Buffer &buffer = list.buffers[number];
    if (buffer.address >= 0)
      return success();
    FreeList &memory = memoryOf(buffer);
    int64_t bytes = buffer.type.getBytes();
    std::optional<int64_t> address =
        buffer.last - buffer.first > longLivedInstructions
            ? memory.takeLowest(bytes)
            : memory.takeNext(bytes);
    if (!address)
      return list.instructions[index].op.emitOpError()
             << "needs " << bytes << " bytes of "
             << StringRef(isa::nameOf(buffer.space()))
             << " in each partition, but no such gap is free beside the "
             << memory.usedBytes() << " bytes in use";
    buffer.address = *address;
    peaks.sbufLiveBytes = std::max(peaks.sbufLiveBytes, sbuf.usedBytes());
    return success();
  }

  void end(uint32_t number, int64_t index) {
    Buffer &buffer = list.buffers[number];
    if (buffer.segment || buffer.last != index ||
        !released.insert(number).second)
      return;
    memoryOf(buffer).release(buffer.address, buffer.type.getBytes());
  }

  func::FuncOp function;
  InstructionList &list;
  FreeList sbuf, psum;
  MemoryPeaks peaks;
  llvm::DenseSet<uint32_t> released;
};

} // namespace

FailureOr<MemoryPeaks> assignAddresses(func::FuncOp function,
                                       InstructionList &list,
                                       const Machine &machine) {
  return Assigner(function, list, machine).run();
}

} // namespace tilicho::compiler
