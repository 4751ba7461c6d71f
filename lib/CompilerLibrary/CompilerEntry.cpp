// SPDX-License-Identifier: Apache-2.0
// The compiler library's one function: requests about models in memory.
#include "runtime/CApi/CompilerEntry.h"
#include "lib/CompilerLibrary/Describe.h"
#include "lib/CompilerLibrary/RequestOptions.h"
#include "lib/Pipelines/Check.h"
#include "lib/Pipelines/Diagnostics.h"
#include "lib/Pipelines/RegisterAll.h"

#include "llvm/ADT/StringExtras.h"

#include <cstring>

using namespace tilicho;
using namespace tilicho::compiler;
using namespace tilicho::capi;

using llvm::StringRef;

namespace {

/// Answers one request.
class Answerer {
public:
  Answerer(const CompilerRequest &request, StringRef model)
      : request(request), bytes(model) {}

  tilicho_code answer();

  std::string problems;
  std::vector<uint8_t> result;

private:
  tilicho_code answerInContext(const CompileOptions &options);
  tilicho_code compile(Model &model, const CompileOptions &options);
  tilicho_code check(Model &model, const CompileOptions &options);
  std::optional<Model> load(const CompileOptions &options);
  void give(StringRef text) {
    result.assign(text.bytes_begin(), text.bytes_end());
  }

  const CompilerRequest &request;
  StringRef bytes;
  mlir::MLIRContext *context = nullptr;
};

tilicho_code Answerer::answer() {
  std::vector<std::string> faults;
  CompileOptions options = readOptions(request, faults);
  options.weightCache = defaultWeightCache();
  problems = llvm::join(faults, "\n");
  return faults.empty() ? answerInContext(options) : TILICHO_INVALID_ARGUMENT;
}

tilicho_code Answerer::answerInContext(const CompileOptions &options) {
  mlir::DialectRegistry registry;
  registerCompilerDialects(registry);
  mlir::MLIRContext local(registry, mlir::MLIRContext::Threading::DISABLED);
  local.loadAllAvailableDialects();
  local.printOpOnDiagnostic(false);
  context = &local;
  llvm::raw_string_ostream lines(problems);
  DiagnosticLines diagnostics(context, lines);
  if (request.kind == CompilerRequest::Describe) {
    auto described =
        describe(bytes, [&] { return load(options); }, options, *context);
    if (!described)
      return TILICHO_INVALID_MODEL;
    problems.clear();
    give(toWire(*described));
    return TILICHO_OK;
  }
  std::optional<Model> model = load(options);
  if (!model)
    return TILICHO_INVALID_MODEL;
  return request.kind == CompilerRequest::Check ? check(*model, options)
                                                : compile(*model, options);
}

std::optional<Model> Answerer::load(const CompileOptions &options) {
  auto buffer = llvm::MemoryBuffer::getMemBuffer(
      bytes, request.name, /*RequiresNullTerminator=*/false);
  return loadModel(std::move(buffer), request.name, request.folder, options,
                   context);
}

tilicho_code Answerer::compile(Model &model, const CompileOptions &options) {
  auto program = writeProgramToMemory(model, options);
  if (!program)
    return TILICHO_NOT_SUPPORTED;
  result = *std::move(program);
  return TILICHO_OK;
}

tilicho_code Answerer::check(Model &model, const CompileOptions &options) {
  auto report = checkModel(model, options);
  if (!report)
    return TILICHO_NOT_SUPPORTED;
  give(reportToJson(*report));
  return TILICHO_OK;
}

} // namespace

/// False when there is no memory.
static bool copyOut(llvm::ArrayRef<uint8_t> bytes, tilicho_allocate *allocate,
                    void *context) {
  void *memory = allocate(context, bytes.size());
  if (!memory)
    return bytes.empty();
  if (!bytes.empty())
    std::memcpy(memory, bytes.data(), bytes.size());
  return true;
}

extern "C" TILICHO_API int
tilicho_compiler_answer_2(const void *requestBytes, size_t requestSize,
                          const void *model, size_t modelSize,
                          tilicho_allocate *allocateAnswer, void *answer,
                          tilicho_allocate *allocateProblems, void *problems) {
  CompilerRequest request;
  if (!fromWire({static_cast<const char *>(requestBytes), requestSize},
                request))
    return TILICHO_INTERNAL;
  Answerer answerer(request, {static_cast<const char *>(model), modelSize});
  tilicho_code code = answerer.answer();
  if (code == TILICHO_OK && !copyOut(answerer.result, allocateAnswer, answer)) {
    code = TILICHO_OUT_OF_MEMORY;
    answerer.problems = "out of memory";
  }
  StringRef text = StringRef(answerer.problems).rtrim();
  if (code != TILICHO_OK)
    copyOut(llvm::arrayRefFromStringRef(text), allocateProblems, problems);
  return code;
}

/// Holds the definition to the type that the runtime library calls it by.
[[maybe_unused]] static tilicho_compiler_answer *const checkedType =
    ::tilicho_compiler_answer_2;
