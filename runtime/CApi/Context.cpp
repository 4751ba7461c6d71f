// SPDX-License-Identifier: Apache-2.0
// The host's callbacks, and the compiler library.
#include "runtime/CApi/Context.h"
#include "runtime/CApi/Handles.h"

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>

namespace fs = std::filesystem;

namespace tilicho::capi {

std::string libraryPath() {
  Dl_info info;
  std::error_code ignored;
  if (!dladdr(reinterpret_cast<const void *>(&tilicho_compile), &info))
    return "";
  return fs::canonical(info.dli_fname, ignored);
}

Context::Context(const tilicho_context_options &given)
    : options(given), compilerPath(given.compiler ? given.compiler : "") {
  if (compilerPath.empty())
    compilerPath =
        fs::path(libraryPath()).parent_path() / "libtilicho-compiler.so";
}

//===----------------------------------------------------------------------===//
// Callbacks
//===----------------------------------------------------------------------===//

AlignedCopy Context::allocate(size_t bytes) const {
  if (!options.allocate)
    return allocateAligned(bytes);
  const size_t size = std::max<size_t>(bytes, 1);
  void *memory = options.allocate(options.user, size, programAlignment);
  if (!memory)
    return {};
  std::memset(memory, 0, size);
  std::shared_ptr<const void> owner(memory, [self = shared_from_this(),
                                             size](void *freed) {
    self->options.release(self->options.user, freed, size, programAlignment);
  });
  return {{static_cast<const uint8_t *>(memory), bytes}, std::move(owner)};
}

void Context::log(tilicho_severity severity, const std::string &line) const {
  if (options.log)
    options.log(options.user, severity, line.c_str());
}

//===----------------------------------------------------------------------===//
// The compiler
//===----------------------------------------------------------------------===//

/// RTLD_LOCAL: LLVM stays out of the way of the process's other users.
/// RTLD_DEEPBIND: and they of its way, also where they are global. Sanitizers
/// cannot have it, which TILICHO_DEEPBIND=0 is for where the process has one.
static int openMode() {
  const char *deep = std::getenv("TILICHO_DEEPBIND");
  bool off = deep && absl::string_view(deep) == "0";
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  off = true;
#endif
#endif
  return RTLD_NOW | RTLD_LOCAL | (off ? 0 : RTLD_DEEPBIND);
}

absl::StatusOr<tilicho_compiler_answer *> Context::openCompiler() const {
  std::lock_guard<std::mutex> lock(mutex);
  if (entry)
    return entry;
  // It is never closed, since LLVM registers destructors.
  void *library = dlopen(compilerPath.c_str(), openMode());
  if (!library) {
    const std::string why = dlerror();
    const bool needsLlvm = absl::StrContains(why, "libMLIR.so") ||
                           absl::StrContains(why, "libLLVM.so");
    return absl::UnavailableError(absl::StrCat(
        "the compiler library cannot be opened: ", why,
        needsLlvm ? "; install LLVM and MLIR 22 (Debian's libmlir-22)" : ""));
  }
  void *symbol = dlsym(library, TILICHO_COMPILER_ENTRY);
  if (!symbol)
    return absl::UnavailableError(
        absl::StrCat(compilerPath, " is no compiler library of this version"));
  log(TILICHO_LOG_DEBUG, absl::StrCat("opened ", compilerPath));
  return entry = reinterpret_cast<tilicho_compiler_answer *>(symbol);
}

namespace {
struct Answer {
  const Context &context;
  AlignedCopy memory;
};
} // namespace

static void *allocateAnswer(void *pointer, size_t size) {
  auto *answer = static_cast<Answer *>(pointer);
  answer->memory = answer->context.allocate(size);
  return const_cast<uint8_t *>(answer->memory.bytes.data());
}

static void *allocateText(void *pointer, size_t size) {
  auto *text = static_cast<std::string *>(pointer);
  text->resize(size);
  return text->data();
}

absl::StatusOr<AlignedCopy>
Context::askHere(const std::string &request,
                 absl::Span<const uint8_t> model) const {
  auto opened = openCompiler();
  if (!opened.ok())
    return opened.status();
  Answer answer{*this, {}};
  std::string problems;
  int code =
      (*opened)(request.data(), request.size(), model.data(), model.size(),
                allocateAnswer, &answer, allocateText, &problems);
  if (code != TILICHO_OK)
    return makeStatus(static_cast<tilicho_code>(code), problems);
  return std::move(answer.memory);
}

absl::StatusOr<AlignedCopy>
Context::ask(const CompilerRequest &request,
             absl::Span<const uint8_t> model) const {
  const std::string wire = toWire(request);
  return options.compile_in_process_of_its_own
             ? askWorker(*this, compilerPath, wire, model)
             : askHere(wire, model);
}

std::shared_ptr<Context> contextOf(const tilicho_context *handle) {
  return handle ? handle->context
                : std::make_shared<Context>(tilicho_context_options{});
}

//===----------------------------------------------------------------------===//
// Kinds of errors
//===----------------------------------------------------------------------===//

static constexpr char codeUrl[] = "tilicho/code";

absl::Status makeStatus(tilicho_code code, const std::string &message) {
  absl::Status status = absl::UnknownError(message);
  status.SetPayload(codeUrl,
                    absl::Cord(absl::string_view(std::to_string(code))));
  return status;
}

tilicho_code codeOf(const absl::Status &status) {
  if (auto payload = status.GetPayload(codeUrl))
    return static_cast<tilicho_code>(std::stoi(std::string(*payload)));
  switch (status.code()) {
  case absl::StatusCode::kOk:
    return TILICHO_OK;
  case absl::StatusCode::kInvalidArgument:
  case absl::StatusCode::kOutOfRange:
    return TILICHO_INVALID_ARGUMENT;
  case absl::StatusCode::kUnavailable:
    return TILICHO_UNAVAILABLE;
  case absl::StatusCode::kNotFound:
  case absl::StatusCode::kPermissionDenied:
    return TILICHO_FILE;
  case absl::StatusCode::kDataLoss:
    return TILICHO_INVALID_PROGRAM;
  case absl::StatusCode::kAborted:
    return TILICHO_TRAP;
  case absl::StatusCode::kResourceExhausted:
    return TILICHO_OUT_OF_MEMORY;
  default:
    return TILICHO_INTERNAL;
  }
}

} // namespace tilicho::capi

using namespace tilicho::capi;

extern "C" {

tilicho_error *tilicho_context_create(const tilicho_context_options *options,
                                      tilicho_context **context) {
  return guarded([&] {
    tilicho_context_options known = readOptions(options);
    if (!known.allocate != !known.release)
      return absl::InvalidArgumentError(
          "tilicho_context_options has one of allocate and release, but both "
          "or neither are wanted");
    *context = new tilicho_context{std::make_shared<Context>(known)};
    return absl::OkStatus();
  });
}

void tilicho_context_free(tilicho_context *context) { delete context; }

const char *tilicho_text_data(const tilicho_text *text) {
  return text ? text->text.c_str() : "";
}
void tilicho_text_free(tilicho_text *text) { delete text; }

} // extern "C"
