// SPDX-License-Identifier: Apache-2.0
// Tracks who touched which bytes, and what each queue knows to have ended.
#include "lib/Conversion/TileToIsa/Dependences.h"

#include "lib/Conversion/TileToIsa/Footprint.h"

#include <map>

using namespace mlir;

namespace tilicho::compiler {

namespace {

/// For each queue the last of its instructions, -1 for none.
using Clock = std::vector<int32_t>;

void raise(Clock &clock, ArrayRef<int32_t> other) {
  for (size_t queue = 0; queue < clock.size(); ++queue)
    clock[queue] = std::max(clock[queue], other[queue]);
}

struct Record {
  Footprint print;
  uint32_t queue;
  int32_t instruction;
};

/// Who used the bytes of one memory before they were given to another buffer.
class FormerUses {
public:
  explicit FormerUses(size_t numQueues) : none(numQueues, -1) {}

  Clock of(int64_t low, int64_t high) const {
    Clock clock = none;
    for (auto at = firstAt(low); at != uses.end() && at->first < high; ++at)
      raise(clock, at->second.clock);
    return clock;
  }

  void set(int64_t low, int64_t high, const Clock &clock) {
    splitAt(low);
    splitAt(high);
    uses.erase(uses.lower_bound(low), uses.lower_bound(high));
    uses[low] = {high, clock};
  }

private:
  struct Use {
    int64_t high;
    Clock clock;
  };
  using Map = std::map<int64_t, Use>;

  Map::const_iterator firstAt(int64_t low) const {
    auto at = uses.upper_bound(low);
    if (at != uses.begin() && std::prev(at)->second.high > low)
      --at;
    return at;
  }
  void splitAt(int64_t address) {
    auto at = uses.lower_bound(address);
    if (at == uses.begin() || std::prev(at)->second.high <= address)
      return;
    Use &before = std::prev(at)->second;
    uses[address] = before;
    before.high = address;
  }

  Map uses;
  Clock none;
};

/// What is known of one buffer.
struct BufferUses {
  bool isOpen = false;
  std::vector<Record> writes, reads;
  /// Those who used the memory before.
  Clock inherited;
  /// The last instruction of each queue that touched the buffer.
  Clock last;
};

class Tracker {
public:
  Tracker(const InstructionList &list, uint32_t numQueues)
      : list(list), numQueues(numQueues), uses(list.buffers.size()),
        sbuf(numQueues), psum(numQueues),
        known(numQueues, Clock(numQueues, -1)), latest(numQueues, -1),
        clocks(list.instructions.size() * numQueues) {}

  std::vector<SmallVector<Wait, 2>> run() {
    std::vector<SmallVector<Wait, 2>> waits;
    waits.reserve(list.instructions.size());
    auto border = list.borders.begin();
    for (int32_t index = 0, n = list.instructions.size(); index < n; ++index) {
      for (; border != list.borders.end() && border->position <= index;
           ++border)
        known.assign(numQueues, latest);
      waits.push_back(visit(index));
      latest[list.instructions[index].queue] = index;
    }
    return waits;
  }

private:
  FormerUses &memoryOf(const Buffer &buffer) {
    return buffer.space() == isa::Space::Psum ? psum : sbuf;
  }

  BufferUses &open(uint32_t number) {
    BufferUses &use = uses[number];
    if (use.isOpen)
      return use;
    use.isOpen = true;
    use.last.assign(numQueues, -1);
    const Buffer &buffer = list.buffers[number];
    use.inherited = buffer.space() == isa::Space::Hbm
                        ? Clock(numQueues, -1)
                        : memoryOf(buffer).of(buffer.address, endOf(buffer));
    return use;
  }

  static int64_t endOf(const Buffer &buffer) {
    return buffer.address + std::max<int64_t>(buffer.type.getBytes(), 1);
  }

  void close(uint32_t number) {
    const Buffer &buffer = list.buffers[number];
    BufferUses &use = uses[number];
    if (buffer.space() != isa::Space::Hbm)
      memoryOf(buffer).set(buffer.address, endOf(buffer), use.last);
    use.writes = {};
    use.reads = {};
  }

  static void require(Clock &need, const std::vector<Record> &records,
                      const Footprint &print) {
    for (const Record &record : records)
      if (need[record.queue] < record.instruction &&
          record.print.overlaps(print))
        need[record.queue] = record.instruction;
  }

  /// Keeps lists short: what is covered goes, and beyond a length the older
  /// half of each queue becomes one record.
  static void add(std::vector<Record> &records, const Record &record) {
    constexpr size_t longest = 256;
    if (records.size() >= longest) {
      std::map<uint32_t, Record> united;
      for (const Record &old : records) {
        auto [at, isNew] = united.try_emplace(old.queue, old);
        if (isNew)
          continue;
        at->second.print = at->second.print.unite(old.print);
        at->second.instruction =
            std::max(at->second.instruction, old.instruction);
      }
      records.clear();
      for (auto &[queue, old] : united)
        records.push_back(old);
    }
    records.push_back(record);
  }

  static void dropCovered(std::vector<Record> &records,
                          const Footprint &print) {
    llvm::erase_if(records, [&](const Record &record) {
      return print.covers(record.print);
    });
  }

  void collect(const Instruction &instruction, Clock &need) {
    for (const Operand &operand : instruction.operands) {
      BufferUses &use = open(operand.buffer);
      Footprint print = footprintOf(instruction, operand, list);
      require(need, use.writes, print);
      if (!operand.writes)
        continue;
      require(need, use.reads, print);
      raise(need, use.inherited);
    }
  }

  void record(const Instruction &instruction, int32_t index) {
    for (const Operand &operand : instruction.operands) {
      BufferUses &use = uses[operand.buffer];
      Record entry{footprintOf(instruction, operand, list), instruction.queue,
                   index};
      use.last[instruction.queue] = index;
      if (operand.writes) {
        dropCovered(use.writes, entry.print);
        dropCovered(use.reads, entry.print);
        add(use.writes, entry);
      } else {
        add(use.reads, entry);
      }
    }
    for (const Operand &operand : instruction.operands)
      if (list.buffers[operand.buffer].last == index)
        close(operand.buffer);
  }

  SmallVector<Wait, 2> visit(int32_t index) {
    const Instruction &instruction = list.instructions[index];
    Clock &mine = known[instruction.queue];
    Clock need(numQueues, -1);
    collect(instruction, need);
    need[instruction.queue] = -1;
    SmallVector<Wait, 2> waits;
    for (uint32_t queue = 0; queue < numQueues; ++queue)
      if (need[queue] > mine[queue] && !isImplied(need, mine, queue))
        waits.push_back({queue, static_cast<uint32_t>(need[queue])});
    for (const Wait &wait : waits)
      raise(mine, clockOf(wait.instruction));
    mine[instruction.queue] = index;
    llvm::copy(mine, clocks.begin() + size_t(index) * numQueues);
    record(instruction, index);
    return waits;
  }

  ArrayRef<int32_t> clockOf(int32_t instruction) const {
    return ArrayRef(clocks).slice(size_t(instruction) * numQueues, numQueues);
  }

  /// Whether waiting for another queue's instruction makes the wait for
  /// `queue` needless.
  bool isImplied(const Clock &need, const Clock &mine, uint32_t queue) const {
    for (uint32_t other = 0; other < numQueues; ++other)
      if (other != queue && need[other] > mine[other] &&
          clockOf(need[other])[queue] >= need[queue])
        return true;
    return false;
  }

  const InstructionList &list;
  uint32_t numQueues;
  std::vector<BufferUses> uses;
  FormerUses sbuf, psum;
  /// By queue, what has certainly ended before its next instruction.
  std::vector<Clock> known;
  /// The last instruction of each queue so far: at the borders of a loop or a
  /// branch all queues meet. Of the two sides of a branch one is executed, so
  /// that the other has ended as well.
  Clock latest;
  /// By instruction, what has certainly ended when it has.
  std::vector<int32_t> clocks;
};

} // namespace

std::vector<SmallVector<Wait, 2>> findDependences(const InstructionList &list,
                                                  uint32_t numQueues) {
  return Tracker(list, numQueues).run();
}

} // namespace tilicho::compiler
