// SPDX-License-Identifier: Apache-2.0
// Finds repetitions: equal keys one period apart, and fields that step alike.
#include "lib/Conversion/TileToIsa/RollTree.h"
#include "lib/Conversion/TileToIsa/RollFields.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Hashing.h"

namespace tilicho::compiler {

namespace {

/// Instructions that a loop has to save beside its own two.
constexpr size_t leastSaving = 6;
/// Of two turns nothing says that they step alike by more than chance.
constexpr size_t leastSavingOfTwo = 16;
/// Loops nest 8 deep in the ISA.
constexpr uint32_t deepest = 8;
/// The next items of the same key that are tried as the period's end.
constexpr int numCandidates = 12;
/// Longer periods that are tried: rings mostly have a power of two of slots.
constexpr size_t longPeriods[] = {16, 32, 64, 128};

/// One pass over the items: each repetition of up to `longest` becomes a loop.
class LoopFinder {
public:
  LoopFinder(RollTree &tree, size_t longest)
      : tree(tree), items(tree.items), longest(longest) {}

  void run() {
    linkEqualKeys();
    std::vector<RollItem> result;
    result.reserve(items.size());
    for (size_t i = 0; i < items.size();) {
      size_t period = findPeriod(i);
      if (!period) {
        result.push_back(items[i++]);
        continue;
      }
      size_t turns = countTurns(i, period);
      result.push_back(makeLoop(i, period, turns));
      i += period * turns;
    }
    tree.items = std::move(result);
  }

private:
  void linkEqualKeys() {
    next.assign(items.size(), items.size());
    llvm::DenseMap<uint64_t, size_t> last;
    for (size_t i = items.size(); i-- > 0;) {
      auto [at, isNew] = last.try_emplace(items[i].key >> 1, i);
      if (!isNew)
        next[i] = at->second;
      at->second = i;
    }
  }

  /// A short period from `i` on that is worth a loop, or 0.
  size_t findPeriod(size_t i) {
    if (items[i].depth >= deepest)
      return 0;
    size_t end = next[i];
    for (int tried = 0; tried < numCandidates &&
                        end <= std::min(items.size() - 1, i + longest);
         ++tried, end = next[end])
      if (isWorthLoop(i, end - i))
        return end - i;
    for (size_t period : longPeriods)
      if (period <= longest && i + 2 * period < items.size() &&
          items[i + period].key == items[i].key &&
          items[i + 2 * period].key == items[i].key &&
          stepsAlike(i + 2 * period, period) && isWorthLoop(i, period))
        return period;
    return 0;
  }

  bool isWorthLoop(size_t i, size_t period) const {
    size_t turns = countTurns(i, period);
    if (turns < 2 || !isShallow(i, period))
      return false;
    size_t size = 0;
    for (size_t k = i; k < i + period; ++k)
      size += items[k].size;
    return (turns - 1) * size >=
           (turns == 2 ? leastSavingOfTwo : leastSaving) + 2;
  }

  bool isShallow(size_t i, size_t period) const {
    return llvm::all_of(
        llvm::ArrayRef(items).slice(i, period),
        [](const RollItem &item) { return item.depth < deepest; });
  }

  size_t countTurns(size_t i, size_t period) const {
    size_t at = i + period;
    while (at < items.size() && items[at].key == items[at - period].key &&
           (at < i + 2 * period || stepsAlike(at, period)))
      ++at;
    return (at - i) / period;
  }

  /// Whether the fields of item `at` go on as in the turns before.
  bool stepsAlike(size_t at, size_t period) const {
    const int64_t *now = fieldsOf(at), *before = fieldsOf(at - period),
                  *first = fieldsOf(at - 2 * period);
    for (uint32_t f = 0; f < items[at].numFields; ++f)
      if (now[f] - before[f] != before[f] - first[f])
        return false;
    return true;
  }

  const int64_t *fieldsOf(size_t item) const {
    return tree.fields.data() + items[item].firstField;
  }

  RollItem makeLoop(size_t i, size_t period, size_t turns) {
    RollItem item = items[i];
    RollLoop loop;
    loop.count = turns;
    item.loop = tree.loops.size();
    item.size = 2;
    std::vector<int64_t> fields;
    llvm::hash_code hash = llvm::hash_value(turns);
    for (size_t k = i; k < i + period; ++k) {
      const RollItem &child = items[k];
      loop.body.push_back(child);
      for (uint32_t f = 0; f < child.numFields; ++f) {
        int64_t value = fieldsOf(k)[f];
        loop.strides.push_back(fieldsOf(k + period)[f] - value);
        fields.push_back(value);
      }
      hash = llvm::hash_combine(hash, child.key);
      item.size += child.size;
      item.depth = std::max(item.depth, child.depth);
    }
    ++item.depth;
    hash = llvm::hash_combine(hash, llvm::ArrayRef(loop.strides));
    item.key = size_t(hash);
    item.firstField = tree.fields.size();
    item.numFields = fields.size();
    tree.fields.insert(tree.fields.end(), fields.begin(), fields.end());
    tree.loops.push_back(std::move(loop));
    return item;
  }

  RollTree &tree;
  std::vector<RollItem> &items;
  size_t longest;
  /// By item, the next one with the same key.
  std::vector<size_t> next;
};

RollTree listItems(const QueueStream &stream) {
  RollTree tree;
  auto run = stream.nodeMap.begin();
  for (uint32_t word = 0, n = stream.numInstructions(); word < n; ++word) {
    while (std::next(run) != stream.nodeMap.end() &&
           std::next(run)->first <= word)
      ++run;
    const uint8_t *bytes = &stream.bytes[size_t(word) * isa::kInstructionBytes];
    RollItem item;
    item.word = word;
    item.firstField = tree.fields.size();
    for (RollField field : rollFieldsOf(bytes))
      tree.fields.push_back(readField(field, bytes));
    item.numFields = tree.fields.size() - item.firstField;
    item.key = size_t(llvm::hash_combine(keyWithoutFields(bytes), run->node));
    tree.items.push_back(item);
  }
  return tree;
}

} // namespace

RollTree findLoops(const QueueStream &stream) {
  RollTree tree = listItems(stream);
  // Short periods first: what lies between two inner loops must not be taken
  // for the begin of an outer one.
  // New loops may repeat in turn.
  size_t before = 0;
  for (size_t longest = 1;
       longest < tree.items.size() || tree.items.size() < before;
       longest *= 2) {
    before = tree.items.size();
    LoopFinder(tree, longest).run();
  }
  return tree;
}

} // namespace tilicho::compiler
