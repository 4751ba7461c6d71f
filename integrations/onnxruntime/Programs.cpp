// SPDX-License-Identifier: Apache-2.0
// Programs of Tilicho, by its C interface.
#include "integrations/onnxruntime/Programs.h"
#include "integrations/onnxruntime/Json.h"

#include <fstream>
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
    tensors.push_back(
        {info.name, {info.shape, info.shape + info.rank}, info.bytes});
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
  const std::string text = tilicho_program_machine(handle.get());
  const size_t begin = text.find('=') + 1;
  return text.substr(begin, text.find('\n') - begin);
}

double Program::macs() const {
  return parseJson(tilicho_program_statistics(handle.get()))["macs"].number;
}

std::string Program::file() const {
  const void *bytes;
  size_t size;
  tilicho_program_file(handle.get(), &bytes, &size);
  return std::string(static_cast<const char *>(bytes), size);
}

/// Statistics of a run as JSON.
static std::string runWith(const tilicho_program *program,
                           tilicho_run_options options,
                           const std::vector<tilicho_buffer> &in,
                           const std::vector<tilicho_buffer> &out) {
  options.struct_size = sizeof(options);
  tilicho_result *result = nullptr;
  throwOnError(tilicho_run(program, &options, in.data(), in.size(), out.data(),
                           out.size(), &result));
  std::string statistics = tilicho_result_statistics(result);
  tilicho_result_free(result);
  return statistics;
}

double Program::makespanUs() const {
  tilicho_run_options options{};
  options.timing = TILICHO_TIMING_ONLY;
  return parseJson(runWith(handle.get(), options, {}, {}))["makespan_us"]
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

void Program::run(const Options &options, const std::string &group,
                  const std::vector<tilicho_buffer> &in,
                  const std::vector<tilicho_buffer> &out) const {
  tilicho_run_options given{};
  given.threads = options.threads;
  const bool timed = !options.stats.empty() || !options.trace.empty();
  given.timing = timed ? TILICHO_TIMING_ON : TILICHO_TIMING_OFF;
  given.trace_path = options.trace.empty() ? nullptr : options.trace.c_str();
  const std::string statistics = runWith(handle.get(), given, in, out);
  if (!options.stats.empty())
    addLine(options.stats, "{\"group\": \"" + group +
                               "\", \"stats\": " + onOneLine(statistics) + "}");
}

std::shared_ptr<const Program>
tilicho::offload::compileProgram(const std::string &model,
                                 const Options &options) {
  tilicho_model source{};
  source.struct_size = sizeof(source);
  source.bytes = model.data();
  source.size = model.size();
  source.name = "onnxruntime";
  std::vector<tilicho_option> list;
  for (const auto &[key, value] : options.compiler)
    list.push_back({key.c_str(), value.c_str()});
  tilicho_program *program;
  throwOnError(tilicho_compile_model(nullptr, &source, list.data(), list.size(),
                                     &program));
  return std::make_shared<Program>(program);
}

std::shared_ptr<const Program>
tilicho::offload::loadProgram(const std::string &file) {
  tilicho_program *program;
  throwOnError(tilicho_program_load_memory(file.data(), file.size(), &program));
  return std::make_shared<Program>(program);
}
