// SPDX-License-Identifier: Apache-2.0
// What instructions take of energy, part by part.
#include "AssembledProgram.h"
#include "runtime/Timing/Statistics.h"

#include <gmock/gmock.h>

using namespace tilicho::timing;
using testing::HasSubstr;

static const std::vector<std::string> plain = {
    "energy.mac_pj.bf16=2",      "energy.mac_pj.f32=7",
    "energy.operation_pj.f32=3", "energy.operation_pj.i32=5",
    "energy.sbuf_pj_per_byte=1", "energy.psum_pj_per_byte=11",
    "energy.hbm_pj_per_byte=13"};

static Result spent(const std::vector<QueueText> &queues) {
  Options options;
  options.energy = true;
  auto result = simulate(assemble(queues, plain), options);
  EXPECT_TRUE(result.ok()) << result.status();
  return *std::move(result);
}

static double partOf(Result result, EnergyPart part) {
  return result.energy[part];
}

static const std::string load =
    "load_stationary [128, 64] sbuf.bf16[0, 0x0 : 1] at 0";
static const std::string matmul =
    "matmul [128, 512] psum.f32[0, 0x0 : 1] = sbuf.bf16[0, 0x400 : 1] cols 64";

TEST(Energy, of_a_product) {
  Result result = spent({{"pe", load + "\n" + matmul}});
  EXPECT_EQ(partOf(result, EnergyPart::Array), 2.0 * 128 * 64 * 512);
  EXPECT_EQ(partOf(result, EnergyPart::Sbuf), 128.0 * 64 * 2 + 128 * 512 * 2);
  EXPECT_EQ(partOf(result, EnergyPart::Psum), 11 * 64.0 * 512 * 4);
  EXPECT_EQ(partOf(result, EnergyPart::Operations), 0);
}

TEST(Energy, of_a_product_is_by_its_type) {
  Result result =
      spent({{"pe", "load_stationary [128, 64] sbuf.f32[0, 0x0 : 1] at 0\n"
                    "matmul [128, 512] psum.f32[0, 0x0 : 1] = "
                    "sbuf.f32[0, 0x400 : 1] cols 64"}});
  EXPECT_EQ(partOf(result, EnergyPart::Array), 7.0 * 128 * 64 * 512);
}

TEST(Energy, accumulating_reads_what_is_there) {
  std::string accumulate = matmul;
  accumulate.insert(std::string("matmul").size(), " accumulate");
  Result result = spent({{"pe", load + "\n" + matmul + "\n" + accumulate}});
  EXPECT_EQ(partOf(result, EnergyPart::Psum), 3 * 11 * 64.0 * 512 * 4);
}

TEST(Energy, of_a_transpose_is_that_of_its_bytes) {
  Result result = spent({{"pe", "transpose [64, 128] psum.f32[0, 0x0 : 1] = "
                                "sbuf.f32[0, 0x200 : 1]"}});
  EXPECT_EQ(partOf(result, EnergyPart::Array), 0);
  EXPECT_EQ(partOf(result, EnergyPart::Sbuf), 64.0 * 128 * 4);
  EXPECT_EQ(partOf(result, EnergyPart::Psum), 11 * 64.0 * 128 * 4);
}

TEST(Energy, operations_count_functions_but_for_copies) {
  auto operations = [](const std::string &type, const std::string &text) {
    return partOf(spent({{"pool", "tensor_scalar " + type + " [128, 10] sbuf." +
                                      type + "[0, 0x0 : 1] = " + text}}),
                  EnergyPart::Operations);
  };
  EXPECT_EQ(operations("f32", "copy(multiply(sbuf.f32[0, 0x100 : 1], 2), 0)"),
            3.0 * 1280);
  EXPECT_EQ(operations("f32", "add(multiply(sbuf.f32[0, 0x100 : 1], 2), 1)"),
            2 * 3.0 * 1280);
  EXPECT_EQ(operations("i32", "add(multiply(sbuf.i32[0, 0x100 : 1], 2), 1)"),
            2 * 5.0 * 1280);
  EXPECT_EQ(operations("f32", "copy(copy(sbuf.f32[0, 0x100 : 1], 0), 0)"),
            3.0 * 1280);
  EXPECT_EQ(partOf(spent({{"act", "activate [128, 10] sbuf.f32[0, 0x0 : 1] = "
                                  "relu(psum.f32[0, 0x0 : 1] * 1 + 0)"}}),
                   EnergyPart::Operations),
            3 * 3.0 * 1280);
}

TEST(Energy, of_a_reduction_is_by_what_it_reads) {
  Result result =
      spent({{"vec", "tensor_reduce [128, 8, 49] sbuf.f32[0, 0x0 : 1, 0] = "
                     "max(abs(sbuf.f32[0, 0x100 : 49, 1]), axes 1)"}});
  EXPECT_EQ(partOf(result, EnergyPart::Operations), 2 * 3.0 * 128 * 8 * 49);
  EXPECT_EQ(partOf(result, EnergyPart::Sbuf), 128.0 * (8 * 49 + 8) * 4);
}

TEST(Energy, of_a_transfer_is_that_of_both_sides) {
  Result result = spent({{"dma0", "dma [128, 512] sbuf.bf16[0, 0x0 : 1, 1] = "
                                  "hbm.f32[0, 0x0 : 1024, 1]"}});
  EXPECT_EQ(partOf(result, EnergyPart::Hbm), 13 * 128.0 * 512 * 4);
  EXPECT_EQ(partOf(result, EnergyPart::Sbuf), 128.0 * 512 * 2);
}

TEST(Energy, of_a_gather_has_its_indices) {
  Result result =
      spent({{"dma0", "dma_gather [16, 768] sbuf.f32[0, 0x0 : 1, 1] = "
                      "hbm.f32[0, 0x0 : 0, 1] at hbm.i32[1, 0x0 : 1] * 768 "
                      "limit 16"}});
  EXPECT_EQ(partOf(result, EnergyPart::Hbm), 13 * (16.0 * 768 * 4 + 16 * 4));
  EXPECT_EQ(partOf(result, EnergyPart::Sbuf), 16.0 * 768 * 4);
}

TEST(Energy, counts_each_turn_of_a_loop_and_adds_up_by_node) {
  const std::string once = "memset [128, 8] sbuf.f32[0, 0x0 : 1] = 0";
  Result one = spent({{"vec", once}});
  Result result = spent(
      {{"vec", "loop r1 < r0 + 10\n" + once + "\nend_loop"}, {"act", ""}});
  EXPECT_EQ(partOf(result, EnergyPart::Operations),
            10 * partOf(one, EnergyPart::Operations));
  EXPECT_GT(result.fetchBytes, 0u);
  EXPECT_EQ(partOf(result, EnergyPart::Fetch), 13.0 * result.fetchBytes);
  EXPECT_EQ(result.nodes[0].energy.totalPj() +
                partOf(result, EnergyPart::Fetch),
            result.energy.totalPj());
  EXPECT_EQ(result.nodes[1].energy.totalPj(), 0);
}

TEST(Energy, is_in_statistics_and_report) {
  tilicho::Program program = assemble({{"pe", load + "\n" + matmul}}, plain);
  Options options;
  options.energy = true;
  Result result = *simulate(program, options);
  EXPECT_THAT(statisticsJson(program, &result), HasSubstr("\"energy_uj\": "));
  EXPECT_THAT(reportText(program, result), HasSubstr("uJ by the machine's"));
}
