// SPDX-License-Identifier: Apache-2.0
// Rolls each queue, runs the result, and finds where instructions went.
#include "lib/Conversion/TileToIsa/Roll.h"

#include "lib/Conversion/TileToIsa/AssignQueues.h"
#include "lib/Conversion/TileToIsa/RollFields.h"
#include "lib/Conversion/TileToIsa/RollTree.h"

#include <array>
#include <cstring>

using namespace mlir;

namespace tilicho::compiler {

namespace {

/// Runs the loops of a stream and compares what they execute.
class RolledRun {
public:
  RolledRun(const QueueStream &rolled, const QueueStream &plain)
      : rolled(rolled), plain(plain), runs(rolled.numInstructions()) {}

  /// By instruction of the plain stream, its place in the rolled one; fails
  /// when that executes anything else.
  FailureOr<std::vector<Place>> run() {
    for (uint32_t at = 0; at < rolled.numInstructions();) {
      const uint8_t *bytes = wordAt(rolled, at);
      switch (isa::Opcode(bytes[0])) {
      case isa::Opcode::loop:
        at = enter(isa::decodeAs<isa::LoopInst>(bytes), at);
        break;
      case isa::Opcode::end_loop:
        at = turn(at);
        break;
      case isa::Opcode::alu:
        calculate(isa::decodeAs<isa::AluInst>(bytes));
        ++at;
        break;
      default:
        if (!execute(bytes, at++))
          return failure();
      }
    }
    if (places.size() != plain.numInstructions())
      return failure();
    return std::move(places);
  }

private:
  struct Loop {
    uint32_t start;
    uint8_t counter;
    int64_t count;
  };

  static const uint8_t *wordAt(const QueueStream &stream, uint32_t word) {
    return &stream.bytes[size_t(word) * isa::kInstructionBytes];
  }

  uint32_t enter(const isa::LoopInst &inst, uint32_t at) {
    values[inst.rd] = 0;
    loops.push_back({at + 1, inst.rd, inst.imm});
    return at + 1;
  }

  uint32_t turn(uint32_t at) {
    Loop &loop = loops.back();
    if (++values[loop.counter] < loop.count)
      return loop.start;
    loops.pop_back();
    return at + 1;
  }

  void calculate(const isa::AluInst &inst) {
    int64_t a = values[inst.ra], b = values[inst.rb] + inst.imm;
    values[inst.rd] = inst.alu == isa::RegisterOp::mul ? a * b : a + b;
  }

  bool execute(const uint8_t *bytes, uint32_t at) {
    std::array<uint8_t, isa::kInstructionBytes> word;
    std::memcpy(word.data(), bytes, word.size());
    for (RollField field : rollFieldsOf(bytes))
      resolveRegisters(field, values, word.data());
    uint32_t number = places.size();
    places.push_back({at, runs[at]++});
    return number < plain.numInstructions() &&
           !std::memcmp(word.data(), wordAt(plain, number), word.size());
  }

  const QueueStream &rolled, &plain;
  std::array<int64_t, isa::kNumRegisters> values{};
  std::vector<Loop> loops;
  std::vector<uint32_t> runs;
  std::vector<Place> places;
};

/// The places of a queue's instructions after it was rolled; none if it stays.
std::vector<Place> roll(QueueStream &stream) {
  RollTree tree = findLoops(stream);
  if (tree.loops.empty())
    return {};
  FailureOr<QueueStream> rolled = encodeLoops(tree, stream);
  if (failed(rolled))
    return {};
  FailureOr<std::vector<Place>> places = RolledRun(*rolled, stream).run();
  assert(succeeded(places) && "loops execute what they were made of");
  if (failed(places))
    return {};
  stream = std::move(*rolled);
  return std::move(*places);
}

} // namespace

void rollStreams(const InstructionList &list, Streams &streams) {
  llvm::StringMap<std::vector<Place>> moved;
  for (QueueStream &stream : streams.queues)
    moved[stream.name] = roll(stream);
  for (auto [instruction, place] :
       llvm::zip_equal(list.instructions, streams.places))
    if (const auto &places = moved[queueName(instruction.queue)];
        !places.empty())
      place = places[place.index];
}

} // namespace tilicho::compiler
