// SPDX-License-Identifier: Apache-2.0
// Options of a request as the compiler's.
#ifndef TILICHO_LIB_COMPILERLIBRARY_REQUESTOPTIONS_H
#define TILICHO_LIB_COMPILERLIBRARY_REQUESTOPTIONS_H

#include "lib/Pipelines/Compile.h"
#include "runtime/CApi/Wire.h"

namespace tilicho::compiler {

/// Collects every option that is unknown or has a value that is.
CompileOptions readOptions(const capi::CompilerRequest &request,
                           std::vector<std::string> &problems);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_COMPILERLIBRARY_REQUESTOPTIONS_H
