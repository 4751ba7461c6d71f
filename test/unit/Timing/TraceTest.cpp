// SPDX-License-Identifier: Apache-2.0
// The trace, the statistics and the report of a run.
#include "AssembledProgram.h"

#include "runtime/Timing/Json.h"
#include "runtime/Timing/Statistics.h"
#include "runtime/Timing/Trace.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <set>
#include <sstream>

using namespace tilicho;
using namespace tilicho::timing;
using google::protobuf::Struct;
using testing::HasSubstr;

/// A program whose node has a name that needs escapes.
static Program sample() {
  Program program =
      assemble({{"pe", "load_stationary [32, 32] sbuf.bf16[0, 0x0 : 1] at 0\n"
                       "load_stationary [32, 32] sbuf.bf16[32, 0x0 : 1] at 32\n"
                       "matmul [32, 512] psum.f32[0, 0x0 : 1] = "
                       "sbuf.bf16[0, 0x400 : 1] cols 32, signal s1 += 1\n"
                       "matmul [32, 512] psum.f32[32, 0x0 : 1] = "
                       "sbuf.bf16[32, 0x400 : 1] cols 32\n"},
                {"act", "activate [32, 512] sbuf.f32[0, 0x0 : 1] = "
                        "relu(psum.f32[0, 0x0 : 1] * 1 + 0), wait s1 >= 1"},
                {"dma0", "dma [128, 64] sbuf.u8[0, 0x0 : 1, 1] = "
                         "hbm.u8[0, 0x0 : 64, 1]"}});
  program.nodes[1] = "a \"quoted\"\n\\ name";
  program.segments[0].name = "x";
  program.figures = {{"bound_us", 0.5}, {"compile_seconds", 0.25}};
  program.figuresByNode["pe"] = {{"bound_us", 0.25}};
  return program;
}

static Struct parsed(const std::string &json) {
  Struct value;
  auto status = google::protobuf::util::JsonStringToMessage(json, &value);
  EXPECT_TRUE(status.ok()) << status.ToString() << json;
  return value;
}

static std::string pathOf(const char *name) {
  return (std::filesystem::path(testing::TempDir()) / name).string();
}

static std::string contents(const std::string &path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Trace, is_json_with_a_lane_for_each_queue) {
  Program program = sample();
  auto trace = *TraceWriter::create(program, pathOf("trace.json"));
  Options options;
  options.observer = trace.get();
  ASSERT_TRUE(simulate(program, options).ok());
  ASSERT_TRUE(trace->finish().ok());
  Struct value = parsed(contents(pathOf("trace.json")));
  int slices = 0, lanes = 0;
  std::set<std::string> names;
  for (auto &event : value.fields().at("traceEvents").list_value().values()) {
    auto &fields = event.struct_value().fields();
    slices += fields.at("ph").string_value() == "X";
    names.insert(fields.at("name").string_value());
    lanes += fields.at("name").string_value() == "thread_name";
  }
  // Two moves that overlap need two lanes; loads are in the background.
  EXPECT_EQ(slices, 4);
  EXPECT_EQ(lanes, 4);
  EXPECT_EQ(names.count(program.nodes[1] + " activate"), 1u);
}

TEST(Trace, leaves_nothing_when_not_finished) {
  Program program = sample();
  std::string path = pathOf("unfinished.json");
  TraceWriter::create(program, path)->reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Trace, names_a_path_that_cannot_be_written) {
  Program program = sample();
  EXPECT_THAT(
      TraceWriter::create(program, "/nowhere/trace.json").status().message(),
      HasSubstr("/nowhere/trace.json"));
}

TEST(Statistics, has_the_documented_keys) {
  Program program = sample();
  Result result = *simulate(program);
  Struct value =
      parsed(statisticsJson(program, &result, {{"emulate_seconds", 1.5}}));
  auto &fields = value.fields();
  auto number = [&](const char *key) { return fields.at(key).number_value(); };
  EXPECT_EQ(number("bound_us"), 0.5);
  EXPECT_EQ(number("compile_seconds"), 0.25);
  EXPECT_EQ(number("emulate_seconds"), 1.5);
  EXPECT_EQ(number("hbm_bytes"), 128 * 64);
  EXPECT_EQ(number("program_bytes"), 6 * 128);
  EXPECT_NEAR(number("makespan_us"), result.makespanNs / 1e3, 1e-6);
  auto inner = [&](const char *key, const char *queue) {
    return fields.at(key).struct_value().fields().at(queue).number_value();
  };
  EXPECT_EQ(inner("instructions", "pe"), 4);
  EXPECT_EQ(inner("executed_instructions", "act"), 1);
  EXPECT_NEAR(inner("engine_busy_us", "act"), 512 / 1.4e3, 1e-6);
}

TEST(Statistics, has_all_again_by_node) {
  Program program = sample();
  Result result = *simulate(program);
  Struct value = parsed(statisticsJson(program, &result));
  auto &nodes = value.fields().at("nodes").struct_value().fields();
  ASSERT_EQ(nodes.size(), 4u);
  EXPECT_EQ(nodes.count(program.nodes[1]), 1u);
  auto &pe = nodes.at("pe").struct_value().fields();
  EXPECT_EQ(pe.at("bound_us").number_value(), 0.25);
  auto &dma = nodes.at("dma0").struct_value().fields();
  EXPECT_EQ(dma.at("hbm_read_bytes").number_value(), 128 * 64);
  EXPECT_EQ(
      dma.at("instructions").struct_value().fields().at("dma0").number_value(),
      1);
}

TEST(Statistics, leave_out_the_run_without_one) {
  Program program = sample();
  Struct value = parsed(statisticsJson(program, nullptr));
  EXPECT_EQ(value.fields().count("makespan_us"), 0u);
  EXPECT_EQ(value.fields().count("bound_us"), 1u);
}

TEST(Report, shows_path_stalls_and_traffic) {
  Program program = sample();
  Options options;
  options.criticalPath = true;
  std::string text = reportText(program, *simulate(program, options));
  EXPECT_THAT(text, HasSubstr("critical path by node"));
  EXPECT_THAT(text, HasSubstr("busy and stalled by queue"));
  EXPECT_THAT(text, HasSubstr("        8192            0            0   "
                              "64  scratch x\n"));
}

TEST(Json, replaces_what_is_not_utf8) {
  EXPECT_EQ(jsonString("a\xff"
                       "b\x01"),
            "\"a\xef\xbf\xbd"
            "b\\u0001\"");
  EXPECT_EQ(jsonString("\xc3\xa9"), "\"\xc3\xa9\"");
}
