// SPDX-License-Identifier: Apache-2.0
// Programs from assembly text.
#ifndef TILICHO_LIB_ASSEMBLY_ASSEMBLE_H
#define TILICHO_LIB_ASSEMBLY_ASSEMBLE_H

#include "runtime/Program/Program.h"

#include "absl/status/statusor.h"

#include <memory>
#include <string>
#include <string_view>

namespace tilicho::compiler {

/// Reads the text of docs/Assembly.md. The program owns all that it needs,
/// except for files that the text names. On failure the message holds one line
/// `path:line:column: ...` for each error.
absl::StatusOr<std::unique_ptr<Program>> assemble(std::string_view text,
                                                  const std::string &path);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_ASSEMBLY_ASSEMBLE_H
