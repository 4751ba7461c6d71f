// SPDX-License-Identifier: Apache-2.0
// Programs of Tilicho, by its C interface.
#include "integrations/onnxruntime/Programs.h"
#include "integrations/onnxruntime/Json.h"

#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

using namespace tilicho::offload;

void tilicho::offload::throwOnError(tilicho_error *error) {
  if (!error)
    return;
  const std::string message = tilicho_error_message(error);
  tilicho_error_free(error);
  throw std::runtime_error(message);
}

using Describe = tilicho_error *(const tilicho_program *, size_t,
                                 tilicho_tensor_info *);

static std::vector<Program::Tensor>
readTensors(const tilicho_program *program, size_t count, Describe *describe) {
  std::vector<Program::Tensor> tensors;
  for (size_t index = 0; index < count; ++index) {
    tilicho_tensor_info info{};
    info.struct_size = sizeof(info);
    throwOnError(describe(program, index, &info));
    tensors.push_back({info.name,
                       {info.shape, info.shape + info.rank},
                       info.bytes,
                       info.rows_vary != 0,
                       info.rows_dimension});
  }
  return tensors;
}

Program::Program(tilicho_program *taken) : handle(taken) {
  ins = readTensors(taken, tilicho_program_input_count(taken),
                    tilicho_program_input);
  outs = readTensors(taken, tilicho_program_output_count(taken),
                     tilicho_program_output);
}

std::string Program::machine() const {
  const std::string text = description();
  const size_t begin = text.find('=') + 1;
  return text.substr(begin, text.find('\n') - begin);
}

std::string Program::description() const {
  return tilicho_program_machine(handle.get());
}

double Program::macs() const {
  return parseJson(tilicho_program_statistics(handle.get()))["macs"].number;
}

bool Program::usesArray() const {
  return parseJson(
             tilicho_program_statistics(handle.get()))["instructions"]["pe"]
             .number > 0;
}

std::string Program::file() const {
  const void *bytes;
  size_t size;
  tilicho_program_file(handle.get(), &bytes, &size);
  return std::string(static_cast<const char *>(bytes), size);
}

struct FreeResult {
  void operator()(tilicho_result *result) const { tilicho_result_free(result); }
};
using Result = std::unique_ptr<tilicho_result, FreeResult>;

static Result runWith(const tilicho_program *program,
                      tilicho_run_options options,
                      const std::vector<tilicho_buffer> &in,
                      const std::vector<tilicho_buffer> &out) {
  options.struct_size = sizeof(options);
  tilicho_result *result = nullptr;
  throwOnError(tilicho_run(program, &options, in.data(), in.size(), out.data(),
                           out.size(), &result));
  return Result(result);
}

double Program::makespanUs() const {
  tilicho_run_options options{};
  options.timing = TILICHO_TIMING_ONLY;
  const Result result = runWith(handle.get(), options, {}, {});
  return parseJson(tilicho_result_statistics(result.get()))["makespan_us"]
      .number;
}

/// Adds a line to a file that several sessions may write to.
static void addLine(const std::string &path, const std::string &line) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::ofstream file(path, std::ios::app);
  file << line << "\n";
  if (!file.flush())
    throw std::runtime_error(path + ": statistics cannot be written");
}

static std::string onOneLine(std::string text) {
  for (char &c : text)
    c = c == '\n' ? ' ' : c;
  return text;
}

std::vector<int64_t>
Program::run(const Options &options, const std::string &group,
             const std::vector<tilicho_buffer> &in,
             const std::vector<tilicho_buffer> &out) const {
  tilicho_run_options given{};
  given.threads = options.threads;
  const bool timed = !options.stats.empty() || !options.trace.empty();
  given.timing = timed ? TILICHO_TIMING_ON : TILICHO_TIMING_OFF;
  given.trace_path = options.trace.empty() ? nullptr : options.trace.c_str();
  const Result result = runWith(handle.get(), given, in, out);
  if (!options.stats.empty())
    addLine(options.stats,
            "{\"group\": \"" + group + "\", \"stats\": " +
                onOneLine(tilicho_result_statistics(result.get())) + "}");
  std::vector<int64_t> rows(outs.size());
  for (size_t i = 0; i < outs.size(); ++i)
    if (outs[i].rowsVary)
      throwOnError(tilicho_result_rows(result.get(), i, &rows[i]));
  return rows;
}

namespace {

/// A model and options as the C interface takes them. Points into both.
struct Request {
  Request(const GroupModel &group, const Options &options)
      : bytes(group.write()) {
    model.struct_size = sizeof(model);
    model.bytes = bytes.data();
    model.size = bytes.size();
    model.name = "onnxruntime";
    for (const auto &[key, value] : options.compiler)
      list.push_back({key.c_str(), value.c_str()});
  }

  const std::string bytes;
  tilicho_model model{};
  std::vector<tilicho_option> list;
};

/// Of an ONNX data type.
tilicho_dtype dtypeOf(const ModelValue &value) {
  static const std::map<int32_t, tilicho_dtype> types = {
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, TILICHO_F32},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, TILICHO_U8},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, TILICHO_I8},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, TILICHO_U16},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, TILICHO_I16},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, TILICHO_I32},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, TILICHO_I64},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, TILICHO_BOOL},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, TILICHO_F16},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, TILICHO_F64},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, TILICHO_U32},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, TILICHO_U64},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, TILICHO_BF16},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN, TILICHO_F8E4M3FN},
      {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2, TILICHO_F8E5M2}};
  auto found = types.find(value.type.elementType);
  if (found == types.end())
    throw std::runtime_error("the type of '" + value.name +
                             "' is not one of the machine");
  return found->second;
}

std::vector<tilicho_tensor> tensorsOf(const std::vector<ModelValue> &values) {
  std::vector<tilicho_tensor> tensors;
  for (const ModelValue &value : values) {
    tilicho_tensor tensor{};
    tensor.struct_size = sizeof(tensor);
    tensor.name = value.name.c_str();
    tensor.dtype = dtypeOf(value);
    tensor.rank = value.type.shape.size();
    tensor.shape = value.type.shape.data();
    tensors.push_back(tensor);
  }
  return tensors;
}

struct FreeSession {
  void operator()(tilicho_session *session) const {
    tilicho_session_free(session);
  }
};

/// A session keeps its programs in a folder.
tilicho_program *compileWithCache(const GroupModel &group,
                                  const Request &request,
                                  const std::string &folder) {
  tilicho_session_options options{};
  options.struct_size = sizeof(options);
  options.cache_folder = folder.c_str();
  tilicho_session *raw;
  throwOnError(tilicho_session_create(nullptr, &request.model,
                                      request.list.data(), request.list.size(),
                                      &options, &raw));
  std::unique_ptr<tilicho_session, FreeSession> session(raw);
  const std::vector<tilicho_tensor> inputs = tensorsOf(group.inputs);
  tilicho_program *program;
  throwOnError(
      tilicho_session_program(raw, inputs.data(), inputs.size(), &program));
  return program;
}

} // namespace

std::shared_ptr<const Program>
tilicho::offload::compileProgram(const GroupModel &model,
                                 const Options &options) {
  const Request request(model, options);
  tilicho_program *program;
  if (options.cache.empty())
    throwOnError(tilicho_compile_model(nullptr, &request.model,
                                       request.list.data(), request.list.size(),
                                       &program));
  else
    program = compileWithCache(model, request, options.cache);
  return std::make_shared<Program>(program);
}

std::vector<std::string>
tilicho::offload::inputsThatReachShapes(const GroupModel &model,
                                        const Options &options) {
  const Request request(model, options);
  tilicho_text *text;
  throwOnError(tilicho_describe_model(nullptr, &request.model,
                                      request.list.data(), request.list.size(),
                                      &text));
  const Json description = parseJson(tilicho_text_data(text));
  tilicho_text_free(text);
  std::vector<std::string> names;
  for (const Json &input : description["inputs"].items)
    if (input["reaches_shape"].number)
      names.push_back(input["name"].text);
  return names;
}

std::shared_ptr<const Program>
tilicho::offload::loadProgram(const std::string &file) {
  tilicho_program *program;
  throwOnError(tilicho_program_load_memory(file.data(), file.size(), &program));
  return std::make_shared<Program>(program);
}
