// SPDX-License-Identifier: Apache-2.0
// Machine files: settings by field path, and every problem with its place.
#include "lib/MachineFile/MachineFile.h"
#include "lib/MachineFile/Shipped.h"

#include <fstream>
#include <gmock/gmock.h>
#include <sstream>

using namespace tilicho;
using namespace tilicho::compiler;
using testing::ElementsAre;
using testing::HasSubstr;

static std::string textOf(const char *name) {
  std::ifstream file(shippedMachinePath(name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

static std::string replaced(std::string text, const std::string &from,
                            const std::string &to) {
  return text.replace(text.find(from), from.size(), to);
}

static std::string errorOf(const std::string &text) {
  return std::string(parseMachine(text, "m.textproto").status().message());
}

static std::string settingError(const char *setting) {
  return std::string(readMachine("trn1", {setting}).status().message());
}

TEST(MachineFile, ships_four_machines) {
  EXPECT_THAT(shippedMachines(), ElementsAre("edge", "tpu1", "trn1", "trn2"));
}

TEST(MachineFile, names_the_shipped_ones_when_unknown) {
  EXPECT_THAT(readMachine("trn3").status().message(),
              HasSubstr("unknown machine \"trn3\"; shipped are edge, tpu1, "
                        "trn1, trn2"));
  EXPECT_THAT(readMachine("/none.textproto").status().message(),
              HasSubstr("cannot read machine file /none.textproto: No such"));
}

TEST(MachineFile, sets_each_kind_of_field) {
  auto machine = readMachine(
      "trn1",
      {"name=mine", "array.rows=48", "array.cols=96", "psum.banks=3",
       "sbuf.bytes_per_partition=40960", "sbuf.usable_bytes=40960",
       "array.passes.f32=2.5", "pool.computes=f32,i32",
       "ports.vec_act_share_psum=false", "activation_tables.set=exp,log;sin"});
  ASSERT_TRUE(machine.ok()) << machine.status();
  EXPECT_EQ(machine->name, "mine");
  EXPECT_EQ(machine->arrayRows, 48);
  EXPECT_EQ(machine->psumBytesPerPartition(), 3 * 2048);
  EXPECT_EQ(machine->arrayPasses[0], 2.5);
  EXPECT_EQ(machine->arrayPasses[2], 1);
  EXPECT_EQ(machine->pool.computes.bits, 3u);
  EXPECT_FALSE(machine->vecActSharePsum);
  EXPECT_EQ(machine->activationTables,
            (std::vector<std::vector<std::string>>{{"exp", "log"}, {"sin"}}));
}

TEST(MachineFile, refuses_bad_settings) {
  EXPECT_EQ(settingError("array.rows"),
            "--set=array.rows: write it as FIELD=VALUE");
  EXPECT_THAT(settingError("array.rws=1"),
              HasSubstr("unknown machine field \"array.rws\"; fields of Array "
                        "are rows, cols, "));
  EXPECT_THAT(settingError("array=1"), HasSubstr("unknown machine field"));
  EXPECT_THAT(settingError("array.rows.x=1"),
              HasSubstr("unknown machine field"));
  EXPECT_EQ(settingError("array.rows=many"),
            "--set=array.rows=many: \"many\" is no number");
  EXPECT_EQ(settingError("array.rows=1.5"),
            "--set=array.rows=1.5: array.rows is 1.5 but must be a whole "
            "number");
  EXPECT_EQ(settingError("array.rows=256"),
            "--set=array.rows=256: array.rows is 256 but sbuf.partitions is "
            "128; set both");
  EXPECT_EQ(settingError("array.passes.f99=1"),
            "--set=array.passes.f99=1: \"f99\" is no element type");
  EXPECT_THAT(settingError("ports.vec_act_share_psum=perhaps"),
              HasSubstr("is no truth value"));
}

TEST(MachineFile, reports_all_problems_with_their_places) {
  std::string text = replaced(
      textOf("trn1"), "rows { value: 128 source:", "rows { value: 0 source:");
  text = replaced(text, "cols { value: 128 source: \"ARCH2\" }",
                  "cols { value: 128 }");
  text = replaced(text, "banks { value: 8 source: \"ARCH2\" }", "");
  std::string error = errorOf(text);
  EXPECT_THAT(error, HasSubstr("m.textproto:24:3: array.rows is 0 but must "
                               "lie from 1 to 16384\n"));
  EXPECT_THAT(error, HasSubstr("m.textproto:25:3: array.cols has neither a "
                               "source nor assumed: true\n"));
  EXPECT_THAT(error, HasSubstr(": psum.banks is missing"));
}

TEST(MachineFile, reports_what_is_no_machine_file) {
  EXPECT_THAT(errorOf(""), HasSubstr("m.textproto:1:1: array.rows is missing"));
  EXPECT_THAT(errorOf("array { rows 3 }"), HasSubstr("m.textproto:1:14: "));
  EXPECT_THAT(errorOf(textOf("edge") + "colour: 3"),
              HasSubstr("has no field named \"colour\""));
}
