// SPDX-License-Identifier: Apache-2.0
// Any verified instruction can be timed, sensible or not.
#include "AssembledProgram.h"

#include "test/unit/Isa/RandomInstruction.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace tilicho;
using namespace tilicho::timing;

/// Where the header names the awaited semaphore.
constexpr size_t waitSemaphoreOffset = 12;

/// A queue that takes `info`.
static std::string queueOf(const isa::InstructionInfo &info) {
  for (const char *name : {"pe", "act", "vec", "pool", "sync", "dma0"})
    if (info.queues >> unsigned(*isa::queueKindOf(name)) & 1)
      return name;
  return "";
}

class RandomInstructions : public testing::TestWithParam<size_t> {};

TEST_P(RandomInstructions, can_be_timed) {
  const isa::InstructionInfo &info = isa::allInstructions()[GetParam()];
  std::mt19937_64 random(GetParam());
  Program program = assemble({{queueOf(info), "halt"}});
  // Branches mostly run for ever, which takes a while to be found out.
  int rounds = info.opcode == isa::Opcode::branch ? 3 : 100;
  for (int round = 0; round < rounds; ++round) {
    std::vector<uint8_t> bytes;
    for (int copy = 0; copy < 3; ++copy) {
      isa::Bytes instruction = isa::randomInstruction(info, random);
      // Nobody signals what it waits for.
      instruction[waitSemaphoreOffset] = isa::kNoSemaphore;
      bytes.insert(bytes.end(), instruction.begin(), instruction.end());
    }
    program.queues[0].bytes = bytes;
    absl::StatusOr<Result> result = simulate(program);
    if (!result.ok())
      continue;
    EXPECT_TRUE(std::isfinite(result->makespanNs));
    EXPECT_GE(result->makespanNs, 0);
  }
}

static std::string nameOf(const testing::TestParamInfo<size_t> &info) {
  return std::string(isa::allInstructions()[info.param].mnemonic);
}

INSTANTIATE_TEST_SUITE_P(All, RandomInstructions,
                         testing::Range(size_t{0},
                                        isa::allInstructions().size()),
                         nameOf);
