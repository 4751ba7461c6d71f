// SPDX-License-Identifier: Apache-2.0
// Signs inputs, and compiles or finds the program of a signature.
#include "runtime/CApi/Specialisations.h"
#include "runtime/Isa/InstructionInfo.h"
#include "runtime/Machine/Sha256.h"
#include "runtime/Program/MappedFile.h"
#include "runtime/Timing/Json.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <chrono>
#include <filesystem>

namespace fs = std::filesystem;

namespace tilicho::capi {

Specialisations::Specialisations(std::shared_ptr<Context> context,
                                 ModelSource source, FileCache cache,
                                 uint32_t maxPrograms)
    : context(std::move(context)), source(std::move(source)),
      cache(std::move(cache)), maxPrograms(maxPrograms) {}

//===----------------------------------------------------------------------===//
// Keys of files
//===----------------------------------------------------------------------===//

/// SHA-256 of several texts.
namespace {
class KeyMaker {
public:
  void add(const std::string &text) { writer.add(text); }
  std::string take() const { return toHex(sha256(writer.text)); }

private:
  WireWriter writer;
};
} // namespace

/// Of a machine given as a file the contents count.
static std::string machineText(const std::string &value) {
  std::error_code ignored;
  if (!fs::is_regular_file(value, ignored))
    return value;
  auto file = mapFile(value);
  return file.ok() ? std::string(file->bytes.begin(), file->bytes.end())
                   : value;
}

absl::Status Specialisations::prepare() {
  auto found = describeModel(*context, source);
  if (!found.ok())
    return found.status();
  described = *std::move(found);
  if (!cache.isOn())
    return absl::OkStatus();
  KeyMaker key;
  key.add(tilicho_version());
  key.add(fileIdentity(context->compiler()));
  for (const auto &[name, value] : source.request.options) {
    key.add(name);
    key.add(name == "machine" ? machineText(value) : value);
  }
  for (const std::string &file : described.externalFiles) {
    key.add(file);
    key.add(fileIdentity(fs::path(source.request.folder) / file));
  }
  key.add(toHex(sha256({reinterpret_cast<const char *>(source.bytes.data()),
                        source.bytes.size()})));
  modelKey = key.take();
  return absl::OkStatus();
}

std::string Specialisations::Signature::text() const {
  WireWriter writer;
  writer.add(dims);
  writer.add(constants);
  return writer.text;
}

std::string Specialisations::cacheKey(const Signature &signature) const {
  KeyMaker key;
  key.add(modelKey);
  key.add(signature.text());
  return key.take();
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

namespace {

/// Collects the dimensions that the given inputs bind.
class DimensionCollector {
public:
  void add(const TensorDescription &wanted, const tilicho_tensor &given);
  std::vector<std::string> dims() const;
  std::string problems;

private:
  void addOne(const TensorDescription &wanted, size_t dim, int64_t size);
  void report(const std::string &problem) {
    absl::StrAppend(&problems, problems.empty() ? "" : "\n", problem);
  }
  std::map<std::string, int64_t> values;
};

} // namespace

static std::string typeName(uint32_t dtype) {
  return std::string(isa::nameOf(static_cast<isa::DType>(dtype)));
}

void DimensionCollector::add(const TensorDescription &wanted,
                             const tilicho_tensor &given) {
  if (uint32_t(given.dtype) != wanted.dtype)
    return report(absl::StrCat("input ", wanted.name, " is ",
                               typeName(given.dtype), ", but the model wants ",
                               typeName(wanted.dtype)));
  if (given.rank != wanted.shape.size())
    return report(absl::StrCat("input ", wanted.name, " has ", given.rank,
                               " dimensions, but the model wants ",
                               wanted.shape.size()));
  for (size_t dim = 0; dim < given.rank; ++dim)
    addOne(wanted, dim, given.shape[dim]);
}

void DimensionCollector::addOne(const TensorDescription &wanted, size_t dim,
                                int64_t size) {
  if (wanted.shape[dim] >= 0) {
    if (wanted.shape[dim] != size)
      report(absl::StrCat("dimension ", dim, " of input ", wanted.name, " is ",
                          size, ", but the model wants ", wanted.shape[dim]));
    return;
  }
  const std::string name = wanted.dims[dim].empty()
                               ? absl::StrCat(wanted.name, ".", dim)
                               : wanted.dims[dim];
  auto [known, isNew] = values.try_emplace(name, size);
  if (!isNew && known->second != size)
    report(absl::StrCat("dimension ", dim, " of input ", wanted.name, " (",
                        name, ") is ", size, ", but elsewhere ",
                        known->second));
}

std::vector<std::string> DimensionCollector::dims() const {
  std::vector<std::string> texts;
  for (const auto &[name, value] : values)
    texts.push_back(absl::StrCat(name, "=", value));
  return texts;
}

static std::string nameOf(const tilicho_tensor &tensor) {
  return tensor.name ? tensor.name : "";
}

/// The given inputs by name; a name that the model does not have is a problem.
static std::map<std::string, const tilicho_tensor *>
byName(absl::Span<const tilicho_tensor> inputs,
       const ModelDescription &description, std::string &problems) {
  std::map<std::string, const tilicho_tensor *> given;
  for (const tilicho_tensor &input : inputs)
    given[nameOf(input)] = &input;
  std::map<std::string, const tilicho_tensor *> unknown = given;
  for (const TensorDescription &wanted : description.inputs)
    unknown.erase(wanted.name);
  for (const auto &[name, input] : unknown)
    absl::StrAppend(&problems, problems.empty() ? "" : "\n",
                    "the model has no input ", name);
  return given;
}

absl::StatusOr<Specialisations::Signature>
Specialisations::sign(absl::Span<const tilicho_tensor> inputs) {
  DimensionCollector collector;
  auto given = byName(inputs, described, collector.problems);
  for (const TensorDescription &wanted : described.inputs) {
    auto input = given.find(wanted.name);
    if (input != given.end())
      collector.add(wanted, *input->second);
    else
      absl::StrAppend(&collector.problems,
                      collector.problems.empty() ? "" : "\n", "input ",
                      wanted.name, " is missing");
  }
  if (!collector.problems.empty())
    return absl::InvalidArgumentError(collector.problems);
  Signature signature{collector.dims(), {}};
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!knowsReaching) {
      absl::Status status = findReaching(signature);
      if (!status.ok())
        return status;
    }
  }
  // A constant's dimensions are no longer the model's to bind.
  DimensionCollector left;
  for (const TensorDescription &wanted : described.inputs)
    if (!reaching.count(wanted.name))
      left.add(wanted, *given[wanted.name]);
  signature.dims = left.dims();
  for (const std::string &name : reaching) {
    auto constant = readConstant(*given[name]);
    if (!constant.ok())
      return constant.status();
    signature.constants.push_back(*std::move(constant));
  }
  return signature;
}

/// What reaches a shape does so whatever the dimensions, so that one answer
/// holds for all.
absl::Status Specialisations::findReaching(const Signature &signature) {
  auto found = describeModel(*context, specialised(signature));
  if (!found.ok())
    return found.status();
  for (const TensorDescription &input : found->inputs)
    if (input.reachesShape)
      reaching.insert(input.name);
  for (TensorDescription &input : described.inputs)
    input.reachesShape = reaching.count(input.name) > 0;
  knowsReaching = true;
  return absl::OkStatus();
}

ModelDescription Specialisations::description() const {
  std::lock_guard<std::mutex> lock(mutex);
  return described;
}

ModelSource Specialisations::specialised(const Signature &signature) const {
  ModelSource special = source;
  for (const std::string &dim : signature.dims)
    special.request.options.emplace_back("dim", dim);
  special.request.constants.insert(special.request.constants.end(),
                                   signature.constants.begin(),
                                   signature.constants.end());
  return special;
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

Specialisations::ProgramOr Specialisations::make(const std::string &key,
                                                 const Signature &signature,
                                                 bool &fromCache) const {
  if (cache.isOn()) {
    auto file = mapFile(cache.pathOf(key));
    if (file.ok()) {
      ProgramOr loaded = loadFile(file->bytes, file->owner, cache.pathOf(key));
      if (loaded.ok()) {
        cache.touch(key);
        fromCache = true;
        return loaded;
      }
      context->log(TILICHO_LOG_WARNING, std::string(loaded.status().message()));
      cache.remove(key);
    }
  }
  ProgramOr program = compileProgram(*context, specialised(signature));
  if (program.ok() && cache.isOn()) {
    std::string problem = cache.store(key, {(*program)->file});
    cache.evict();
    if (!problem.empty())
      context->log(TILICHO_LOG_WARNING, problem);
  }
  return program;
}

/// The least recently used go, but none that is being compiled.
void Specialisations::dropOldest() {
  while (entries.size() > maxPrograms) {
    auto oldest = entries.end();
    for (auto entry = entries.begin(); entry != entries.end(); ++entry)
      if (entry->second.isDone &&
          (oldest == entries.end() || entry->second.used < oldest->second.used))
        oldest = entry;
    if (oldest == entries.end())
      return;
    entries.erase(oldest);
  }
}

/// Fills in the entry that this thread made.
Specialisations::ProgramOr
Specialisations::makeEntry(const std::string &key, const Signature &signature,
                           std::promise<ProgramOr> promise) {
  const auto start = std::chrono::steady_clock::now();
  bool fromCache = false;
  ProgramOr program = absl::InternalError("the compile was left");
  try {
    program =
        make(cache.isOn() ? cacheKey(signature) : "", signature, fromCache);
  } catch (const std::exception &error) {
    program = absl::ResourceExhaustedError(error.what());
  }
  promise.set_value(program);
  std::lock_guard<std::mutex> lock(mutex);
  if (!program.ok()) {
    entries.erase(key);
    return program;
  }
  Entry &entry = entries[key];
  entry.isDone = true;
  entry.fromCache = fromCache;
  entry.bytes = (*program)->file.size();
  entry.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  dropOldest();
  return program;
}

Specialisations::ProgramOr
Specialisations::find(absl::Span<const tilicho_tensor> inputs) {
  auto signature = sign(inputs);
  if (!signature.ok())
    return signature.status();
  const std::string key = signature->text();
  std::promise<ProgramOr> promise;
  std::shared_future<ProgramOr> known;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto [entry, isNew] = entries.try_emplace(key);
    entry->second.used = ++clock;
    ++entry->second.uses;
    if (isNew) {
      entry->second.signature = *signature;
      entry->second.program = promise.get_future().share();
    } else {
      known = entry->second.program;
    }
  }
  if (known.valid())
    return known.get();
  return makeEntry(key, *signature, std::move(promise));
}

std::string Specialisations::report() const {
  std::lock_guard<std::mutex> lock(mutex);
  std::string text = "[";
  for (const auto &[key, entry] : entries) {
    std::vector<std::string> constants;
    for (const ConstantInput &constant : entry.signature.constants)
      constants.push_back(timing::jsonString(constant.name));
    std::vector<std::string> dims;
    for (const std::string &dim : entry.signature.dims) {
      const size_t equals = dim.rfind('=');
      dims.push_back(absl::StrCat(timing::jsonString(dim.substr(0, equals)),
                                  ": ", dim.substr(equals + 1)));
    }
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", "{\"dims\": {",
                    absl::StrJoin(dims, ", "), "}, \"constants\": [",
                    absl::StrJoin(constants, ", "), "], \"source\": \"",
                    !entry.isDone     ? "compiling"
                    : entry.fromCache ? "cache"
                                      : "compiled",
                    "\", \"seconds\": ", entry.seconds,
                    ", \"bytes\": ", entry.bytes, ", \"uses\": ", entry.uses,
                    "}");
  }
  return text + "]";
}

} // namespace tilicho::capi
