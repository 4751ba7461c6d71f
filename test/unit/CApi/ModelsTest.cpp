// SPDX-License-Identifier: Apache-2.0
// The C interface to models, sessions and state, through the shared library.
#include "test/unit/CApi/TakeError.h"
#include "tilicho/tilicho.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <gmock/gmock.h>
#include <string>
#include <vector>

using testing::HasSubstr;

namespace {

/// The bytes of a model, in Protobuf's wire format by hand, so that this test
/// needs no Protobuf: y = Relu(x), with x of N x 4.
class ReluModel {
public:
  ReluModel() {
    std::string node = field(1, "x") + field(2, "y") + field(4, "Relu");
    std::string graph = field(1, node) + field(2, "g") + field(11, value("x")) +
                        field(12, value("y"));
    std::string opset = field(1, "") + number(2, 21);
    bytes = number(1, 10) + field(7, graph) + field(8, opset);
    model.struct_size = sizeof(model);
    model.bytes = bytes.data();
    model.size = bytes.size();
    model.name = "relu";
  }

  std::string bytes;
  tilicho_model model = {};

private:
  static std::string field(int id, const std::string &text) {
    return std::string(1, char(id << 3 | 2)) + char(text.size()) + text;
  }
  static std::string number(int id, int value) {
    return std::string(1, char(id << 3)) + char(value);
  }
  static std::string value(const std::string &name) {
    std::string shape = field(1, field(2, "N")) + field(1, number(1, 4));
    std::string tensor = number(1, 1) + field(2, shape);
    return field(1, name) + field(2, field(1, tensor));
  }
};

/// Counts what the library asks of its host.
struct Host {
  static void *allocate(void *user, size_t bytes, size_t alignment) {
    auto *host = static_cast<Host *>(user);
    if (host->isFull)
      return nullptr;
    ++host->live;
    return std::aligned_alloc(alignment,
                              (bytes + alignment - 1) / alignment * alignment);
  }
  static void release(void *user, void *memory, size_t, size_t) {
    --static_cast<Host *>(user)->live;
    std::free(memory);
  }
  static void log(void *user, tilicho_severity, const char *line) {
    static_cast<Host *>(user)->lines += std::string(line) + "\n";
  }
  tilicho_context *context() {
    tilicho_context_options options = {};
    options.struct_size = sizeof(options);
    options.user = this;
    options.allocate = allocate;
    options.release = release;
    options.log = log;
    tilicho_context *context = nullptr;
    EXPECT_EQ(take(tilicho_context_create(&options, &context)), "");
    return context;
  }

  std::atomic<int> live = 0;
  bool isFull = false;
  std::string lines;
};

const tilicho_option twoRows[] = {{"dim", "N=2"}, {"machine", "edge"}};

tilicho_tensor tensor(const int64_t *shape) {
  tilicho_tensor result = {};
  result.struct_size = sizeof(result);
  result.name = "x";
  result.dtype = TILICHO_F32;
  result.rank = 2;
  result.shape = shape;
  return result;
}

/// The program of two rows.
tilicho_program *compileTwoRows(tilicho_context *context,
                                const ReluModel &relu) {
  tilicho_program *program = nullptr;
  EXPECT_EQ(
      take(tilicho_compile_model(context, &relu.model, twoRows, 2, &program)),
      "");
  return program;
}

std::string takeText(tilicho_text *text) {
  std::string result = tilicho_text_data(text);
  tilicho_text_free(text);
  return result;
}

} // namespace

TEST(Models, compile_with_the_hosts_memory_and_log) {
  ReluModel relu;
  Host host;
  tilicho_context *context = host.context();
  tilicho_program *program = compileTwoRows(context, relu);
  ASSERT_TRUE(program);
  EXPECT_THAT(host.lines, HasSubstr("compiled relu in "));
  EXPECT_GT(host.live, 0);
  // The program keeps what it needs of the context.
  tilicho_context_free(context);
  tilicho_program *again = tilicho_program_retain(program);
  tilicho_program_free(program);
  float x[8] = {-1, 2}, y[8] = {};
  tilicho_buffer in = {x, sizeof(x)}, out = {y, sizeof(y)};
  EXPECT_EQ(take(tilicho_run(again, nullptr, &in, 1, &out, 1, nullptr)), "");
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[1], 2);
  tilicho_program_free(again);
  EXPECT_EQ(host.live, 0);
}

TEST(Models, say_what_kind_of_error_it_is) {
  ReluModel relu;
  Host host;
  tilicho_context *context = host.context();
  tilicho_program *program = nullptr;
  auto codeOf = [&](const tilicho_model &model, const tilicho_option *options,
                    size_t count) {
    tilicho_error *error =
        tilicho_compile_model(context, &model, options, count, &program);
    tilicho_code code = tilicho_error_code(error);
    tilicho_error_free(error);
    return code;
  };
  const tilicho_option unknown[] = {{"sped", "fast"}, {"precision", "f31"}};
  EXPECT_EQ(codeOf(relu.model, unknown, 2), TILICHO_INVALID_ARGUMENT);
  EXPECT_EQ(codeOf(relu.model, nullptr, 0), TILICHO_INVALID_MODEL);
  tilicho_model missing = {};
  missing.struct_size = sizeof(missing);
  EXPECT_EQ(codeOf(missing, twoRows, 2), TILICHO_INVALID_ARGUMENT);
  missing.path = "/nowhere.onnx";
  EXPECT_EQ(codeOf(missing, twoRows, 2), TILICHO_FILE);
  host.isFull = true;
  EXPECT_EQ(codeOf(relu.model, twoRows, 2), TILICHO_OUT_OF_MEMORY);
  EXPECT_EQ(tilicho_error_code(nullptr), TILICHO_OK);
  tilicho_context_free(context);
}

TEST(Models, contexts_have_both_or_no_memory_functions) {
  tilicho_context_options options = {};
  options.struct_size = sizeof(options);
  options.allocate = Host::allocate;
  tilicho_context *context = nullptr;
  EXPECT_THAT(take(tilicho_context_create(&options, &context)),
              HasSubstr("both or neither"));
}

TEST(Models, are_checked_and_described) {
  ReluModel relu;
  tilicho_text *text = nullptr;
  ASSERT_EQ(take(tilicho_check_model(nullptr, &relu.model, twoRows, 2, &text)),
            "");
  std::string report = takeText(text);
  EXPECT_THAT(report, HasSubstr("\"supported\": true"));
  EXPECT_THAT(report, HasSubstr("\"time_us\": 0."));
  ASSERT_EQ(
      take(tilicho_describe_model(nullptr, &relu.model, nullptr, 0, &text)),
      "");
  EXPECT_EQ(
      takeText(text),
      "{\"inputs\": [{\"name\": \"x\", \"dtype\": \"f32\", \"shape\": [\"N\", "
      "4], \"reaches_shape\": false}], \"outputs\": [{\"name\": \"y\", "
      "\"dtype\": \"f32\", \"shape\": [\"N\", 4], \"reaches_shape\": "
      "false}]}");
}

TEST(Models, inputs_become_constants) {
  ReluModel relu;
  const int64_t shape[] = {2, 4};
  const float x[8] = {3, -3};
  tilicho_tensor constant = tensor(shape);
  constant.data = x;
  relu.model.constants = &constant;
  relu.model.constant_count = 1;
  tilicho_program *program = nullptr;
  const tilicho_option edge = {"machine", "edge"};
  const int64_t wrong[] = {2, -4};
  constant.shape = wrong;
  EXPECT_EQ(
      take(tilicho_compile_model(nullptr, &relu.model, &edge, 1, &program)),
      "dimension 1 of tensor x is -4");
  constant.shape = shape;
  ASSERT_EQ(
      take(tilicho_compile_model(nullptr, &relu.model, &edge, 1, &program)),
      "");
  EXPECT_EQ(tilicho_program_input_count(program), 0u);
  float y[8] = {};
  tilicho_buffer out = {y, sizeof(y)};
  EXPECT_EQ(take(tilicho_run(program, nullptr, nullptr, 0, &out, 1, nullptr)),
            "");
  EXPECT_EQ(y[0], 3);
  EXPECT_EQ(y[1], 0);
  tilicho_program_free(program);
}

TEST(Models, programs_load_from_memory_without_a_copy) {
  ReluModel relu;
  tilicho_program *program = compileTwoRows(nullptr, relu), *view = nullptr;
  ASSERT_TRUE(program);
  const void *file;
  size_t size;
  tilicho_program_file(program, &file, &size);
  int released = 0;
  auto release = [](void *user, const void *) { ++*static_cast<int *>(user); };
  ASSERT_EQ(
      take(tilicho_program_load_view(file, size, release, &released, &view)),
      "");
  const void *same;
  tilicho_program_file(view, &same, &size);
  EXPECT_EQ(same, file);
  EXPECT_EQ(released, 0);
  tilicho_program_free(view);
  EXPECT_EQ(released, 1);
  const char *odd = static_cast<const char *>(file) + 1;
  EXPECT_THAT(
      take(tilicho_program_load_view(odd, 8, release, &released, &view)),
      HasSubstr("multiple of 64"));
  EXPECT_EQ(released, 2);
  tilicho_program_free(program);
}

TEST(Sessions, have_a_program_for_each_shape) {
  ReluModel relu;
  tilicho_session *session = nullptr;
  const tilicho_option edge = {"machine", "edge"};
  ASSERT_EQ(take(tilicho_session_create(nullptr, &relu.model, &edge, 1, nullptr,
                                        &session)),
            "");
  // The session has its own copy of the model.
  std::fill(relu.bytes.begin(), relu.bytes.end(), '\0');
  for (int64_t rows : {1, 3, 1}) {
    const int64_t shape[] = {rows, 4};
    tilicho_tensor x = tensor(shape);
    tilicho_program *program = nullptr;
    ASSERT_EQ(take(tilicho_session_program(session, &x, 1, &program)), "");
    tilicho_tensor_info info = {};
    info.struct_size = sizeof(info);
    EXPECT_EQ(take(tilicho_program_output(program, 0, &info)), "");
    EXPECT_EQ(info.shape[0], rows);
    tilicho_program_free(program);
  }
  std::string compiled = takeText(tilicho_session_compiled(session));
  EXPECT_THAT(compiled, HasSubstr("{\"N\": 1}"));
  EXPECT_THAT(compiled, HasSubstr("{\"N\": 3}"));
  EXPECT_THAT(tilicho_session_description(session), HasSubstr("\"N\""));
  tilicho_session_free(session);
}

TEST(Sessions, refuse_arrays_that_are_not_there) {
  ReluModel relu;
  tilicho_session *session = nullptr;
  EXPECT_THAT(take(tilicho_session_create(nullptr, &relu.model, nullptr, 2,
                                          nullptr, &session)),
              HasSubstr("2 options are given, but their array is NULL"));
  ASSERT_EQ(take(tilicho_session_create(nullptr, &relu.model, nullptr, 0,
                                        nullptr, &session)),
            "");
  tilicho_program *program = nullptr;
  EXPECT_THAT(take(tilicho_session_program(session, nullptr, 1, &program)),
              HasSubstr("1 inputs are given, but their array is NULL"));
  const tilicho_tensor unset = {};
  EXPECT_THAT(take(tilicho_session_program(session, &unset, 1, &program)),
              HasSubstr("tilicho_tensor::struct_size is not set"));
  EXPECT_EQ(program, nullptr);
  tilicho_session_free(session);
}

TEST(States, move_between_runs) {
  ReluModel relu;
  Host host;
  tilicho_context *context = host.context();
  tilicho_program *program = compileTwoRows(context, relu);
  ASSERT_TRUE(program);
  const tilicho_state_pair pair = {"x", "y"};
  tilicho_state *state = nullptr;
  ASSERT_EQ(take(tilicho_state_create(context, program, &pair, 1, &state)), "");
  ASSERT_EQ(tilicho_state_count(state), 1u);
  const char *input = nullptr;
  int inPlace = 1;
  EXPECT_EQ(take(tilicho_state_pair_at(state, 0, &input, nullptr, &inPlace)),
            "");
  EXPECT_STREQ(input, "x");
  EXPECT_EQ(inPlace, 0);
  tilicho_buffer buffer;
  ASSERT_EQ(take(tilicho_state_buffer(state, "x", &buffer)), "");
  static_cast<float *>(buffer.data)[0] = -5;
  static_cast<float *>(buffer.data)[1] = 5;
  tilicho_run_options options = {};
  options.struct_size = sizeof(options);
  options.state = state;
  const tilicho_buffer none = {};
  EXPECT_EQ(take(tilicho_run(program, &options, &none, 1, &none, 1, nullptr)),
            "");
  ASSERT_EQ(take(tilicho_state_buffer(state, "x", &buffer)), "");
  EXPECT_EQ(static_cast<float *>(buffer.data)[0], 0);
  EXPECT_EQ(static_cast<float *>(buffer.data)[1], 5);
  EXPECT_THAT(take(tilicho_state_buffer(state, "z", &buffer)),
              HasSubstr("no input z"));
  tilicho_program_free(program);
  tilicho_context_free(context);
  tilicho_state_free(state);
  EXPECT_EQ(host.live, 0);
}
