// SPDX-License-Identifier: Apache-2.0
// Bytes that are no instruction are refused with the reason.
#include "RandomInstruction.h"

#include "gtest/gtest.h"

namespace tilicho::isa {
namespace {

template <class Inst> Bytes bytesOf(const Inst &inst) {
  Bytes bytes;
  encode(inst, bytes.data());
  return bytes;
}

std::string errorOf(const Bytes &bytes, QueueKind queue) {
  return std::string(verify(bytes.data(), queue).message());
}

MatmulInst matmul() {
  MatmulInst inst;
  inst.dst.space = Space::Psum;
  inst.src.space = Space::Sbuf;
  inst.cols = 1;
  return inst;
}

TEST(Verify, AcceptsAMatmulOnItsQueueOnly) {
  Bytes bytes = bytesOf(matmul());
  EXPECT_EQ(errorOf(bytes, QueueKind::pe), "");
  EXPECT_EQ(errorOf(bytes, QueueKind::act), "matmul: cannot run on queue act");
}

TEST(Verify, RefusesUnknownOpcodes) {
  Bytes bytes{};
  EXPECT_EQ(errorOf(bytes, QueueKind::pe), "unknown opcode 0");
  bytes[0] = 255;
  EXPECT_EQ(errorOf(bytes, QueueKind::pe), "unknown opcode 255");
}

TEST(Verify, RefusesEveryUnusedByte) {
  for (const InstructionInfo &info : allInstructions())
    for (unsigned byte = 0; byte < kInstructionBytes; ++byte) {
      if (!(info.zeroBytes[byte / 64] >> (byte % 64) & 1))
        continue;
      std::mt19937_64 random(byte);
      Bytes bytes = randomInstruction(info, random);
      bytes[byte] = 1;
      EXPECT_NE(errorOf(bytes, info.firstQueue()).find("is unused"),
                std::string::npos)
          << info.mnemonic << " byte " << byte;
    }
}

TEST(Verify, RefusesBadFields) {
  MatmulInst flags = matmul();
  flags.flags = 2;
  EXPECT_EQ(errorOf(bytesOf(flags), QueueKind::pe),
            "matmul: flags 2 has bits that mean nothing; 1 are known");
  MatmulInst reg = matmul();
  reg.src.regA = 64;
  EXPECT_EQ(errorOf(bytesOf(reg), QueueKind::pe),
            "matmul: src is register 64, but the last one is 63");
  MatmulInst space = matmul();
  space.dst.space = Space::Sbuf;
  EXPECT_EQ(errorOf(bytesOf(space), QueueKind::pe),
            "matmul: dst may not be in sbuf");
  MatmulInst dtype = matmul();
  dtype.dst.dtype = DType::bf16;
  EXPECT_EQ(errorOf(bytesOf(dtype), QueueKind::pe),
            "matmul: dst may not have type bf16");
  MatmulInst wait = matmul();
  wait.waitValue = 1;
  EXPECT_EQ(errorOf(bytesOf(wait), QueueKind::pe),
            "matmul: a wait value without a semaphore");
}

TEST(Verify, RefusesBadEnumsAndScalars) {
  TensorScalarInst inst;
  inst.dst.space = inst.a.space = Space::Sbuf;
  inst.op0 = AluOp(60);
  EXPECT_EQ(errorOf(bytesOf(inst), QueueKind::vec),
            "tensor_scalar: op0 is 60, which is no AluOp");
  inst.op0 = AluOp::add;
  inst.s0.kind = ScalarKind(2);
  EXPECT_EQ(errorOf(bytesOf(inst), QueueKind::vec),
            "tensor_scalar: s0 has the unknown kind 2");
  inst.s0 = {};
  inst.s1.reg = 3;
  EXPECT_EQ(errorOf(bytesOf(inst), QueueKind::vec),
            "tensor_scalar: s1 is immediate, but has a register or partition");
}

TEST(Verify, ChecksOptionalOperandsAndSharedTypes) {
  ActivateInst activate;
  activate.dst.space = activate.a.space = activate.b.space = Space::Sbuf;
  EXPECT_EQ(errorOf(bytesOf(activate), QueueKind::act),
            "activate: b is not used without its flag, but is not zero");
  activate.flags = ActivateInst::kSum;
  EXPECT_EQ(errorOf(bytesOf(activate), QueueKind::act), "");
  TransposeInst transpose;
  transpose.dst.space = Space::Psum;
  transpose.src.space = Space::Sbuf;
  transpose.src.dtype = DType::bf16;
  EXPECT_EQ(errorOf(bytesOf(transpose), QueueKind::pe),
            "transpose: src has type bf16, but must have type f32");
}

TEST(Verify, AcceptsOnlyWhatDecodesToItself) {
  std::mt19937_64 random(5);
  for (const InstructionInfo &info : allInstructions())
    for (int round = 0; round < 1000; ++round) {
      Bytes bytes = randomInstruction(info, random), again;
      for (size_t changes = 1 + random() % 3; changes; --changes)
        bytes[random() % bytes.size()] = uint8_t(random());
      if (!verify(bytes.data(), info.firstQueue()).ok())
        continue;
      visit(bytes.data(),
            [&](const auto &inst) { encode(inst, again.data()); });
      ASSERT_EQ(again, bytes);
    }
}

TEST(Verify, NamesQueues) {
  EXPECT_EQ(queueKindOf("vec"), QueueKind::vec);
  EXPECT_EQ(queueKindOf("dma12"), QueueKind::dma);
  EXPECT_EQ(queueKindOf("dma"), std::nullopt);
  EXPECT_EQ(queueKindOf("dmax"), std::nullopt);
  EXPECT_EQ(queueKindOf("gpu"), std::nullopt);
}

} // namespace
} // namespace tilicho::isa
