// SPDX-License-Identifier: Apache-2.0
// What stands behind the handles of the C interface.
#ifndef TILICHO_RUNTIME_CAPI_HANDLES_H
#define TILICHO_RUNTIME_CAPI_HANDLES_H

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
};

struct tilicho_program {
  std::unique_ptr<tilicho::Program> program;
  /// The program file, kept by `program->storage`.
  absl::Span<const uint8_t> file;
  std::vector<uint32_t> inputs, outputs;
  std::string machine, statistics;
};

struct tilicho_result {
  tilicho::SessionReport report;
};

namespace tilicho::capi {

tilicho_error *makeError(std::string message);

inline tilicho_error *toError(const absl::Status &status) {
  return status.ok() ? nullptr : makeError(std::string(status.message()));
}

/// Runs `body`, which gives a Status; nothing it throws gets out.
template <class Body> tilicho_error *guarded(Body body) {
  try {
    return toError(body());
  } catch (const std::bad_alloc &) {
    return makeError("out of memory");
  } catch (const std::exception &error) {
    return makeError(std::string("internal error: ") + error.what());
  }
}

/// The caller's struct as far as it knew it, the rest zero.
template <class Struct> Struct readOptions(const Struct *given) {
  Struct options = {};
  if (given)
    std::memcpy(&options, given, std::min(given->struct_size, sizeof(options)));
  return options;
}

/// Makes the handle of a loaded program.
tilicho_program *makeHandle(std::unique_ptr<Program> program,
                            absl::Span<const uint8_t> file);

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_HANDLES_H
