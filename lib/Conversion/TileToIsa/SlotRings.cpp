// SPDX-License-Identifier: Apache-2.0
// Sorts short-lived buffers by use, and shares the memory among them.
#include "lib/Conversion/TileToIsa/SlotRings.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace tilicho::compiler {

namespace {

/// Shorter programs are small without loops.
constexpr int64_t leastInstructions = 1024;
/// Fewer buffers are no ring.
constexpr size_t leastBuffers = 8;
/// Rings of at most these slots take all that they can have.
constexpr int64_t fewSlots = 7;

/// How an instruction uses a buffer.
using Use = std::pair<isa::Opcode, size_t>;
using RingKey = std::tuple<isa::Space, int64_t, Use, Use>;

Use useIn(const Instruction &instruction, uint32_t buffer) {
  for (auto [index, operand] : llvm::enumerate(instruction.operands))
    if (operand.buffer == buffer)
      return {instruction.info->opcode, index};
  llvm_unreachable("the instruction touches the buffer");
}

/// Joins nodes whose instructions are mixed.
std::vector<Section> findSections(const InstructionList &list) {
  std::vector<Section> byNode(list.nodes.size(), Section{-1, 0});
  for (auto [index, instruction] : llvm::enumerate(list.instructions)) {
    Section &section = byNode[instruction.node];
    if (section.begin < 0)
      section.begin = index;
    section.end = index + 1;
  }
  llvm::sort(byNode, [](const Section &a, const Section &b) {
    return a.begin < b.begin;
  });
  std::vector<Section> sections;
  for (const Section &section : byNode) {
    if (section.begin < 0)
      continue;
    if (!sections.empty() && section.begin < sections.back().end)
      sections.back().end = std::max(sections.back().end, section.end);
    else
      sections.push_back(section);
  }
  llvm::erase_if(sections, [](const Section &section) {
    return section.end - section.begin < leastInstructions;
  });
  return sections;
}

/// Sorts the buffers of one section.
class RingFinder {
public:
  RingFinder(const InstructionList &list, Section section)
      : list(list), section(section) {}

  SectionRings run() {
    sortBuffers();
    SectionRings result;
    result.section = section;
    for (auto &[key, buffers] : classes) {
      SlotRing ring;
      ring.space = std::get<0>(key);
      ring.bytes = std::get<1>(key);
      ring.buffers = std::move(buffers);
      ring.leastSlots = countLeastSlots(ring.buffers);
      ring.burst = findBurst(ring.buffers);
      if (ring.buffers.size() < leastBuffers ||
          ring.buffers.size() < 2 * size_t(ring.leastSlots))
        others.insert(others.end(), ring.buffers.begin(), ring.buffers.end());
      else
        result.rings.push_back(std::move(ring));
    }
    result.otherSbufBytes = sumLive(isa::Space::Sbuf);
    result.otherPsumBytes = sumLive(isa::Space::Psum);
    return result;
  }

private:
  void sortBuffers() {
    for (int64_t index = section.begin; index < section.end; ++index)
      for (const Operand &operand : list.instructions[index].operands)
        if (list.buffers[operand.buffer].first == index)
          sortBuffer(operand.buffer);
  }

  void sortBuffer(uint32_t number) {
    const Buffer &buffer = list.buffers[number];
    if (buffer.segment || !seen.insert(number).second)
      return;
    if (buffer.last >= section.end)
      return others.push_back(number);
    RingKey key{buffer.space(), buffer.type.getBytes(),
                useIn(list.instructions[buffer.first], number),
                useIn(list.instructions[buffer.last], number)};
    classes[key].push_back(number);
  }

  int64_t countLeastSlots(llvm::ArrayRef<uint32_t> buffers) const {
    int64_t least = 1;
    size_t oldest = 0;
    for (size_t i = 0; i < buffers.size(); ++i) {
      while (list.buffers[buffers[oldest]].last <
                 list.buffers[buffers[i]].first &&
             oldest < i)
        ++oldest;
      least = std::max<int64_t>(least, i - oldest + 1);
    }
    return least;
  }

  /// The distance between the first instructions of most neighbours; whatever
  /// stands between loops makes another one.
  int64_t findBurst(llvm::ArrayRef<uint32_t> buffers) const {
    std::map<int64_t, size_t> histogram;
    std::vector<int64_t> gaps;
    for (size_t i = 1; i < buffers.size(); ++i) {
      gaps.push_back(list.buffers[buffers[i]].first -
                     list.buffers[buffers[i - 1]].first);
      ++histogram[gaps.back()];
    }
    if (histogram.empty())
      return 0;
    auto common = std::max_element(
        histogram.begin(), histogram.end(),
        [](const auto &a, const auto &b) { return a.second < b.second; });
    int64_t burst = 0, last = -1;
    for (auto [index, gap] : llvm::enumerate(gaps)) {
      if (gap == common->first)
        continue;
      burst = std::gcd(burst, int64_t(index) - last);
      last = index;
    }
    return burst;
  }

  int64_t sumLive(isa::Space space) const {
    std::map<int64_t, int64_t> changes;
    for (uint32_t number : others) {
      const Buffer &buffer = list.buffers[number];
      if (buffer.space() != space)
        continue;
      changes[buffer.first] += buffer.type.getBytes();
      changes[buffer.last + 1] -= buffer.type.getBytes();
    }
    int64_t live = 0, most = 0;
    for (auto [index, change] : changes)
      most = std::max(most, live += change);
    return most;
  }

  const InstructionList &list;
  Section section;
  std::map<RingKey, std::vector<uint32_t>> classes;
  std::vector<uint32_t> others;
  llvm::DenseSet<uint32_t> seen;
};

/// Shares one memory among the rings that lie in it.
class RingPlacer {
public:
  RingPlacer(SectionRings &all, isa::Space space, int64_t otherBytes,
             FreeList &memory)
      : memory(memory), otherBytes(otherBytes) {
    for (SlotRing &ring : all.rings)
      if (ring.space == space)
        rings.push_back(&ring);
  }

  /// Gives each ring its slots and its place in a copy of the memory.
  bool place() {
    for (SlotRing *ring : rings)
      floors.push_back(ring->leastSlots);
    if (!tryShare(0))
      return false;
    doubleFloors();
    double low = 0, high = 1;
    for (int step = 0; step < 24; ++step) {
      double share = (low + high) / 2;
      (tryShare(share) ? low : high) = share;
    }
    return tryShare(low);
  }

  const FreeList &taken() const { return trial; }

private:
  /// What is made while the last is still used needs twice the slots, where
  /// they fit; the smallest rings first.
  void doubleFloors() {
    std::vector<size_t> order(rings.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](size_t a, size_t b) {
      return std::make_pair(floors[a] * rings[a]->bytes, a) <
             std::make_pair(floors[b] * rings[b]->bytes, b);
    });
    for (size_t index : order) {
      floors[index] *= 2;
      if (!tryShare(0))
        floors[index] /= 2;
    }
  }

  /// `share`: of all its buffers, those for which a ring has slots.
  bool tryShare(double share) {
    trial = memory;
    if (!fitsOthers())
      return false;
    for (auto [ring, floor] : llvm::zip_equal(rings, floors)) {
      ring->slots = std::max<int64_t>(share * ring->buffers.size(), floor);
      ring->slots = chooseSlots(floor, ring->slots, ring->burst);
      auto address =
          trial.takeHighest(ring->slots * trial.rounded(ring->bytes));
      if (!address)
        return false;
      ring->address = *address;
    }
    return fitsOthers();
  }

  bool fitsOthers() const {
    return otherBytes == 0 || trial.longestFree() >= otherBytes;
  }

  FreeList &memory;
  int64_t otherBytes;
  FreeList trial{0, 1};
  std::vector<SlotRing *> rings;
  /// By ring, the slots that it has at least.
  std::vector<int64_t> floors;
};

} // namespace

/// Halving a ring repeats with the same loops, and so only odd factors count.
static int64_t countTurns(int64_t slots, int64_t burst) {
  int64_t turns = slots / std::gcd(slots, burst);
  return turns >> llvm::countr_zero(uint64_t(turns));
}

int64_t chooseSlots(int64_t least, int64_t most, int64_t burst) {
  burst = std::max<int64_t>(burst, 1);
  int64_t best = most;
  // Of a few slots each one counts.
  if (most <= fewSlots)
    return best;
  for (int64_t slots = most - 1; slots >= std::max(least, most / 2); --slots)
    if (countTurns(slots, burst) < countTurns(best, burst))
      best = slots;
  return best;
}

std::vector<SectionRings> findSlotRings(const InstructionList &list) {
  std::vector<SectionRings> result;
  for (const Section &section : findSections(list)) {
    SectionRings rings = RingFinder(list, section).run();
    if (!rings.rings.empty())
      result.push_back(std::move(rings));
  }
  return result;
}

bool placeSlotRings(SectionRings &rings, FreeList &sbuf, FreeList &psum) {
  RingPlacer inSbuf(rings, isa::Space::Sbuf, rings.otherSbufBytes, sbuf);
  RingPlacer inPsum(rings, isa::Space::Psum, rings.otherPsumBytes, psum);
  if (!inSbuf.place() || !inPsum.place())
    return false;
  sbuf = inSbuf.taken();
  psum = inPsum.taken();
  return true;
}

} // namespace tilicho::compiler
