// SPDX-License-Identifier: Apache-2.0
// Programs into .tlx files.
#ifndef TILICHO_RUNTIME_PROGRAM_WRITE_H
#define TILICHO_RUNTIME_PROGRAM_WRITE_H

#include "runtime/Program/Program.h"

#include <functional>

namespace tilicho {

/// Takes the next bytes of a constant.
using ByteSink = std::function<absl::Status(absl::Span<const uint8_t>)>;

/// Gives the bytes of constant `segment` to `sink`, in order and in pieces of
/// any size, `Program::segments[segment].bytes` in all.
using ConstantSource =
    std::function<absl::Status(uint32_t segment, const ByteSink &sink)>;

/// Writes `path` by way of a temporary file beside it, so that there is a whole
/// file or none. Equal programs give equal bytes. Constants come from
/// `constants` in the order of `segments`, or else from `Segment::data`.
absl::Status writeProgram(const Program &program, const std::string &path,
                          const ConstantSource &constants = {});

/// The same into memory.
absl::StatusOr<std::vector<uint8_t>>
writeProgramToMemory(const Program &program,
                     const ConstantSource &constants = {});

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_WRITE_H
