// SPDX-License-Identifier: Apache-2.0
// Bounds of known models on trn1, against published figures of them.
#include "ModelBuilder.h"

#include "lib/Bounds/Bounds.h"
#include "lib/Bounds/Simplex.h"
#include "lib/MachineFile/MachineFile.h"

#include <gmock/gmock.h>

using namespace tilicho;
using namespace tilicho::compiler;
using testing::HasSubstr;

static Bounds boundsOf(const onnx::ModelProto &model,
                       const std::vector<std::string> &settings = {},
                       isa::DType precision = isa::DType::bf16,
                       const char *machine = "trn1") {
  return computeBounds(model, *readMachine(machine, settings), precision);
}

/// Figures that were rounded to three digits.
#define EXPECT_CLOSE(actual, expected)                                         \
  EXPECT_NEAR(actual, expected, 0.03 * (expected))
#define EXPECT_EXACT(actual, expected)                                         \
  EXPECT_NEAR(actual, expected, 0.003 * (expected))

TEST(Bounds, resnet50_alone_is_bound_by_its_weights) {
  Bounds bounds = boundsOf(resNet50(1));
  EXPECT_EXACT(bounds.macs / 1e9, 4.09);
  EXPECT_EXACT(bounds.peIdealCycles / 1e3, 250);
  EXPECT_EXACT(bounds.peTileCycles / 1e3, 292.5);
  EXPECT_EXACT(bounds.peWeightStationaryCycles / 1e3, 335.8);
  EXPECT_EXACT(bounds.compulsoryBytes / 1e6, 51.3);
  EXPECT_CLOSE(bounds.layerwiseBytes / 1e6, 94.6);
  EXPECT_EXACT(bounds.evacuationUs, 62);
  EXPECT_EXACT(bounds.boundUs / 1e3, 0.189);
  EXPECT_CLOSE(bounds.boundAtHbmUs / 1e3, 0.125);
  EXPECT_STREQ(bounds.boundBy, "HBM traffic");
}

TEST(Bounds, eight_resnet50_are_bound_by_the_array) {
  Bounds bounds = boundsOf(resNet50(8));
  EXPECT_EXACT(bounds.peTileCycles / 1e3, 2172);
  EXPECT_EXACT(bounds.peWeightStationaryCycles / 1e3, 2523);
  EXPECT_EXACT(bounds.compulsoryBytes / 1e6, 53.4);
  EXPECT_CLOSE(bounds.layerwiseBytes / 1e6, 399.5);
  EXPECT_EXACT(bounds.boundUs / 1e3, 0.776);
  EXPECT_STREQ(bounds.boundBy, "array");
}

TEST(Bounds, mobilenet_v2_is_bound_by_its_depthwise_convolutions) {
  Bounds bounds = boundsOf(mobileNetV2());
  EXPECT_EXACT(bounds.macs / 1e9, 0.28);
  EXPECT_CLOSE(bounds.depthwiseMacs / 1e9, 0.021);
  EXPECT_EXACT(bounds.peTileCycles / 1e3, 64.2);
  EXPECT_EXACT(bounds.peWeightStationaryCycles / 1e3, 93.3);
  EXPECT_CLOSE(bounds.compulsoryBytes / 1e6, 7.3);
  EXPECT_EXACT(bounds.evacuationUs, 25.5);
  EXPECT_CLOSE(bounds.dmaUs, 27);
  EXPECT_STREQ(bounds.boundBy, "engines");
  // With all on the array and vec; pool helps a little.
  Bounds withoutPool = boundsOf(mobileNetV2(), {"pool.clock_ghz=0.0001"});
  EXPECT_CLOSE(withoutPool.engineUs, 109);
  EXPECT_LT(bounds.engineUs, withoutPool.engineUs);
  EXPECT_GT(bounds.engineUs, 0.9 * withoutPool.engineUs);
}

TEST(Bounds, bert_reads_only_the_rows_it_gathers) {
  Bounds bounds = boundsOf(bertBase(1, 128));
  EXPECT_EXACT(bounds.macs / 1e9, 11.17);
  EXPECT_EXACT(bounds.peTileCycles / 1e3, 691);
  EXPECT_EXACT(bounds.compulsoryBytes / 1e6, 170.5);
  EXPECT_CLOSE(bounds.layerwiseBytes / 1e6, 231);
  EXPECT_EXACT(bounds.evacuationUs, 79);
  EXPECT_EXACT(bounds.boundUs / 1e3, 0.627);
  Bounds eight = boundsOf(bertBase(8, 128));
  EXPECT_EXACT(eight.peTileCycles / 1e3, 5530);
  EXPECT_EXACT(eight.boundUs / 1e3, 1.975);
  EXPECT_EXACT(eight.evacuationUs, 632);
}

TEST(Bounds, a_cache_is_read_and_only_its_new_row_written) {
  Bounds bounds = boundsOf(gpt2Decode(1024));
  // Tied weights once, the cache once.
  EXPECT_CLOSE(bounds.compulsoryBytes / 1e6, 248 + 37.7);
  EXPECT_CLOSE(bounds.boundUs / 1e3, 1.05);
  // The heads' scores and contexts are 9 tiles of one column each.
  EXPECT_EXACT(bounds.peTileCycles / 1e3, 483 + 12 * 12 * 2 * 9 * 64 / 1e3);
}

TEST(Bounds, square_products) {
  Bounds small = boundsOf(gemm(1024, 1024, 1024));
  EXPECT_EXACT(small.peTileCycles / 1e3, 65.5);
  EXPECT_EXACT(small.boundUs / 1e3, 0.0234);
  Bounds large = boundsOf(gemm(4096, 4096, 4096));
  EXPECT_EXACT(large.boundUs / 1e3, 1.498);
  EXPECT_EXACT(large.compulsoryBytes / 1e6, 100.7);
  EXPECT_EQ(large.peIdealCycles, large.peTileCycles);
}

TEST(Bounds, a_product_that_does_not_fit_moves_more_than_once) {
  double words = 128.0 * 196608 / 2;
  EXPECT_EQ(boundsOf(gemm(1024, 1024, 1024)).finiteMemoryBytes, 0);
  Bounds bounds = boundsOf(gemm(8192, 8192, 8192));
  EXPECT_EXACT(bounds.finiteMemoryBytes / 2,
               2 * 8192.0 * 8192 * 8192 / std::sqrt(words) - 2 * words);
  EXPECT_GT(bounds.finiteMemoryBytes, bounds.compulsoryBytes);
}

TEST(Bounds, f32_takes_four_passes) {
  ModelBuilder b;
  Value x = b.input("x", {512, 512}, onnx::TensorProto::FLOAT);
  Value w = b.weight({512, 512}, onnx::TensorProto::FLOAT);
  b.output(b.node("MatMul", {x, w}, {512, 512}));
  EXPECT_EQ(boundsOf(b.model(), {}, isa::DType::f32).peTileCycles, 4 * 8192);
  EXPECT_EQ(boundsOf(b.model(), {}, isa::DType::bf16).peTileCycles, 8192);
}

TEST(Bounds, what_the_array_cannot_multiply_vec_does) {
  Bounds bounds = boundsOf(gemm(64, 64, 64), {}, isa::DType::bf16, "edge");
  EXPECT_EQ(bounds.peTileCycles, 0);
  EXPECT_GT(bounds.engineUs, 64.0 * 64 * 64 / 16 / 1e3 * 0.9);
}

TEST(Bounds, constants_and_dead_nodes_count_nothing) {
  ModelBuilder b;
  Value x = b.input("x", {64, 64});
  Value w = b.node("Transpose", {b.weight({64, 64})}, {64, 64});
  b.node("MatMul", {x, x}, {64, 64});
  b.output(b.node("MatMul", {x, w}, {64, 64}));
  Bounds bounds = boundsOf(b.model());
  EXPECT_EQ(bounds.macs, 64 * 64 * 64);
  EXPECT_EQ(bounds.compulsoryBytes, 3 * 64 * 64 * 2);
  EXPECT_EQ(bounds.nodes.size(), 1u);
}

TEST(Bounds, unknown_shapes_are_said) {
  ModelBuilder b;
  Value x = b.input("x", {64, 64});
  Value y = b.node("Relu", {x}, {64, 64});
  onnx::ModelProto model = b.model();
  model.mutable_graph()->clear_value_info();
  *model.mutable_graph()->add_output() = model.graph().input(0);
  model.mutable_graph()->mutable_output(0)->set_name(y.name);
  model.mutable_graph()
      ->mutable_output(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(0)
      ->set_dim_param("N");
  Bounds bounds = boundsOf(model);
  EXPECT_EQ(bounds.unknownNodes, 1);
  EXPECT_THAT(printBounds(bounds, *readMachine("trn1")),
              HasSubstr("--dim=NAME=VALUE"));
}

TEST(Bounds, live_values_are_those_of_the_widest_place) {
  ModelBuilder b;
  Value x = b.input("x", {1, 64, 8, 8});
  Value wide = b.conv(x, 256, 1, 1);
  wide = b.node("Relu", {wide}, wide.dims);
  b.output(b.conv(wide, 64, 1, 1));
  // The wide value, in place, and the result beside it.
  EXPECT_EQ(boundsOf(b.model()).liveBytes, 2 * (256 + 64) * 64);
}

TEST(Bounds, a_long_recurrence_is_a_chain) {
  ModelBuilder b;
  Value x = b.input("x", {100, 1, 32});
  b.output(b.node("LSTM", {x, b.weight({1, 256, 32}), b.weight({1, 256, 64})},
                  {100, 1, 1, 64}));
  Bounds bounds = boundsOf(b.model());
  EXPECT_STREQ(bounds.boundBy, "dependence chain");
  EXPECT_GT(bounds.chainUs, 100 * 0.3);
}

TEST(Bounds, prints_both_rates_side_by_side) {
  std::string text = printBounds(boundsOf(resNet50(1)), *readMachine("trn1"));
  EXPECT_THAT(text, HasSubstr("272 GB/s"));
  EXPECT_THAT(text, HasSubstr("410 GB/s"));
  EXPECT_THAT(text, HasSubstr("bound by HBM traffic"));
}

TEST(Placement, splits_work_over_what_can_do_it) {
  bounds::Placement placement(2);
  placement.add({{1, 0}});
  placement.add({{4, 0}, {0, 4}});
  EXPECT_NEAR(placement.solve(), 2.5, 1e-9);
  placement.add({{0, 10}});
  EXPECT_NEAR(placement.solve(), 10, 1e-9);
}

TEST(Placement, joins_work_of_the_same_proportions) {
  bounds::Placement placement(2);
  placement.add({{1, 0}, {0, 3}});
  placement.add({{2, 0}, {0, 6}});
  placement.add({{2, 0}, {0, 5}});
  EXPECT_EQ(placement.numPieces(), 2u);
  // All of the first two goes the first way, and y of the last, where
  // 3 + 2 y = 5 (1 - y).
  EXPECT_NEAR(placement.solve(), 3 + 4. / 7, 1e-9);
}

TEST(Placement, of_nothing_takes_no_time) {
  EXPECT_EQ(bounds::Placement(3).solve(), 0);
}
