// SPDX-License-Identifier: Apache-2.0
// The programs of one model: one for each signature of its inputs.
#ifndef TILICHO_RUNTIME_CAPI_SPECIALISATIONS_H
#define TILICHO_RUNTIME_CAPI_SPECIALISATIONS_H

#include "runtime/CApi/Models.h"
#include "runtime/Program/FileCache.h"

#include <future>
#include <map>
#include <mutex>
#include <set>

namespace tilicho::capi {

class Specialisations {
public:
  using ProgramOr = absl::StatusOr<std::shared_ptr<const LoadedProgram>>;

  Specialisations(std::shared_ptr<Context> context, ModelSource source,
                  FileCache cache, uint32_t maxPrograms);

  /// Reads the model's inputs and outputs; called once before all else.
  absl::Status prepare();
  ModelDescription description() const;

  /// The program for these inputs.
  ProgramOr find(absl::Span<const tilicho_tensor> inputs);
  /// What there is, as JSON.
  std::string report() const;

private:
  /// What makes a program another one.
  struct Signature {
    /// `NAME=VALUE`, as of the option dim.
    std::vector<std::string> dims;
    std::vector<ConstantInput> constants;
    std::string text() const;
  };
  struct Entry {
    Signature signature;
    std::shared_future<ProgramOr> program;
    uint64_t used = 0;
    uint64_t uses = 0;
    bool fromCache = false;
    bool isDone = false;
    double seconds = 0;
    size_t bytes = 0;
  };

  absl::StatusOr<Signature> sign(absl::Span<const tilicho_tensor> inputs);
  absl::Status findReaching(const Signature &signature);
  ModelSource specialised(const Signature &signature) const;
  ProgramOr make(const std::string &key, const Signature &signature,
                 bool &fromCache) const;
  std::string cacheKey(const Signature &signature) const;
  ProgramOr makeEntry(const std::string &key, const Signature &signature,
                      std::promise<ProgramOr> promise);
  void dropOldest();

  std::shared_ptr<Context> context;
  ModelSource source;
  FileCache cache;
  uint32_t maxPrograms;
  ModelDescription described;
  /// SHA-256 of all that is the same for every signature.
  std::string modelKey;

  mutable std::mutex mutex;
  /// Inputs whose values reach a shape, once known.
  bool knowsReaching = false;
  std::set<std::string> reaching;
  std::map<std::string, Entry> entries;
  uint64_t clock = 0;
};

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_SPECIALISATIONS_H
