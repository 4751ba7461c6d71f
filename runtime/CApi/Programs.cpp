// SPDX-License-Identifier: Apache-2.0
// The C interface to programs: loading, saving, asking.
#include "runtime/CApi/Handles.h"
#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/MappedFile.h"

#include "absl/strings/str_cat.h"

using namespace tilicho;
using namespace tilicho::capi;

// The two enums are one.
static_assert(int(TILICHO_F64) == int(isa::DType::f64) &&
              int(TILICHO_BOOL) == int(isa::DType::boolean) &&
              int(TILICHO_BF16) == int(isa::DType::bf16));

absl::StatusOr<std::shared_ptr<const LoadedProgram>>
tilicho::capi::loadFile(absl::Span<const uint8_t> file,
                        std::shared_ptr<const void> owner,
                        const std::string &name) {
  auto program = loadProgram(file, std::move(owner), name);
  if (!program.ok())
    return makeStatus(TILICHO_INVALID_PROGRAM,
                      std::string(program.status().message()));
  auto loaded = std::make_shared<LoadedProgram>();
  loaded->file = file;
  loaded->inputs = (*program)->segmentsOf(Segment::Kind::Input);
  loaded->outputs = (*program)->segmentsOf(Segment::Kind::Output);
  loaded->machine = serialize((*program)->machine);
  loaded->statistics = programStatistics(**program);
  loaded->program = *std::move(program);
  return loaded;
}

static absl::Status load(absl::Span<const uint8_t> file,
                         std::shared_ptr<const void> owner,
                         const std::string &name, tilicho_program **program) {
  auto loaded = loadFile(file, std::move(owner), name);
  if (loaded.ok())
    *program = new tilicho_program{*std::move(loaded)};
  return loaded.status();
}

/// Writes as much of `info` as the caller knows.
static absl::Status describe(const std::string &name, isa::DType dtype,
                             const std::vector<int64_t> &shape,
                             tilicho_tensor_info *info,
                             const Segment *counted = nullptr) {
  if (!info || info->struct_size < sizeof(size_t))
    return absl::InvalidArgumentError(
        "tilicho_tensor_info::struct_size is not set");
  tilicho_tensor_info known = {};
  known.struct_size = info->struct_size;
  known.name = name.c_str();
  known.dtype = static_cast<tilicho_dtype>(dtype);
  known.rank = shape.size();
  known.shape = shape.data();
  known.bytes = static_cast<size_t>(elementCount(shape)) * isa::sizeOf(dtype);
  known.rows_vary = counted != nullptr;
  known.rows_dimension = counted ? counted->rowsDimension : 0;
  if (known.rows_dimension > 0 &&
      info->struct_size <= offsetof(tilicho_tensor_info, rows_dimension))
    return makeStatus(TILICHO_NOT_SUPPORTED,
                      absl::StrCat("of ", name, " dimension ",
                                   known.rows_dimension,
                                   " varies, which callers know from version 4 "
                                   "of the interface on"));
  std::memcpy(info, &known, std::min(known.struct_size, sizeof(known)));
  return absl::OkStatus();
}

static absl::Status noSuch(const char *what, size_t index, size_t count) {
  return absl::OutOfRangeError(absl::StrCat("there is no ", what, " ", index,
                                            "; the program has ", count));
}

static absl::Status describeSegment(const tilicho_program *program,
                                    const std::vector<uint32_t> &segments,
                                    const char *what, size_t index,
                                    tilicho_tensor_info *info) {
  if (index >= segments.size())
    return noSuch(what, index, segments.size());
  const Segment &segment = (*program)->program->segments[segments[index]];
  return describe(segment.name, segment.dtype, segment.shape, info,
                  segment.rows == Segment::rowsAreFixed ? nullptr : &segment);
}

extern "C" {

uint32_t tilicho_api_version(void) { return TILICHO_API_VERSION; }
const char *tilicho_version(void) { return TILICHO_VERSION; }

const char *tilicho_error_message(const tilicho_error *error) {
  return error ? error->message.c_str() : "";
}
tilicho_code tilicho_error_code(const tilicho_error *error) {
  return error ? error->code : TILICHO_OK;
}
void tilicho_error_free(tilicho_error *error) { delete error; }

tilicho_error *tilicho_program_load(const char *path,
                                    tilicho_program **program) {
  return guarded([&] {
    absl::StatusOr<MappedFile> file = mapFile(path);
    if (!file.ok())
      return file.status();
    return load(file->bytes, file->owner, path, program);
  });
}

tilicho_error *tilicho_program_load_memory(const void *bytes, size_t size,
                                           tilicho_program **program) {
  return guarded([&] {
    AlignedCopy copy = copyAligned({static_cast<const uint8_t *>(bytes), size});
    return load(copy.bytes, copy.owner, "program in memory", program);
  });
}

tilicho_error *tilicho_program_load_view(const void *bytes, size_t size,
                                         void (*release)(void *, const void *),
                                         void *user,
                                         tilicho_program **program) {
  return guarded([&] {
    std::shared_ptr<const void> owner(bytes, [=](const void *given) {
      if (release)
        release(user, given);
    });
    if (reinterpret_cast<uintptr_t>(bytes) % programAlignment)
      return absl::InvalidArgumentError(absl::StrCat(
          "the program's bytes are not at a multiple of ", programAlignment));
    return load({static_cast<const uint8_t *>(bytes), size}, std::move(owner),
                "program in memory", program);
  });
}

tilicho_program *tilicho_program_retain(const tilicho_program *program) {
  return new tilicho_program{program->loaded};
}

void tilicho_program_free(tilicho_program *program) { delete program; }

void tilicho_program_file(const tilicho_program *program, const void **bytes,
                          size_t *size) {
  *bytes = (*program)->file.data();
  *size = (*program)->file.size();
}

tilicho_error *tilicho_program_save(const tilicho_program *program,
                                    const char *path) {
  return guarded([&] {
    return writeFileAtomically(
        path, {reinterpret_cast<const char *>((*program)->file.data()),
               (*program)->file.size()});
  });
}

const char *tilicho_program_machine(const tilicho_program *program) {
  return (*program)->machine.c_str();
}
const char *tilicho_program_flags(const tilicho_program *program) {
  return (*program)->program->flags.c_str();
}
const char *tilicho_program_statistics(const tilicho_program *program) {
  return (*program)->statistics.c_str();
}

size_t tilicho_program_input_count(const tilicho_program *program) {
  return (*program)->inputs.size();
}
size_t tilicho_program_output_count(const tilicho_program *program) {
  return (*program)->outputs.size();
}
size_t tilicho_program_value_count(const tilicho_program *program) {
  return (*program)->program->values.size();
}

tilicho_error *tilicho_program_input(const tilicho_program *program,
                                     size_t index, tilicho_tensor_info *info) {
  return guarded([&] {
    return describeSegment(program, (*program)->inputs, "input", index, info);
  });
}
tilicho_error *tilicho_program_output(const tilicho_program *program,
                                      size_t index, tilicho_tensor_info *info) {
  return guarded([&] {
    return describeSegment(program, (*program)->outputs, "output", index, info);
  });
}
tilicho_error *tilicho_program_value(const tilicho_program *program,
                                     size_t index, tilicho_tensor_info *info) {
  return guarded([&] {
    const std::vector<DumpPoint> &values = (*program)->program->values;
    if (index >= values.size())
      return noSuch("value", index, values.size());
    return describe(values[index].name, values[index].dtype,
                    values[index].shape, info);
  });
}

} // extern "C"
