// SPDX-License-Identifier: Apache-2.0
// Program files into memory, with everything checked first.
#ifndef TILICHO_RUNTIME_PROGRAM_LOAD_H
#define TILICHO_RUNTIME_PROGRAM_LOAD_H

#include "runtime/Program/Program.h"

namespace tilicho {

/// Maps the file at `path`. A file that is not exactly what a writer made is
/// refused: wrong magic or version, any flipped byte, an instruction that does
/// not decode, an operand outside what the program declares.
absl::StatusOr<std::unique_ptr<Program>> loadProgram(const std::string &path);

/// The same for bytes in memory, which `owner` keeps; they are not copied.
/// `name` stands for the file in messages. The bytes must be aligned to
/// `programAlignment`.
absl::StatusOr<std::unique_ptr<Program>>
loadProgram(absl::Span<const uint8_t> bytes, std::shared_ptr<const void> owner,
            absl::string_view name);
inline constexpr size_t programAlignment = 64;

/// Memory that a program can be loaded from.
struct AlignedCopy {
  absl::Span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
};
/// Zero bytes at a multiple of `programAlignment`, for the caller to fill.
AlignedCopy allocateAligned(size_t size);
AlignedCopy copyAligned(absl::Span<const uint8_t> bytes);

/// Copies bytes of any alignment and loads the copy.
absl::StatusOr<std::unique_ptr<Program>>
loadProgramCopy(absl::Span<const uint8_t> bytes, absl::string_view name);

/// What `loadProgram` checks beyond the file's format, for programs that were
/// made in memory: segments, queues, every instruction.
absl::Status verifyProgram(const Program &program);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_LOAD_H
