// SPDX-License-Identifier: Apache-2.0
// Which operators with a function body are replaced by it.
#ifndef TILICHO_LIB_IMPORT_NATIVEOPERATORS_H
#define TILICHO_LIB_IMPORT_NATIVEOPERATORS_H

#include <string>

namespace tilicho::compiler {

/// Whether `opType` has no lowering of its own that is better than the body
/// that its schema gives.
bool shouldExpand(const std::string &opType);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_NATIVEOPERATORS_H
