// SPDX-License-Identifier: Apache-2.0
// What each class of operators asks of the machine at least.
#include "ModelBuilder.h"

#include "lib/Bounds/Bounds.h"
#include "lib/MachineFile/MachineFile.h"

#include <gtest/gtest.h>

using namespace tilicho;
using namespace tilicho::compiler;

static Bounds boundsOf(ModelBuilder &builder, const Value &out) {
  builder.output(out);
  return computeBounds(builder.model(), *readMachine("trn1"), isa::DType::bf16);
}

TEST(Products, transposed_convolutions_use_each_input_once) {
  ModelBuilder b;
  Value x = b.input("x", {2, 64, 10, 10});
  Value y =
      b.node("ConvTranspose", {x, b.weight({64, 32, 2, 2})}, {2, 32, 20, 20});
  Bounds bounds = boundsOf(b, y);
  EXPECT_EQ(bounds.macs, 2 * 100 * 64 * 32 * 4);
}

TEST(Products, a_batch_of_one_operand_makes_it_longer) {
  ModelBuilder b;
  Value x = b.input("x", {4, 8, 32, 64});
  Value y = b.node("MatMul", {x, b.weight({64, 16})}, {4, 8, 32, 16});
  Bounds bounds = boundsOf(b, y);
  EXPECT_EQ(bounds.macs, 4 * 8 * 32 * 64 * 16);
  // 1024 rows through 16 columns, or 8 times 64 columns.
  EXPECT_EQ(bounds.peTileCycles, 512);
}

TEST(Products, a_batch_of_both_operands_is_many_products) {
  ModelBuilder b;
  Value x = b.input("x", {4, 8, 32, 64});
  Value w = b.input("w", {8, 64, 16});
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, w}, {4, 8, 32, 16}));
  EXPECT_EQ(bounds.macs, 4 * 8 * 32 * 64 * 16);
  EXPECT_EQ(bounds.peTileCycles, 32 * 64);
}

TEST(Products, vectors_are_matrices_of_one_row) {
  ModelBuilder b;
  Value x = b.input("x", {64});
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, b.weight({64, 16})}, {16}));
  EXPECT_EQ(bounds.macs, 64 * 16);
}

TEST(Products, grouped_convolutions_share_the_array) {
  ModelBuilder b;
  Value x = b.input("x", {1, 128, 16, 16});
  // 32 groups of 4 channels: all lie in the array at once, tap by tap.
  Bounds bounds = boundsOf(b, b.conv(x, 128, 3, 1, 32));
  EXPECT_EQ(bounds.macs, 256 * 128 * 4 * 9);
  EXPECT_EQ(bounds.peTileCycles, 9 * 256);
  EXPECT_EQ(bounds.depthwiseMacs, 0);
}

TEST(Products, attention_has_scores_and_context) {
  ModelBuilder b;
  Value q = b.input("q", {1, 8, 128, 64}), k = b.input("k", {1, 8, 256, 64}),
        v = b.input("v", {1, 8, 256, 32});
  Bounds bounds = boundsOf(b, b.node("Attention", {q, k, v}, {1, 8, 128, 32}));
  EXPECT_EQ(bounds.macs, 8 * 128 * 256 * (64 + 32));
}

TEST(Products, einsum_sums_over_the_letters_of_both_operands) {
  ModelBuilder b;
  Value x = b.input("x", {4, 32, 64}), y = b.input("y", {4, 64, 16});
  Value out = b.node("Einsum", {x, y}, {4, 32, 16});
  onnx::ModelProto model = b.model();
  onnx::AttributeProto *equation =
      model.mutable_graph()->mutable_node(0)->add_attribute();
  equation->set_name("equation");
  equation->set_s("bij, bjk -> bik");
  *model.mutable_graph()->add_output() = model.graph().value_info(0);
  Bounds bounds = computeBounds(model, *readMachine("trn1"), isa::DType::bf16);
  EXPECT_EQ(bounds.macs, 4 * 32 * 64 * 16);
}

//===----------------------------------------------------------------------===//
// Engines
//===----------------------------------------------------------------------===//

/// Cycles of act or vec for each column of 128 elements.
static double actCycles(double us) { return us * 1.4e3; }

TEST(EngineWork, a_function_is_a_pass_of_act) {
  ModelBuilder b;
  Value x = b.input("x", {128, 1000});
  Bounds bounds = boundsOf(b, b.node("Tanh", {x}, x.dims));
  EXPECT_NEAR(actCycles(bounds.nodes[0].vectorUs), 1000, 1e-6);
}

TEST(EngineWork, what_follows_a_product_leaves_with_it) {
  ModelBuilder b;
  Value x = b.input("x", {128, 256});
  Value y = b.node("MatMul", {x, b.weight({256, 512})}, {128, 512});
  y = b.node("Tanh", {b.node("Add", {y, b.weight({512})}, y.dims)}, y.dims);
  Bounds bounds = boundsOf(b, y);
  EXPECT_EQ(bounds.nodes[1].vectorUs + bounds.nodes[2].vectorUs, 0);
  EXPECT_NEAR(actCycles(bounds.evacuationUs), 512, 1e-6);
}

TEST(EngineWork, simple_arithmetic_shares_an_instruction) {
  ModelBuilder b;
  Value x = b.input("x", {128, 1000});
  Value y = b.node("Neg", {x}, x.dims);
  y = b.node("Mul", {y, b.weight({1})}, x.dims);
  Bounds bounds = boundsOf(b, y);
  EXPECT_GT(bounds.nodes[0].vectorUs, 0);
  EXPECT_EQ(bounds.nodes[1].vectorUs, 0);
}

TEST(EngineWork, moving_elements_is_no_work) {
  ModelBuilder b;
  Value x = b.input("x", {128, 1000});
  Value y = b.node("Transpose", {x}, {1000, 128});
  Bounds bounds = boundsOf(b, y);
  EXPECT_EQ(bounds.engineUs, 0);
  EXPECT_EQ(bounds.compulsoryBytes, 2 * 128 * 1000 * 2);
}

TEST(EngineWork, softmax_reads_twice) {
  ModelBuilder b;
  Value x = b.input("x", {128, 1000});
  Bounds bounds = boundsOf(b, b.node("Softmax", {x}, x.dims));
  // Half a cycle an element for the largest on vec, one for the function.
  EXPECT_NEAR(bounds.nodes[0].vectorUs, 1000 / 1.4e3 + 500 / 1.12e3, 1e-6);
}

TEST(EngineWork, sixty_four_bits_are_for_pool) {
  ModelBuilder b;
  Value x = b.input("x", {128, 1000}, onnx::TensorProto::INT64);
  Value y = b.node("Neg", {x}, x.dims);
  onnx::ModelProto model = b.model();
  model.mutable_graph()
      ->mutable_value_info(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->set_elem_type(onnx::TensorProto::INT64);
  *model.mutable_graph()->add_output() = model.graph().value_info(0);
  Bounds bounds = computeBounds(model, *readMachine("trn1"), isa::DType::f32);
  EXPECT_NEAR(actCycles(bounds.engineUs), 4000, 1e-6);
}

//===----------------------------------------------------------------------===//
// Traffic
//===----------------------------------------------------------------------===//

TEST(Traffic, a_quantised_weight_is_read_as_it_is_stored) {
  ModelBuilder b;
  Value x = b.input("x", {64, 64});
  Value w = b.weight({64, 64}, onnx::TensorProto::INT8);
  Value real = b.node("DequantizeLinear", {w, b.weight({1})}, {64, 64});
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, real}, {64, 64}));
  EXPECT_EQ(bounds.compulsoryBytes, 64 * 64 * (2 + 1 + 2) + 2);
}

namespace {
/// A Scan of 100 steps: state = state * factor + value, for 128 x 10 elements.
struct ScanModel {
  ScanModel(const Dims &state = {128, 10}, bool isConstant = false)
      : s(isConstant ? b.weight(state) : b.input("s", state)),
        x(b.input("x", {100, 128, 10})) {}

  void addScan(const std::string &factor) {
    y = b.node("Scan", {s, x}, s.dims);
    b.attribute("num_scan_inputs", 1);
    onnx::AttributeProto *attribute = scan().add_attribute();
    attribute->set_name("body");
    attribute->set_type(onnx::AttributeProto::GRAPH);
    for (const char *name : {"state", "value"})
      body().add_input()->set_name(name);
    body().add_output()->set_name("next");
    add("Mul", {"state", factor}, "scaled");
    add("Add", {"scaled", "value"}, "next");
  }

  void add(const char *type, const std::vector<std::string> &operands,
           const char *result) {
    onnx::NodeProto *node = body().add_node();
    node->set_op_type(type);
    for (const std::string &operand : operands)
      node->add_input(operand);
    node->add_output(result);
  }

  onnx::NodeProto &scan() {
    return *graph().mutable_node(graph().node_size() - 1);
  }
  onnx::GraphProto &body() {
    auto &attributes = *scan().mutable_attribute();
    return *attributes[attributes.size() - 1].mutable_g();
  }
  onnx::GraphProto &graph() { return *model().mutable_graph(); }
  onnx::ModelProto &model() {
    return const_cast<onnx::ModelProto &>(b.model());
  }

  double engineUs(const Machine &machine) {
    if (graph().output_size() == 0)
      graph().add_output()->set_name(y.name);
    return computeBounds(model(), machine, isa::DType::f32).engineUs;
  }
  double engineUs() { return engineUs(*readMachine("trn1")); }

  ModelBuilder b;
  Value s, x, y;
};
} // namespace

/// Of `steps` steps on trn1's faster engine for two narrow operands.
static double recurrenceUs(double steps) {
  Machine machine = *readMachine("trn1");
  double cycles = steps * 10 * machine.vecTwoOperandFactor /
                  machine.vecNarrowTwoOperandSpeedup;
  return cycles / machine.vec.clockGhz / 1e3;
}

TEST(Scan, states_meet_two_tensors_in_each_step) {
  ScanModel own, outside;
  own.addScan("value");
  EXPECT_NEAR(own.engineUs(), recurrenceUs(100), 1e-6);
  outside.addScan("outside");
  EXPECT_EQ(outside.engineUs(), 0);
}

// The array scales rows, and act too.
TEST(Scan, factors_of_whole_rows_cost_nothing) {
  ScanModel scan;
  scan.addScan("row");
  scan.add("ReduceMax", {"value"}, "row");
  std::swap(*scan.body().mutable_node(0), *scan.body().mutable_node(2));
  onnx::ValueInfoProto *row = scan.body().add_value_info();
  row->set_name("row");
  auto *shape = row->mutable_type()->mutable_tensor_type()->mutable_shape();
  for (int64_t dim : {128, 1})
    shape->add_dim()->set_dim_value(dim);
  EXPECT_EQ(scan.engineUs(), 0);
  shape->mutable_dim(1)->set_dim_value(10);
  EXPECT_NEAR(scan.engineUs(), recurrenceUs(100), 1e-6);
}

TEST(Scan, the_first_step_of_a_known_state_costs_nothing) {
  ScanModel scan({128, 10}, /*isConstant=*/true);
  scan.addScan("value");
  EXPECT_NEAR(scan.engineUs(), recurrenceUs(99), 1e-6);
}

TEST(Scan, states_that_nobody_asks_for_cost_nothing) {
  ScanModel scan;
  scan.addScan("value");
  // Beside the state's last value, one of each step.
  scan.scan().add_output("rows");
  scan.body().add_output()->set_name("row");
  scan.add("Identity", {"value"}, "row");
  scan.graph().add_output()->set_name("rows");
  EXPECT_EQ(scan.engineUs(), 0);
  // What is made from the state before a step does not need the last step.
  scan.body().mutable_node(2)->set_input(0, "state");
  EXPECT_NEAR(scan.engineUs(), recurrenceUs(99), 1e-6);
  scan.body().mutable_node(2)->set_input(0, "next");
  EXPECT_NEAR(scan.engineUs(), recurrenceUs(100), 1e-6);
}

TEST(Scan, each_state_is_of_its_own_type) {
  ScanModel scan;
  scan.addScan("value");
  const double alone = scan.engineUs();
  // A counter comes first.
  scan.b.input("count", {1}, onnx::TensorProto::INT64);
  onnx::NodeProto &node = scan.scan();
  *node.add_input() = "x";
  node.set_input(0, "count");
  node.set_input(1, "s");
  *node.add_output() = scan.y.name;
  node.set_output(0, "counted");
  onnx::GraphProto &body = scan.body();
  for (auto *values : {body.mutable_input(), body.mutable_output()}) {
    values->Add()->set_name("count");
    for (int last = values->size() - 1; last > 0; --last)
      values->SwapElements(last, last - 1);
  }
  onnx::ValueInfoProto *counted = scan.graph().add_value_info();
  counted->set_name("counted");
  auto *type = counted->mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::INT64);
  type->mutable_shape()->add_dim()->set_dim_value(1);
  EXPECT_NEAR(scan.engineUs(), alone, 1e-9);
}

TEST(Scan, a_machine_may_scan_faster_than_it_adds) {
  ScanModel scan;
  scan.addScan("value");
  Machine machine = *readMachine("trn1");
  machine.vecScanFactor = machine.vecTwoOperandFactor / 8;
  machine.vecNarrowTwoOperandSpeedup = 1;
  EXPECT_LT(scan.engineUs(machine), recurrenceUs(100) / 2);
}

// Each step may read its values out of PSUM, where products leave it anyway.
TEST(Scan, steps_on_products_are_done_while_these_leave) {
  auto productUs = [](bool withScan) {
    ScanModel scan;
    Value w = scan.b.weight({10, 10});
    scan.x = scan.y = scan.b.node("MatMul", {scan.x, w}, scan.x.dims);
    if (withScan)
      scan.addScan("value");
    return scan.engineUs();
  };
  EXPECT_EQ(productUs(true), productUs(false));
}

TEST(Traffic, a_weight_made_from_its_shape_is_one) {
  ModelBuilder b;
  Value x = b.input("x", {64, 64});
  Value shape = b.weight({2}, onnx::TensorProto::INT64);
  Value w = b.node("ConstantOfShape", {shape}, {64, 64});
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, w}, {64, 64}));
  EXPECT_EQ(bounds.compulsoryBytes, 3 * 64 * 64 * 2);
}

TEST(Traffic, an_updated_cache_writes_its_updates) {
  ModelBuilder b;
  Value cache = b.input("cache", {1024, 64});
  Value place = b.input("place", {1, 1}, onnx::TensorProto::INT64);
  Value row = b.input("row", {1, 64});
  Bounds bounds =
      boundsOf(b, b.node("ScatterND", {cache, place, row}, {1024, 64}));
  // Left where it is: a row is read, and written.
  EXPECT_EQ(bounds.compulsoryBytes, 8 + 128 + 128);
}

TEST(Traffic, an_updated_cache_that_is_read_is_read_whole) {
  ModelBuilder b;
  Value cache = b.input("cache", {1024, 64});
  Value place = b.input("place", {1, 1}, onnx::TensorProto::INT64);
  Value row = b.input("row", {1, 64});
  Value x = b.input("x", {1, 1024});
  Value updated = b.node("ScatterND", {cache, place, row}, {1024, 64});
  b.output(updated);
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, updated}, {1, 64}));
  EXPECT_EQ(bounds.compulsoryBytes,
            1024 * 128 + 8 + 128 + 1024 * 2 + 128 + 128);
}

TEST(Traffic, slices_put_back_stay_where_they_are) {
  ModelBuilder b;
  Value cache = b.input("cache", {8, 64});
  Value row = b.input("row", {1, 64});
  Value axis = b.weight({1}, onnx::TensorProto::INT64);
  Value before = b.node("Slice", {cache, axis, axis}, {4, 64});
  Value after = b.node("Slice", {cache, axis, axis}, {3, 64});
  Bounds bounds = boundsOf(b, b.node("Concat", {before, row, after}, {8, 64}));
  EXPECT_EQ(bounds.compulsoryBytes, 128 + 128);
}

TEST(Traffic, a_table_used_twice_is_read_once) {
  ModelBuilder b;
  Value ids = b.input("ids", {16}, onnx::TensorProto::INT64);
  Value table = b.weight({100, 64});
  Value x = b.node("Gather", {table, ids}, {16, 64});
  Value t = b.node("Transpose", {table}, {64, 100});
  Bounds bounds = boundsOf(b, b.node("MatMul", {x, t}, {16, 100}));
  EXPECT_EQ(bounds.compulsoryBytes, 100 * 128 + 16 * 8 + 16 * 200);
}
