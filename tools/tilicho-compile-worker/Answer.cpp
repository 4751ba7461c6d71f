// SPDX-License-Identifier: Apache-2.0
// Opens the compiler library and hands its answer on.
#include "Answer.h"

#include "runtime/CApi/CompilerEntry.h"
#include "runtime/CApi/WriteAll.h"

#include <cstdint>
#include <cstring>
#include <dlfcn.h>
#include <string>
#include <unistd.h>

using tilicho::capi::writeAll;

static void *allocate(void *context, size_t size) {
  auto *bytes = static_cast<std::string *>(context);
  bytes->resize(size);
  return bytes->data();
}

static int give(int code, const std::string &text) {
  const uint64_t wide = uint64_t(code);
  return writeAll(STDOUT_FILENO, &wide, sizeof(wide)) &&
                 writeAll(STDOUT_FILENO, text.data(), text.size())
             ? 0
             : 1;
}

int answer(const char *bytes, size_t size, const char *compiler) {
  void *library = dlopen(compiler, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return give(TILICHO_UNAVAILABLE,
                std::string("the compiler library cannot be opened: ") +
                    dlerror());
  auto *entry = reinterpret_cast<tilicho_compiler_answer *>(
      dlsym(library, TILICHO_COMPILER_ENTRY));
  if (!entry)
    return give(TILICHO_UNAVAILABLE,
                std::string(compiler) +
                    " is no compiler library of this version");
  uint64_t requestSize = 0;
  if (size >= sizeof(requestSize))
    std::memcpy(&requestSize, bytes, sizeof(requestSize));
  if (size < sizeof(requestSize) || requestSize > size - sizeof(requestSize))
    return give(TILICHO_INTERNAL, "the request is cut short");
  const char *request = bytes + sizeof(requestSize);
  const char *model = request + requestSize;
  std::string result, problems;
  int code = entry(request, requestSize, model, size_t(bytes + size - model),
                   allocate, &result, allocate, &problems);
  return give(code, code == TILICHO_OK ? result : problems);
}
