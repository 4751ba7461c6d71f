// SPDX-License-Identifier: Apache-2.0
// The C interface, through the shared library.
#include "runtime/Program/Write.h"
#include "test/unit/CApi/TakeError.h"
#include "test/unit/Program/SampleProgram.h"
#include "tilicho/tilicho.h"

#include <cstring>
#include <gmock/gmock.h>

using namespace tilicho;
using testing::HasSubstr;

extern "C" size_t countInputsFromC(const void *bytes, size_t size);

namespace {

struct CApiTest : testing::Test {
  CApiTest() : bytes(*writeProgramToMemory(sample.program)) {
    EXPECT_EQ(
        take(tilicho_program_load_memory(bytes.data(), bytes.size(), &program)),
        "");
  }
  ~CApiTest() override { tilicho_program_free(program); }

  std::string run(const tilicho_run_options *options = nullptr,
                  tilicho_result **result = nullptr) {
    tilicho_buffer in = {x, sizeof(x)}, out = {y, sizeof(y)};
    return take(tilicho_run(program, options, &in, 1, &out, 1, result));
  }

  SampleProgram sample;
  std::vector<uint8_t> bytes;
  tilicho_program *program = nullptr;
  float x[32] = {1, 2, 3}, y[32] = {};
};

} // namespace

TEST_F(CApiTest, works_from_c) {
  EXPECT_EQ(countInputsFromC(bytes.data(), bytes.size()), 1u);
}

TEST_F(CApiTest, states_its_version) {
  EXPECT_EQ(tilicho_api_version(), uint32_t(TILICHO_API_VERSION));
  EXPECT_STREQ(tilicho_version(), "0.1.0");
}

TEST_F(CApiTest, describes_tensors) {
  tilicho_tensor_info info = {};
  info.struct_size = sizeof(info);
  EXPECT_EQ(take(tilicho_program_output(program, 0, &info)), "");
  EXPECT_STREQ(info.name, "y");
  EXPECT_EQ(info.dtype, TILICHO_F32);
  ASSERT_EQ(info.rank, 2u);
  EXPECT_EQ(info.shape[1], 8);
  EXPECT_EQ(info.bytes, 128u);
  EXPECT_EQ(take(tilicho_program_input(program, 1, &info)),
            "there is no input 1; the program has 1");
  EXPECT_EQ(tilicho_program_value_count(program), 1u);
  EXPECT_THAT(tilicho_program_machine(program), HasSubstr("name=edge\n"));
  EXPECT_STREQ(tilicho_program_flags(program), "--machine=edge");
}

TEST_F(CApiTest, writes_only_what_an_older_caller_knows) {
  struct {
    tilicho_tensor_info info;
    char guard;
  } memory;
  std::memset(&memory, 0x55, sizeof(memory));
  memory.info.struct_size = offsetof(tilicho_tensor_info, rank);
  EXPECT_EQ(take(tilicho_program_input(program, 0, &memory.info)), "");
  EXPECT_STREQ(memory.info.name, "x");
  EXPECT_EQ(memory.info.rank, 0x5555555555555555u);
  // Of version 2.
  memory.info.struct_size = offsetof(tilicho_tensor_info, rows_vary);
  EXPECT_EQ(take(tilicho_program_output(program, 0, &memory.info)), "");
  EXPECT_EQ(memory.info.bytes, 128u);
  EXPECT_EQ(memory.info.rows_vary, 0x55555555u);
  memory.info.struct_size = 0;
  EXPECT_THAT(take(tilicho_program_input(program, 0, &memory.info)),
              HasSubstr("struct_size is not set"));
}

TEST_F(CApiTest, runs_on_buffers_of_the_caller) {
  EXPECT_EQ(run(), "");
  EXPECT_EQ(y[0], 1 + 0.5f);
  EXPECT_EQ(y[2], 3 + 2.5f);
  EXPECT_EQ(y[31], 31.5f);
}

TEST_F(CApiTest, gives_statistics_and_values) {
  const size_t value = 0;
  tilicho_run_options options = {};
  options.struct_size = sizeof(options);
  options.sanitize = 1;
  options.values = &value;
  options.value_count = 1;
  tilicho_result *result = nullptr;
  ASSERT_EQ(run(&options, &result), "");
  EXPECT_THAT(tilicho_result_statistics(result), HasSubstr("\"makespan_us\""));
  tilicho_buffer buffer = {};
  EXPECT_EQ(take(tilicho_result_value(result, 0, &buffer)), "");
  EXPECT_EQ(buffer.bytes, sizeof(y));
  EXPECT_EQ(std::memcmp(buffer.data, y, sizeof(y)), 0);
  EXPECT_THAT(take(tilicho_result_value(result, 1, &buffer)),
              HasSubstr("has no value 1"));
  tilicho_result_free(result);
}

TEST_F(CApiTest, counts_rows_only_where_they_vary) {
  tilicho_tensor_info info = {};
  info.struct_size = sizeof(info);
  EXPECT_EQ(take(tilicho_program_output(program, 0, &info)), "");
  EXPECT_EQ(info.rows_vary, 0u);
  tilicho_result *result = nullptr;
  ASSERT_EQ(run(nullptr, &result), "");
  int64_t rows = -2;
  for (size_t output : {0, 1})
    EXPECT_EQ(take(tilicho_result_rows(result, output, &rows)),
              "the run has counted no rows of output " +
                  std::to_string(output));
  EXPECT_EQ(rows, -2);
  tilicho_result_free(result);
}

TEST_F(CApiTest, says_which_dimension_varies) {
  Segment &count = sample.program.segments[3];
  count.dtype = isa::DType::i64;
  count.shape = {1};
  sample.program.segments[1].rows = 3;
  sample.program.segments[1].rowsDimension = 1;
  const std::vector<uint8_t> file = *writeProgramToMemory(sample.program);
  tilicho_program *varying = nullptr;
  ASSERT_EQ(
      take(tilicho_program_load_memory(file.data(), file.size(), &varying)),
      "");
  tilicho_tensor_info info = {};
  info.struct_size = sizeof(info);
  EXPECT_EQ(take(tilicho_program_output(varying, 0, &info)), "");
  EXPECT_EQ(info.rows_vary, 1u);
  EXPECT_EQ(info.rows_dimension, 1u);
  // Of version 3, which takes all rows for the first dimension.
  info.struct_size = offsetof(tilicho_tensor_info, rows_dimension);
  EXPECT_THAT(take(tilicho_program_output(varying, 0, &info)),
              HasSubstr("of y dimension 1 varies, which callers know from "
                        "version 4"));
  tilicho_program_free(varying);
}

TEST_F(CApiTest, times_without_buffers) {
  tilicho_run_options options = {};
  options.struct_size = sizeof(options);
  options.timing = TILICHO_TIMING_ONLY;
  tilicho_result *result = nullptr;
  EXPECT_EQ(
      take(tilicho_run(program, &options, nullptr, 0, nullptr, 0, &result)),
      "");
  EXPECT_THAT(tilicho_result_statistics(result), HasSubstr("\"makespan_us\""));
  tilicho_result_free(result);
}

TEST_F(CApiTest, refuses_buffers_and_options_that_do_not_fit) {
  tilicho_buffer good = {x, sizeof(x)}, small = {y, 4}, none = {nullptr, 128};
  EXPECT_EQ(take(tilicho_run(program, nullptr, &good, 1, nullptr, 0, nullptr)),
            "the program has 1 outputs, but 0 buffers were given");
  EXPECT_EQ(take(tilicho_run(program, nullptr, &good, 1, &small, 1, nullptr)),
            "output y has 128 bytes, but its buffer has 4");
  EXPECT_EQ(take(tilicho_run(program, nullptr, &none, 1, &good, 1, nullptr)),
            "input x has no buffer");
  tilicho_run_options options = {};
  options.struct_size = sizeof(options);
  options.timing = 3;
  EXPECT_THAT(run(&options), HasSubstr("timing is 3; 0 to 2 are known"));
  const size_t value = 9;
  options.timing = 0;
  options.values = &value;
  options.value_count = 1;
  EXPECT_EQ(run(&options), "there is no value 9; the program has 1");
}

TEST_F(CApiTest, saves_what_it_loaded) {
  const std::string path = testing::TempDir() + "/CApiTest.tlx";
  EXPECT_EQ(take(tilicho_program_save(program, path.c_str())), "");
  tilicho_program *again = nullptr;
  ASSERT_EQ(take(tilicho_program_load(path.c_str(), &again)), "");
  const void *data = nullptr;
  size_t size = 0;
  tilicho_program_file(again, &data, &size);
  ASSERT_EQ(size, bytes.size());
  EXPECT_EQ(std::memcmp(data, bytes.data(), size), 0);
  tilicho_program_free(again);
  std::remove(path.c_str());
  EXPECT_EQ(take(tilicho_program_save(program, "/dev/full")),
            "cannot write /dev/full: No space left on device");
}

TEST_F(CApiTest, reports_files_that_are_no_programs) {
  tilicho_program *other = nullptr;
  EXPECT_EQ(take(tilicho_program_load("/none.tlx", &other)),
            "cannot read /none.tlx: No such file or directory");
  bytes[200] ^= 1;
  EXPECT_THAT(
      take(tilicho_program_load_memory(bytes.data(), bytes.size(), &other)),
      HasSubstr("program in memory: the header has checksum"));
  EXPECT_EQ(other, nullptr);
}

//===--- Compiling --------------------------------------------------------===//

static tilicho_compile_options compileOptions() {
  tilicho_compile_options options = {};
  options.struct_size = sizeof(options);
  options.name = "tiny.onnx";
  return options;
}

// y = Relu(x), f32 [2], opset 13, IR version 8.
static const char tinyModel[] =
    "\x08\x08\x3a\x33"
    "\x0a\x0c\x0a\x01x\x12\x01y\x22\x04Relu\x12\x01g"
    "\x5a\x0f\x0a\x01x\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x02"
    "\x62\x0f\x0a\x01y\x12\x0a\x0a\x08\x08\x01\x12\x04\x0a\x02\x08\x02"
    "\x42\x04\x0a\x00\x10\x0d";

TEST(CompileTest, compiles_and_runs) {
  tilicho_compile_options options = compileOptions();
  options.machine = "edge";
  tilicho_program *program = nullptr;
  ASSERT_EQ(take(tilicho_compile(tinyModel, sizeof(tinyModel) - 1, &options,
                                 &program)),
            "");
  EXPECT_THAT(tilicho_program_machine(program), HasSubstr("name=edge\n"));
  float x[2] = {-1, 2}, y[2] = {};
  tilicho_buffer in = {x, 8}, out = {y, 8};
  EXPECT_EQ(take(tilicho_run(program, nullptr, &in, 1, &out, 1, nullptr)), "");
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[1], 2);
  tilicho_program_free(program);
}

TEST(CompileTest, reports_every_bad_option) {
  tilicho_compile_options options = compileOptions();
  const char *settings[] = {"array.rws=3"}, *dims[] = {"N"};
  options.settings = settings;
  options.setting_count = 1;
  options.dims = dims;
  options.dim_count = 1;
  options.precision = "f31";
  options.optimization = "O9";
  tilicho_program *program = nullptr;
  std::string message = take(
      tilicho_compile(tinyModel, sizeof(tinyModel) - 1, &options, &program));
  EXPECT_THAT(message, HasSubstr("unknown machine field \"array.rws\""));
  EXPECT_THAT(message, HasSubstr("--dim=N: NAME=VALUE is wanted"));
  EXPECT_THAT(message, HasSubstr("--precision=f31"));
  EXPECT_THAT(message, HasSubstr("optimization O9"));
  EXPECT_EQ(program, nullptr);
}

TEST(CompileTest, reports_what_is_no_model) {
  tilicho_compile_options options = compileOptions();
  tilicho_program *program = nullptr;
  EXPECT_THAT(take(tilicho_compile("garbage", 7, &options, &program)),
              HasSubstr("tiny.onnx"));
  EXPECT_NE(take(tilicho_compile("", 0, &options, &program)), "");
}
