// SPDX-License-Identifier: Apache-2.0
// The page of operators that the compiler supports.
#ifndef TILICHO_LIB_PIPELINES_SUPPORTEDOPS_H
#define TILICHO_LIB_PIPELINES_SUPPORTEDOPS_H

#include <string>

namespace tilicho::compiler {

/// Every operator of ai.onnx with its limits, as Markdown. It holds nothing but
/// what the lowerings and ONNX's schemas say.
std::string printSupportedOps();

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_SUPPORTEDOPS_H
