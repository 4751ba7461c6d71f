// SPDX-License-Identifier: Apache-2.0
// Opens the compiler library when a model is first compiled.
#include "runtime/CApi/CompilerEntry.h"
#include "runtime/CApi/Handles.h"
#include "runtime/Program/Load.h"

#include "absl/strings/str_cat.h"

#include <dlfcn.h>
#include <filesystem>

using namespace tilicho;
using namespace tilicho::capi;

namespace fs = std::filesystem;

/// libtilicho-compiler.so in the folder of the library that holds this code.
static std::string compilerPath() {
  Dl_info info;
  std::error_code ignored;
  if (!dladdr(reinterpret_cast<const void *>(&tilicho_compile), &info))
    return "libtilicho-compiler.so";
  return fs::canonical(info.dli_fname, ignored).parent_path() /
         "libtilicho-compiler.so";
}

static absl::StatusOr<tilicho_compiler_compile_1 *> openCompiler() {
  // RTLD_LOCAL: LLVM, ONNX and Protobuf stay out of the process's other users'
  // way. It is never closed, since LLVM registers destructors.
  const std::string path = compilerPath();
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return absl::UnavailableError(
        absl::StrCat("the compiler library cannot be opened: ", dlerror()));
  void *entry = dlsym(library, TILICHO_COMPILER_ENTRY);
  if (!entry)
    return absl::UnavailableError(
        absl::StrCat(path, " is no compiler library of this version"));
  return reinterpret_cast<tilicho_compiler_compile_1 *>(entry);
}

static void *allocateProgram(void *context, size_t size) {
  auto *memory = static_cast<AlignedCopy *>(context);
  *memory = allocateAligned(size);
  return const_cast<uint8_t *>(memory->bytes.data());
}

static void *allocateText(void *context, size_t size) {
  auto *text = static_cast<std::string *>(context);
  text->resize(size);
  return text->data();
}

static absl::Status compile(const void *model, size_t size,
                            const tilicho_compile_options &options,
                            tilicho_program **program) {
  static const absl::StatusOr<tilicho_compiler_compile_1 *> compiler =
      openCompiler();
  if (!compiler.ok())
    return compiler.status();
  AlignedCopy file;
  std::string problems;
  if (!(*compiler)(model, size, &options, allocateProgram, &file, allocateText,
                   &problems))
    return absl::InvalidArgumentError(problems);
  auto loaded = loadProgram(file.bytes, file.owner,
                            options.name ? options.name : "compiled program");
  if (loaded.ok())
    *program = makeHandle(std::move(*loaded), file.bytes);
  return loaded.status();
}

extern "C" tilicho_error *
tilicho_compile(const void *model, size_t size,
                const tilicho_compile_options *options,
                tilicho_program **program) {
  return guarded([&] {
    tilicho_compile_options known = readOptions(options);
    known.struct_size = sizeof(known);
    return compile(model, size, known, program);
  });
}
