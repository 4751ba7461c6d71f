// SPDX-License-Identifier: Apache-2.0
// Instructions survive decoding and printing; texts that are none are refused.
#include "runtime/Isa/Assembly.h"
#include "RandomInstruction.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tilicho::isa {
namespace {

Bytes assemble(std::string_view text) {
  Lexer lexer(text);
  Bytes bytes;
  auto error = parseInstruction(lexer, bytes.data());
  EXPECT_FALSE(error) << text << ": " << error->message;
  return bytes;
}

std::string errorOf(std::string_view text) {
  Lexer lexer(text);
  Bytes bytes;
  auto error = parseInstruction(lexer, bytes.data());
  return error ? std::to_string(error->offset) + ": " + error->message : "none";
}

TEST(Assembly, RandomInstructionsSurvivePrinting) {
  std::mt19937_64 random(1);
  for (const InstructionInfo &info : allInstructions())
    for (int round = 0; round < 300; ++round) {
      Bytes bytes = randomInstruction(info, random);
      absl::Status status = verify(bytes.data(), info.firstQueue());
      ASSERT_TRUE(status.ok()) << status;
      std::string text = printInstruction(bytes.data());
      ASSERT_EQ(assemble(text), bytes) << text;
    }
}

TEST(Assembly, RandomInstructionsSurviveDecoding) {
  std::mt19937_64 random(2);
  for (const InstructionInfo &info : allInstructions())
    for (int round = 0; round < 100; ++round) {
      Bytes bytes = randomInstruction(info, random), again;
      visit(bytes.data(),
            [&](const auto &inst) { encode(inst, again.data()); });
      ASSERT_EQ(again, bytes) << printInstruction(bytes.data());
    }
}

TEST(Assembly, ReadsAMatmul) {
  auto inst = decodeAs<MatmulInst>(
      assemble("matmul accumulate [128, 512] psum.f32[0, 0x800 : 1] = "
               "sbuf.bf16[32, 0x400 + r3*64 + r4 : 56, -1] cols 64 zero -3, "
               "wait s3 >= 4 + r2, signal s5 += 1 // a comment")
          .data());
  EXPECT_EQ(inst.flags, MatmulInst::kAccumulate);
  EXPECT_EQ(inst.partitions, 128);
  EXPECT_EQ(inst.counts[3], 512);
  EXPECT_EQ(inst.counts[2], 1);
  EXPECT_EQ(inst.dst.space, Space::Psum);
  EXPECT_EQ(inst.dst.address, 0x800u);
  EXPECT_EQ(inst.src.dtype, DType::bf16);
  EXPECT_EQ(inst.src.partition, 32);
  EXPECT_EQ(inst.src.regA, 3);
  EXPECT_EQ(inst.src.strideA, 64);
  EXPECT_EQ(inst.src.regB, 4);
  EXPECT_EQ(inst.src.steps[2], 56);
  EXPECT_EQ(inst.src.steps[3], -1);
  EXPECT_EQ(inst.cols, 64);
  EXPECT_EQ(inst.zero, -3);
  EXPECT_EQ(inst.waitSemaphore, 3);
  EXPECT_EQ(inst.waitValue, 4);
  EXPECT_EQ(inst.waitRegister, 2);
  EXPECT_EQ(inst.signalSemaphore, 5);
  EXPECT_EQ(inst.signalIncrement, 1);
}

TEST(Assembly, AlignsCountsAndStepsRight) {
  auto move = decodeAs<DmaInst>(
      assemble("dma [2, 3, 4] sbuf.f32[0, 0 : 1, 5, 1] = hbm.f32[0, 0 : 12]")
          .data());
  EXPECT_THAT(move.counts, testing::ElementsAre(1, 1, 3, 4));
  EXPECT_THAT(move.dst.steps, testing::ElementsAre(1, 0, 0, 5, 1));
  EXPECT_THAT(move.src.steps, testing::ElementsAre(12, 0, 0, 0, 0));
}

TEST(Assembly, ReadsScalarsInTheComputeType) {
  auto floats =
      decodeAs<MemsetInst>(assemble("memset [1] sbuf.f32[0, 0] = 1").data());
  EXPECT_EQ(floats.s0.payload, 0x3f800000u);
  auto ints = decodeAs<MemsetInst>(
      assemble("memset i32 [1] sbuf.i32[0, 0] = -1").data());
  EXPECT_EQ(ints.s0.payload, 0xffffffffu);
  auto bits = decodeAs<MemsetInst>(
      assemble("memset [1] sbuf.f32[0, 0] = 0x7fc00001").data());
  EXPECT_EQ(bits.s0.payload, 0x7fc00001u);
  auto infinity =
      decodeAs<MemsetInst>(assemble("memset [1] sbuf.f32[0, 0] = -inf").data());
  EXPECT_EQ(infinity.s0.payload, 0xff800000u);
}

TEST(Assembly, SaysWhereATextIsWrong) {
  EXPECT_EQ(errorOf("multiply [1]"), "0: no instruction is called 'multiply'");
  EXPECT_EQ(errorOf("set r64 = 1"), "4: 'r64' does not exist; the last one is "
                                    "r63");
  EXPECT_EQ(errorOf("set r1 = 1 2"),
            "11: expected the end of the line, found '2'");
  EXPECT_EQ(errorOf("set r1 ="), "8: expected imm, found the end of the line");
  EXPECT_EQ(errorOf("memset [0] sbuf.f32[0, 0] = 1"),
            "0: memset: partitions and counts must be at least 1");
  EXPECT_EQ(errorOf("memset [70000] sbuf.f32[0, 0] = 1"),
            "8: partitions is 70000, but must lie in 0..65535");
  EXPECT_EQ(errorOf("memset [1] hbm.f32[0, 0] = 1"),
            "11: this operand cannot lie in hbm");
  EXPECT_EQ(errorOf("memset [1] sbuf.f33[0, 0] = 1"),
            "16: expected an element type, found 'f33'");
  EXPECT_EQ(errorOf("memset [1] sbuf.f32[0, r1 + r2*4 + r3] = 1"),
            "35: an address has at most one register with a stride and one "
            "without");
  EXPECT_EQ(errorOf("dma [1] sbuf.f32[0, 0] = hbm.f32[x, 0]"),
            "33: no segment is called 'x'");
  EXPECT_EQ(errorOf("branch r1, nowhere"),
            "11: this queue has no label 'nowhere'");
}

/// The text with a few characters replaced, removed or doubled.
std::string damaged(std::string text, std::mt19937_64 &random) {
  static constexpr std::string_view characters = "[](){}:,.=+*-?r0s9x\"\\/ \n";
  for (size_t changes = 1 + random() % 4; changes; --changes) {
    size_t at = random() % text.size();
    char c = characters[random() % characters.size()];
    if (random() % 2)
      text[at] = c;
    else
      text.insert(at, 1, c);
  }
  return text;
}

TEST(Assembly, DamagedTextsAreRefusedOrValid) {
  std::mt19937_64 random(3);
  for (const InstructionInfo &info : allInstructions())
    for (int round = 0; round < 300; ++round) {
      Bytes bytes = randomInstruction(info, random);
      std::string text = damaged(printInstruction(bytes.data()), random);
      Lexer lexer(text);
      auto error = parseInstruction(lexer, bytes.data());
      if (error) {
        EXPECT_LE(error->offset, text.size()) << text;
        EXPECT_FALSE(error->message.empty()) << text;
        continue;
      }
      std::string again = printInstruction(bytes.data());
      EXPECT_EQ(assemble(again), bytes) << text;
    }
}

TEST(Assembly, QuotesSurvive) {
  for (std::string_view name : {"", "a", "a b", "\"", "\\", "a\\\"b\nc"}) {
    std::string text = quote(name);
    Lexer lexer(text);
    EXPECT_EQ(lexer.peek().kind, TokenKind::String);
    EXPECT_EQ(unquote(lexer.next().text), name);
    EXPECT_EQ(lexer.peek().kind, TokenKind::EndOfText);
  }
}

} // namespace
} // namespace tilicho::isa
