// SPDX-License-Identifier: Apache-2.0
// The C interface to sessions.
#include "runtime/CApi/Specialisations.h"

using namespace tilicho;
using namespace tilicho::capi;

struct tilicho_session {
  Specialisations programs;
  /// Made again when more becomes known; all are kept for who holds them.
  std::mutex mutex;
  std::map<std::string, bool> descriptions;
};

static constexpr uint64_t defaultCacheBytes = uint64_t(4) << 30;
static constexpr uint32_t defaultPrograms = 64;

/// The model without what belongs to the caller.
static ModelSource ownBytes(ModelSource source) {
  if (source.owner)
    return source;
  AlignedCopy copy = copyAligned(source.bytes);
  source.bytes = copy.bytes;
  source.owner = copy.owner;
  return source;
}

extern "C" {

tilicho_error *
tilicho_session_create(tilicho_context *context, const tilicho_model *model,
                       const tilicho_option *options, size_t option_count,
                       const tilicho_session_options *session_options,
                       tilicho_session **session) {
  return guarded([&] {
    auto source = readModel(model, options, option_count);
    if (!source.ok())
      return source.status();
    const tilicho_session_options known = readOptions(session_options);
    FileCache cache(known.cache_folder ? known.cache_folder : "", ".tlx",
                    known.cache_bytes ? known.cache_bytes : defaultCacheBytes);
    std::unique_ptr<tilicho_session> made(new tilicho_session{
        {contextOf(context), ownBytes(*std::move(source)), std::move(cache),
         known.max_programs ? known.max_programs : defaultPrograms},
        {},
        {}});
    absl::Status status = made->programs.prepare();
    if (status.ok())
      *session = made.release();
    return status;
  });
}

void tilicho_session_free(tilicho_session *session) { delete session; }

const char *tilicho_session_description(const tilicho_session *given) {
  auto *session = const_cast<tilicho_session *>(given);
  std::string text = toJson(session->programs.description());
  std::lock_guard<std::mutex> lock(session->mutex);
  return session->descriptions.try_emplace(std::move(text))
      .first->first.c_str();
}

tilicho_error *tilicho_session_program(tilicho_session *session,
                                       const tilicho_tensor *inputs,
                                       size_t input_count,
                                       tilicho_program **program) {
  return guarded([&] {
    absl::Status status = checkArray("inputs", inputs, input_count);
    if (!status.ok())
      return status;
    std::vector<tilicho_tensor> known;
    // The caller's structs may be shorter.
    const char *next = reinterpret_cast<const char *>(inputs);
    for (size_t i = 0; i < input_count; ++i) {
      const auto *tensor = reinterpret_cast<const tilicho_tensor *>(next);
      if (tensor->struct_size < sizeof(size_t))
        return absl::Status(absl::InvalidArgumentError(
            "tilicho_tensor::struct_size is not set"));
      known.push_back(readOptions(tensor));
      next += tensor->struct_size;
    }
    auto found = session->programs.find(known);
    if (found.ok())
      *program = new tilicho_program{*std::move(found)};
    return found.status();
  });
}

tilicho_text *tilicho_session_compiled(const tilicho_session *session) {
  return new tilicho_text{session->programs.report()};
}

} // extern "C"
