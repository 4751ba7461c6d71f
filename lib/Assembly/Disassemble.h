// SPDX-License-Identifier: Apache-2.0
// Programs as assembly text.
#ifndef TILICHO_LIB_ASSEMBLY_DISASSEMBLE_H
#define TILICHO_LIB_ASSEMBLY_DISASSEMBLE_H

#include "runtime/Program/Program.h"

#include <ostream>
#include <string>

namespace tilicho::compiler {

struct DisassembleOptions {
  /// The program's file and its bytes, in which constants of more than
  /// `inlineBytes` are named by their place. Without bytes all are spelt out.
  std::string path;
  absl::Span<const uint8_t> fileBytes;
  uint64_t inlineBytes = 64;
  /// Only the declarations: machine, nodes, segments.
  bool headerOnly = false;
  /// Only this queue's code, if not empty.
  std::string queue;
};

/// Writes what `assemble` reads back to an equal program.
void disassemble(const Program &program, const DisassembleOptions &options,
                 std::ostream &out);

/// The same to a file, or to standard output where `path` is `-`. Fails where
/// the program lacks the queue or the file cannot be written.
absl::Status disassembleTo(const std::string &path, const Program &program,
                           const DisassembleOptions &options);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_DISASSEMBLE_H
