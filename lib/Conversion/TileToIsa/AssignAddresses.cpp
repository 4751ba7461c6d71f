// SPDX-License-Identifier: Apache-2.0
// Walks the instructions in order, taking and releasing memory; packs where
// that does not fit.
#include "lib/Conversion/TileToIsa/AssignAddresses.h"

#include "lib/Conversion/TileToIsa/FreeList.h"
#include "lib/Conversion/TileToIsa/PackBuffers.h"
#include "lib/Conversion/TileToIsa/SlotRings.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace tilicho::compiler {

namespace {

/// Operands start at multiples of this, a cache line of the emulating host.
constexpr int64_t sbufUnit = 64;

/// Memory that outlives this share of the program is placed from below.
constexpr int64_t longLivedInstructions = 512;

class Assigner {
public:
  Assigner(InstructionList &list, const Machine &machine)
      : list(list), machine(machine), sbuf(emptySbuf()), psum(emptyPsum()) {
    int64_t segments = 0;
    for (Buffer &buffer : list.buffers)
      if (buffer.segment)
        buffer.address = segments++;
  }

  FailureOr<MemoryPeaks> run(Placement placement) {
    std::vector<Lifetime> lifetimes = listSbuf();
    peaks.sbufLiveBytes = liveBytes(lifetimes);
    if (placement == Placement::Packed || failed(goAroundQuietly())) {
      if (placement == Placement::Ahead)
        return failure();
      reset();
      packSbuf(lifetimes);
      if (failed(walk(0, list.instructions.size())))
        return failure();
    }
    peaks.sbufBytes = std::max(peaks.sbufBytes, sbuf.peakBytes());
    peaks.psumBytes = psum.peakBytes();
    return peaks;
  }

private:
  FreeList emptySbuf() const {
    return FreeList(machine.sbufUsableBytes, sbufUnit);
  }
  FreeList emptyPsum() const {
    return FreeList(machine.psumBytesPerPartition(), machine.psumBankBytes);
  }

  LogicalResult goAroundQuietly() {
    llvm::SaveAndRestore quiet(isTrying, true);
    int64_t index = 0;
    for (SectionRings &rings : findSlotRings(list)) {
      if (failed(walk(index, rings.section.begin)))
        return failure();
      index = rings.section.begin;
      if (succeeded(walkRings(rings)))
        index = rings.section.end;
    }
    return walk(index, list.instructions.size());
  }

  void reset() {
    sbuf = emptySbuf();
    psum = emptyPsum();
    released.clear();
    for (Buffer &buffer : list.buffers) {
      buffer.ring = -1;
      if (!buffer.segment)
        buffer.address = -1;
    }
  }

  static bool isInSbuf(const Buffer &buffer) {
    return buffer.space() == isa::Space::Sbuf && buffer.first >= 0;
  }

  std::vector<Lifetime> listSbuf() const {
    std::vector<Lifetime> lifetimes;
    for (const Buffer &buffer : list.buffers)
      if (isInSbuf(buffer))
        lifetimes.push_back(
            {buffer.first, buffer.last, sbuf.rounded(buffer.type.getBytes())});
    return lifetimes;
  }

  /// What does not fit stays without an address.
  void packSbuf(const std::vector<Lifetime> &lifetimes) {
    if (peaks.sbufLiveBytes > sbuf.longestFree())
      return;
    Packing packing = packBuffers(lifetimes);
    if (packing.peak > sbuf.longestFree())
      return;
    peaks.sbufBytes = packing.peak;
    auto address = packing.addresses.begin();
    for (auto [number, buffer] : llvm::enumerate(list.buffers))
      if (isInSbuf(buffer)) {
        buffer.address = *address++;
        released.insert(number);
      }
  }

  FreeList &memoryIn(isa::Space space) {
    return space == isa::Space::Psum ? psum : sbuf;
  }
  FreeList &memoryOf(const Buffer &buffer) { return memoryIn(buffer.space()); }

  LogicalResult walk(int64_t from, int64_t to) {
    for (int64_t index = from; index < to; ++index) {
      for (Operand &operand : list.instructions[index].operands)
        if (failed(begin(operand.buffer, index)))
          return failure();
      for (Operand &operand : list.instructions[index].operands)
        end(operand.buffer, index);
    }
    return success();
  }

  /// Walks a section whose buffers take turns; where that does not fit, all is
  /// as before.
  LogicalResult walkRings(SectionRings &rings) {
    const FreeList sbufBefore = sbuf, psumBefore = psum;
    if (!placeSlotRings(rings, sbuf, psum))
      return failure();
    enter(rings);
    const Section &section = rings.section;
    llvm::SaveAndRestore quiet(isTrying, true);
    if (succeeded(walk(section.begin, section.end))) {
      leave(rings);
      return success();
    }
    sbuf = sbufBefore;
    psum = psumBefore;
    forget(section);
    return failure();
  }

  void enter(const SectionRings &rings) {
    for (const SlotRing &ring : rings.rings) {
      const int64_t slotBytes = memoryIn(ring.space).rounded(ring.bytes);
      for (auto [turn, number] : llvm::enumerate(ring.buffers)) {
        Buffer &buffer = list.buffers[number];
        buffer.address = ring.address + int64_t(turn) % ring.slots * slotBytes;
        buffer.ring = numRings;
        released.insert(number);
      }
      ++numRings;
    }
  }

  void leave(const SectionRings &rings) {
    for (const SlotRing &ring : rings.rings) {
      FreeList &memory = memoryIn(ring.space);
      memory.release(ring.address, ring.slots * memory.rounded(ring.bytes));
    }
  }

  /// Takes the addresses of buffers that begin in `section` away again.
  void forget(const Section &section) {
    for (int64_t index = section.begin; index < section.end; ++index)
      for (const Operand &operand : list.instructions[index].operands) {
        Buffer &buffer = list.buffers[operand.buffer];
        if (buffer.last >= section.begin)
          released.erase(operand.buffer);
        if (buffer.segment || buffer.first < section.begin)
          continue;
        buffer.address = -1;
        buffer.ring = -1;
      }
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
    if (!address && isTrying)
      return failure();
    if (!address)
      return list.instructions[index].op.emitOpError()
             << "needs " << bytes << " bytes of "
             << StringRef(isa::nameOf(buffer.space()))
             << " in each partition, but no such gap is free beside the "
             << memory.usedBytes() << " bytes in use";
    buffer.address = *address;
    return success();
  }

  void end(uint32_t number, int64_t index) {
    Buffer &buffer = list.buffers[number];
    if (buffer.segment || buffer.last != index ||
        !released.insert(number).second)
      return;
    memoryOf(buffer).release(buffer.address, buffer.type.getBytes());
  }

  InstructionList &list;
  const Machine &machine;
  FreeList sbuf, psum;
  MemoryPeaks peaks;
  llvm::DenseSet<uint32_t> released;
  int32_t numRings = 0;
  /// Whether a failure is no error.
  bool isTrying = false;
};

} // namespace

FailureOr<MemoryPeaks> assignAddresses(InstructionList &list,
                                       const Machine &machine,
                                       Placement placement) {
  return Assigner(list, machine).run(placement);
}

} // namespace tilicho::compiler
