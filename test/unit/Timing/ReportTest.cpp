// SPDX-License-Identifier: Apache-2.0
// Where a report says that the time went.
#include "AssembledProgram.h"
#include "runtime/Isa/Isa.h"
#include "runtime/Timing/Statistics.h"

#include <gmock/gmock.h>

using namespace tilicho::timing;
using testing::HasSubstr;
using tilicho::isa::Opcode;

/// Instructions come at once, and a transfer takes its start alone.
static const std::vector<std::string> atOnce = {
    "dma.bytes_per_ns=1000000", "dma.descriptor_ns=0", "hbm.gb_per_s=1000000"};

/// Writes bytes 0 to 2048 of SBUF from 0x8000 on.
static const std::string produce = "activate [128, 512] sbuf.f32[0, 0x0 : 1] = "
                                   "relu(sbuf.f32[0, 0x8000 : 1] * 1 + 0)";

static std::string vecCopy(const std::string &dst, const std::string &src) {
  return "tensor_scalar [128, 512] sbuf.f32[0, " + dst +
         " : 1] = copy(copy(sbuf.f32[0, " + src + " : 1], 0), 0)";
}

static Result reported(const std::vector<QueueText> &queues) {
  tilicho::Program program = assemble(queues, atOnce);
  Options options;
  options.criticalPath = true;
  auto result = simulate(program, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

static std::vector<WaitKind> kindsOf(const std::string &consumer) {
  Result result =
      reported({{"act", produce + ", signal s1 += 1"}, {"vec", consumer}});
  std::vector<WaitKind> kinds;
  for (const WaitPart &part : result.waits) {
    EXPECT_EQ(part.queue, 1u);
    EXPECT_EQ(part.source, 0u);
    EXPECT_EQ(part.opcode, Opcode::tensor_scalar);
    EXPECT_EQ(part.sourceOpcode, Opcode::activate);
    EXPECT_EQ(part.count, 1u);
    kinds.push_back(part.kind);
  }
  return kinds;
}

TEST(Report, tells_why_an_instruction_waits) {
  const std::string wait = ", wait s1 >= 1";
  using Kinds = std::vector<WaitKind>;
  EXPECT_EQ(kindsOf(vecCopy("0x4000", "0x400") + wait), Kinds{WaitKind::Data});
  EXPECT_EQ(kindsOf(vecCopy("0x8400", "0x4000") + wait),
            Kinds{WaitKind::Reuse});
  EXPECT_EQ(kindsOf(vecCopy("0x400", "0x4000") + wait), Kinds{WaitKind::Reuse});
  EXPECT_EQ(kindsOf(vecCopy("0x4000", "0x2000") + wait),
            Kinds{WaitKind::Order});
}

TEST(Report, a_wait_of_its_own_is_for_the_instruction_behind) {
  EXPECT_EQ(kindsOf("wait s1 >= 1\n" + vecCopy("0x4000", "0x400")),
            std::vector<WaitKind>{WaitKind::Data});
}

TEST(Report, registers_may_reach_what_was_written) {
  EXPECT_EQ(kindsOf("set r1 = 64\n" + vecCopy("0x4000", "0x2000 + r1") +
                    ", wait s1 >= 1"),
            std::vector<WaitKind>{WaitKind::Data});
}

TEST(Report, shares_the_makespan_among_instructions) {
  Result result =
      reported({{"act", produce + ", signal s1 += 1"},
                {"vec", vecCopy("0x4000", "0x0") + ", wait s1 >= 1"}});
  ASSERT_EQ(result.path.size(), 2u);
  double total = 0;
  for (const PathPart &part : result.path)
    total += part.totalNs();
  EXPECT_NEAR(total, result.makespanNs, 1e-3);
  const PathPart &vec =
      result.path[0].queue == 1 ? result.path[0] : result.path[1];
  EXPECT_NEAR(vec.ns[unsigned(Phase::Work)], 512 / 1.12, 1e-6);
  const PathPart &act =
      result.path[0].queue == 1 ? result.path[1] : result.path[0];
  EXPECT_NEAR(act.ns[unsigned(Phase::Work)], 512 / 1.4, 1e-6);
  // Its write is seen, and then the semaphore.
  EXPECT_NEAR(act.ns[unsigned(Phase::Signal)], 60 / 1.4 + 60, 1e-6);
}

TEST(Report, a_transfer_starts_before_it_moves) {
  Result result = reported({{"dma0", "dma [128, 64] sbuf.f32[0, 0x0 : 1, 1] = "
                                     "hbm.f32[0, 0x0 : 64, 1]"}});
  ASSERT_EQ(result.path.size(), 1u);
  EXPECT_NEAR(result.path[0].ns[unsigned(Phase::Latency)], 1300, 1e-6);
}

TEST(Report, short_rows_are_told_from_long_ones) {
  auto shortRows = [](const std::string &counts) {
    tilicho::Program program =
        assemble({{"dma0", "dma [128, " + counts +
                               "] sbuf.f32[0, 0x0 : 1, 1] = "
                               "hbm.f32[0, 0x0 : 4096, 1]"}});
    auto result = simulate(program, {});
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->segments[0].descriptors, 128u);
    return result->dmaShortRowsNs / result->dmaEngineBusyNs;
  };
  EXPECT_NEAR(shortRows("16"), 1, 1e-9);
  EXPECT_NEAR(shortRows("1024"), 0, 1e-9);
}

TEST(Report, what_only_moves_elements_is_counted) {
  auto relayouts = [](const std::string &queue, const std::string &text) {
    auto result = simulate(assemble({{queue, text}}), {});
    EXPECT_TRUE(result.ok()) << result.status();
    return result->relayouts;
  };
  Relayouts turned =
      relayouts("pe", "transpose [128, 64] psum.bf16[0, 0x0 : 1] = "
                      "sbuf.bf16[0, 0x200 : 1]");
  EXPECT_EQ(turned.count, 1u);
  EXPECT_NEAR(turned.ns, 64 / 1.4, 1e-6);
  const std::string hbm = "hbm.f32[0, 0x0 : 1024, 1]",
                    other = "hbm.f32[0, 0x80000 : 1024, 1]",
                    sbuf = "sbuf.f32[0, 0x0 : 1, 1]",
                    beside = "sbuf.f32[0, 0x1000 : 1, 1]";
  auto transfer = [&](const std::string &to, const std::string &from) {
    return relayouts("dma0", "dma [128, 512] " + to + " = " + from).count;
  };
  EXPECT_EQ(transfer(other, hbm), 1u);
  EXPECT_EQ(transfer(beside, sbuf), 1u);
  EXPECT_EQ(transfer(sbuf, hbm), 0u);
  EXPECT_EQ(transfer(hbm, sbuf), 0u);
}

TEST(Report, text_and_statistics_hold_them) {
  tilicho::Program program =
      assemble({{"act", produce + ", signal s1 += 1"},
                {"vec", vecCopy("0x4000", "0x0") + ", wait s1 >= 1"}},
               atOnce);
  Options options;
  options.criticalPath = true;
  Result result = *simulate(program, options);
  std::string text = reportText(program, result);
  EXPECT_THAT(text, HasSubstr("critical path by instruction"));
  EXPECT_THAT(text, HasSubstr("data   vec tensor_scalar, act activate"));
  std::string json = statisticsJson(program, &result);
  EXPECT_THAT(json, HasSubstr("\"vec tensor_scalar for act activate: data\""));
  EXPECT_THAT(json, HasSubstr("\"path_us\""));
  EXPECT_THAT(json, HasSubstr("\"hbm_compulsory_bytes\""));
}
