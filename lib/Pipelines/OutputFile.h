// SPDX-License-Identifier: Apache-2.0
// Files that appear whole or not at all.
#ifndef TILICHO_LIB_PIPELINES_OUTPUTFILE_H
#define TILICHO_LIB_PIPELINES_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/LogicalResult.h"
#include "llvm/Support/raw_ostream.h"

namespace tilicho::compiler {

/// Calls `write` on a temporary file beside `path` and renames it; on failure,
/// a full disk included, nothing stays behind. `-` is standard output. When
/// `write` itself fails, the error is empty and `written` false.
llvm::Error
writeOutput(llvm::StringRef path,
            llvm::function_ref<llvm::LogicalResult(llvm::raw_ostream &)> write,
            bool &written);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_OUTPUTFILE_H
