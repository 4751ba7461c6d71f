// SPDX-License-Identifier: Apache-2.0
// Loops as instructions of the sequencer, and registers for what steps.
#include "lib/Conversion/TileToIsa/RollFields.h"
#include "lib/Conversion/TileToIsa/RollTree.h"

#include <map>
#include <optional>
#include <set>
#include <tuple>

using namespace mlir;

namespace tilicho::compiler {

namespace {

/// A sum of counters times strides, outermost first: what a register holds.
struct Term {
  uint32_t level;
  int64_t stride;
  bool operator<(const Term &other) const {
    return std::tie(level, stride) < std::tie(other.level, other.stride);
  }
};
using Sum = std::vector<Term>;

/// A loop that is being written, and which of its fields comes next.
struct Level {
  const RollLoop *loop;
  uint32_t field;
  uint8_t counter;
};

class RollEncoder {
public:
  RollEncoder(const RollTree &tree, const QueueStream &stream)
      : tree(tree), from(stream) {}

  FailureOr<QueueStream> run() {
    to.name = from.name;
    for (const RollItem &item : tree.items)
      encode(item);
    if (isShort)
      return failure();
    return std::move(to);
  }

private:
  void encode(const RollItem &item) {
    if (item.loop < 0)
      return encodeInstruction(item);
    const RollLoop &loop = tree.loops[item.loop];
    const uint8_t firstFree = nextRegister;
    levels.push_back({&loop, 0, takeRegister()});
    isa::LoopInst begin;
    begin.rd = levels.back().counter;
    begin.imm = loop.count;
    append(begin, item.word);
    std::set<Sum> needed;
    collectSums(loop, needed);
    for (const Sum &sum : needed)
      calculate(sum, item.word);
    for (const RollItem &child : loop.body) {
      encode(child);
      levels.back().field += child.numFields;
    }
    append(isa::EndLoopInst(), item.word);
    for (const Sum &sum : needed)
      registerOf.erase(sum);
    levels.pop_back();
    nextRegister = firstFree;
  }

  void encodeInstruction(const RollItem &item) {
    const uint8_t *bytes = wordAt(from, item.word);
    uint8_t *copy = appendBytes(bytes, item.word);
    for (auto [index, field] : llvm::enumerate(rollFieldsOf(bytes))) {
      Sum sum = stepsOf(index);
      RollRegisters registers;
      if (std::optional<Term> scaled = takeScaled(field, sum)) {
        registers.scaled = levels[scaled->level].counter;
        registers.stride = int32_t(scaled->stride);
      }
      registers.added = findRegister(sum);
      if (registers.scaled || registers.added)
        setRegisters(field, registers, copy);
    }
  }

  /// What the loops around add to field `index` of the item that is next.
  Sum stepsOf(size_t index) const {
    Sum sum;
    for (auto [number, level] : llvm::enumerate(levels)) {
      // An outer loop has counted the items before the inner loop only.
      size_t field = index;
      for (size_t inner = number; inner < levels.size(); ++inner)
        field += levels[inner].field;
      if (int64_t stride = level.loop->strides[field])
        sum.push_back({uint32_t(number), stride});
    }
    return sum;
  }

  /// Takes the innermost term out, where the field multiplies by itself.
  static std::optional<Term> takeScaled(RollField field, Sum &sum) {
    if (!field.hasStride() || sum.empty() ||
        !llvm::isInt<32>(sum.back().stride))
      return std::nullopt;
    Term last = sum.back();
    sum.pop_back();
    return last;
  }

  /// The sums whose last term is the innermost loop's, of all fields in it.
  void collectSums(const RollLoop &loop, std::set<Sum> &needed) {
    const uint32_t innermost = uint32_t(levels.size()) - 1;
    visitFields(loop, [&](RollField field, Sum sum) {
      takeScaled(field, sum);
      while (!sum.empty() && sum.back().level > innermost)
        sum.pop_back();
      if (!sum.empty() && sum.back().level == innermost && !isCounter(sum))
        needed.insert(sum);
    });
  }

  template <class Visit> void visitFields(const RollLoop &loop, Visit visit) {
    const uint32_t start = levels.back().field;
    for (const RollItem &child : loop.body) {
      if (child.loop < 0) {
        auto fields = rollFieldsOf(wordAt(from, child.word));
        for (auto [index, field] : llvm::enumerate(fields))
          visit(field, stepsOf(index));
      } else {
        levels.push_back({&tree.loops[child.loop], 0, 0});
        visitFields(tree.loops[child.loop], visit);
        levels.pop_back();
      }
      levels.back().field += child.numFields;
    }
    levels.back().field = start;
  }

  static bool isCounter(const Sum &sum) {
    return sum.size() == 1 && sum[0].stride == 1;
  }

  uint8_t findRegister(const Sum &sum) const {
    if (sum.empty())
      return 0;
    if (isCounter(sum))
      return levels[sum[0].level].counter;
    auto at = registerOf.find(sum);
    return at == registerOf.end() ? 0 : at->second;
  }

  void calculate(const Sum &sum, uint32_t word) {
    isa::AluInst product;
    product.rd = takeRegister();
    product.ra = levels[sum.back().level].counter;
    product.alu = isa::RegisterOp::mul;
    product.imm = sum.back().stride;
    append(product, word);
    registerOf[sum] = product.rd;
    Sum rest(sum.begin(), std::prev(sum.end()));
    if (rest.empty())
      return;
    isa::AluInst total;
    total.rd = total.ra = product.rd;
    total.rb = findRegister(rest);
    total.alu = isa::RegisterOp::add;
    append(total, word);
  }

  uint8_t takeRegister() {
    if (nextRegister < isa::kNumRegisters)
      return nextRegister++;
    isShort = true;
    return 0;
  }

  static const uint8_t *wordAt(const QueueStream &stream, uint32_t word) {
    return &stream.bytes[size_t(word) * isa::kInstructionBytes];
  }

  template <class Inst> void append(const Inst &inst, uint32_t word) {
    uint8_t bytes[isa::kInstructionBytes];
    isa::encode(inst, bytes);
    appendBytes(bytes, word);
  }

  /// Adds an instruction of the node of `word`; gives its bytes.
  uint8_t *appendBytes(const uint8_t *bytes, uint32_t word) {
    uint32_t node = nodeOf(word);
    if (to.nodeMap.empty() || to.nodeMap.back().node != node)
      to.nodeMap.push_back({to.numInstructions(), node});
    to.bytes.insert(to.bytes.end(), bytes, bytes + isa::kInstructionBytes);
    return &to.bytes[to.bytes.size() - isa::kInstructionBytes];
  }

  uint32_t nodeOf(uint32_t word) const {
    auto after = llvm::upper_bound(
        from.nodeMap, word,
        [](uint32_t word, const NodeRun &run) { return word < run.first; });
    return std::prev(after)->node;
  }

  const RollTree &tree;
  const QueueStream &from;
  QueueStream to;
  std::vector<Level> levels;
  std::map<Sum, uint8_t> registerOf;
  uint8_t nextRegister = 1;
  bool isShort = false;
};

} // namespace

FailureOr<QueueStream> encodeLoops(const RollTree &tree,
                                   const QueueStream &stream) {
  return RollEncoder(tree, stream).run();
}

} // namespace tilicho::compiler
