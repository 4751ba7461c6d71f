// SPDX-License-Identifier: Apache-2.0
// Loops in place of what a queue repeats.
#include "lib/Conversion/TileToIsa/Roll.h"
#include "lib/Conversion/TileToIsa/AssignQueues.h"

#include <gtest/gtest.h>

namespace tilicho::compiler {
namespace {

constexpr uint32_t vecQueue = 2;

/// A stream of one queue, and what it looks like rolled.
class Rolled : public testing::Test {
protected:
  void add(uint32_t address, int32_t wait = -1, uint32_t node = 0) {
    isa::MemsetInst inst;
    inst.partitions = 4;
    inst.counts[3] = 8;
    inst.dst.space = isa::Space::Sbuf;
    inst.dst.address = address;
    inst.dst.steps[3] = 1;
    if (wait >= 0) {
      inst.waitSemaphore = 9;
      inst.waitValue = wait;
    }
    append(inst, node);
  }

  /// A transfer from byte `offset` of segment 0.
  void addDma(int64_t offset, uint32_t address) {
    isa::DmaInst inst;
    inst.partitions = 4;
    inst.src.space = isa::Space::Hbm;
    inst.src.offset = offset;
    inst.dst.space = isa::Space::Sbuf;
    inst.dst.offset = address;
    append(inst, 0);
  }

  /// The instructions after rolling.
  uint32_t roll() {
    rollStreams(list, streams);
    return streams.queues[0].numInstructions();
  }

  std::vector<isa::Opcode> opcodes() const {
    std::vector<isa::Opcode> all;
    const QueueStream &stream = streams.queues[0];
    for (uint32_t i = 0; i < stream.numInstructions(); ++i)
      all.push_back(isa::Opcode(stream.bytes[i * isa::kInstructionBytes]));
    return all;
  }

  InstructionList list;
  Streams streams{{{queueName(vecQueue), {}, {}}}, {}};

private:
  template <class Inst> void append(const Inst &inst, uint32_t node) {
    QueueStream &stream = streams.queues[0];
    uint32_t number = stream.numInstructions();
    if (stream.nodeMap.empty() || stream.nodeMap.back().node != node)
      stream.nodeMap.push_back({number, node});
    stream.bytes.resize(stream.bytes.size() + isa::kInstructionBytes);
    isa::encode(inst, &stream.bytes[number * isa::kInstructionBytes]);
    list.instructions.emplace_back().queue = vecQueue;
    streams.places.push_back({number, 0});
  }
};

using isa::Opcode;

TEST_F(Rolled, steps_an_address_by_the_counter) {
  for (uint32_t i = 0; i < 30; ++i)
    add(64 * i);
  EXPECT_EQ(roll(), 3u);
  EXPECT_EQ(opcodes(),
            (std::vector{Opcode::loop, Opcode::memset, Opcode::end_loop}));
  EXPECT_EQ(streams.places[29].index, 1u);
  EXPECT_EQ(streams.places[29].occurrence, 29u);
  auto inst = isa::decodeAs<isa::MemsetInst>(
      &streams.queues[0].bytes[isa::kInstructionBytes]);
  EXPECT_EQ(inst.dst.strideA, 64);
}

TEST_F(Rolled, steps_a_wait_by_a_register) {
  for (uint32_t i = 0; i < 30; ++i)
    add(64 * i, int32_t(5 + 3 * i));
  EXPECT_EQ(roll(), 4u);
  EXPECT_EQ(opcodes()[1], Opcode::alu);
}

TEST_F(Rolled, waits_for_the_counter_itself) {
  for (uint32_t i = 0; i < 30; ++i)
    add(64 * i, int32_t(5 + i));
  EXPECT_EQ(roll(), 3u);
}

/// Three loops, an address and a wait that step in all of them, and something
/// else after the innermost.
TEST_F(Rolled, nests) {
  int32_t waits = 0;
  for (int64_t i = 0; i < 7; ++i)
    for (int64_t j = 0; j < 9; ++j) {
      for (int64_t k = 0; k < 20; ++k)
        add(uint32_t(100000 + 7000 * i - 640 * j + 32 * k), waits += 2);
      addDma((int64_t(1) << 40) * i + 4096 * j, uint32_t(64 * i));
    }
  EXPECT_LE(roll(), 24u);
  EXPECT_EQ(streams.places.back().occurrence, 62u);
}

TEST_F(Rolled, goes_round_slots) {
  for (uint32_t i = 0; i < 60; ++i)
    add(4096 * (i % 3));
  EXPECT_LE(roll(), 20u);
}

TEST_F(Rolled, leaves_short_repetitions_alone) {
  for (uint32_t i = 0; i < 8; ++i)
    add(64 * i);
  EXPECT_EQ(roll(), 8u);
}

/// Slots in no order, more than are tried one by one as a period's end, and a
/// loop around them.
TEST_F(Rolled, nests_long_periods) {
  for (uint32_t i = 0; i < 8; ++i) {
    for (uint32_t j = 0; j < 3 * 32; ++j)
      add(64 * (j % 32 * 5 % 32) + 8192 * i);
    addDma(4096 * i, 64 * i);
  }
  EXPECT_LE(roll(), 110u);
}

TEST_F(Rolled, ends_where_a_step_changes) {
  for (uint32_t i = 0; i < 60; ++i)
    add(i < 30 ? 64 * i : 10000 + 32 * i);
  EXPECT_EQ(roll(), 6u);
}

TEST_F(Rolled, keeps_nodes_apart) {
  for (uint32_t i = 0; i < 60; ++i)
    add(64 * i, -1, i / 30);
  EXPECT_EQ(roll(), 6u);
  const auto &runs = streams.queues[0].nodeMap;
  ASSERT_EQ(runs.size(), 2u);
  EXPECT_EQ(runs[1].first, 3u);
}

TEST_F(Rolled, leaves_what_does_not_step_alone) {
  for (uint32_t i = 0; i < 40; ++i)
    add(64 * (i * i % 37));
  EXPECT_EQ(roll(), 40u);
}

} // namespace
} // namespace tilicho::compiler
