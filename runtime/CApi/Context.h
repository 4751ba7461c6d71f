// SPDX-License-Identifier: Apache-2.0
// What stands behind a context: callbacks, memory, and the way to the compiler.
#ifndef TILICHO_RUNTIME_CAPI_CONTEXT_H
#define TILICHO_RUNTIME_CAPI_CONTEXT_H

#include "runtime/CApi/CompilerEntry.h"
#include "runtime/CApi/Wire.h"
#include "runtime/Program/Load.h"

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace tilicho::capi {

/// An error of a kind that no absl code stands for.
absl::Status makeStatus(tilicho_code code, const std::string &message);
/// The kind of a status, also of those that were not made here.
tilicho_code codeOf(const absl::Status &status);

/// Never changes after it is made, except that it opens the compiler once.
class Context : public std::enable_shared_from_this<Context> {
public:
  explicit Context(const tilicho_context_options &options);

  /// Memory of the host's allocator, which keeps this context; no bytes when
  /// there is none.
  AlignedCopy allocate(size_t bytes) const;
  void log(tilicho_severity severity, const std::string &line) const;

  /// The path of the compiler library.
  const std::string &compiler() const { return compilerPath; }

  /// Has a request answered, in this process or in another.
  absl::StatusOr<AlignedCopy> ask(const CompilerRequest &request,
                                  absl::Span<const uint8_t> model) const;

private:
  absl::StatusOr<tilicho_compiler_answer *> openCompiler() const;
  absl::StatusOr<AlignedCopy> askHere(const std::string &request,
                                      absl::Span<const uint8_t> model) const;

  tilicho_context_options options;
  std::string compilerPath;
  mutable std::mutex mutex;
  mutable tilicho_compiler_answer *entry = nullptr;
};

/// Has a request answered by the program `worker`, which opens the compiler
/// library at `compiler`.
absl::StatusOr<AlignedCopy> askWorker(const Context &context,
                                      const std::string &compiler,
                                      const std::string &request,
                                      absl::Span<const uint8_t> model);

/// The file that holds this code, or "".
std::string libraryPath();

} // namespace tilicho::capi

struct tilicho_context {
  std::shared_ptr<tilicho::capi::Context> context;
};

struct tilicho_text {
  std::string text;
};

namespace tilicho::capi {
/// The context of a handle; a new one of the defaults for NULL.
std::shared_ptr<Context> contextOf(const tilicho_context *handle);
} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_CONTEXT_H
