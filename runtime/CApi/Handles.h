// SPDX-License-Identifier: Apache-2.0
// What stands behind the handles of the C interface.
#ifndef TILICHO_RUNTIME_CAPI_HANDLES_H
#define TILICHO_RUNTIME_CAPI_HANDLES_H

#include "runtime/CApi/Context.h"
#include "runtime/Program/Program.h"
#include "runtime/Session/Session.h"
#include "tilicho/tilicho.h"

#include "absl/status/status.h"

#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <vector>

struct tilicho_error {
  std::string message;
  tilicho_code code;
};

/// Shared by all handles of a program.
struct LoadedProgram {
  std::unique_ptr<tilicho::Program> program;
  /// The program file, kept by `program->storage`.
  absl::Span<const uint8_t> file;
  std::vector<uint32_t> inputs, outputs;
  std::string machine, statistics;
};

struct tilicho_program {
  std::shared_ptr<const LoadedProgram> loaded;
  const LoadedProgram *operator->() const { return loaded.get(); }
};

struct tilicho_result {
  tilicho::SessionReport report;
};

namespace tilicho::capi {

inline tilicho_error *makeError(tilicho_code code, std::string message) {
  return new tilicho_error{std::move(message), code};
}

inline tilicho_error *toError(const absl::Status &status) {
  return status.ok() ? nullptr
                     : makeError(codeOf(status), std::string(status.message()));
}

/// Runs `body`, which gives a Status; nothing it throws gets out.
template <class Body> tilicho_error *guarded(Body body) {
  try {
    return toError(body());
  } catch (const std::bad_alloc &) {
    return makeError(TILICHO_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    return makeError(TILICHO_INTERNAL,
                     std::string("internal error: ") + error.what());
  }
}

/// The caller's struct as far as it knew it, the rest zero.
template <class Struct> Struct readOptions(const Struct *given) {
  Struct options = {};
  if (given)
    std::memcpy(&options, given, std::min(given->struct_size, sizeof(options)));
  return options;
}

/// Loads a program file, which `owner` keeps.
absl::StatusOr<std::shared_ptr<const LoadedProgram>>
loadFile(absl::Span<const uint8_t> file, std::shared_ptr<const void> owner,
         const std::string &name);

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_HANDLES_H
