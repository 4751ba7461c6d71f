// SPDX-License-Identifier: Apache-2.0
// Marks what random numbers are made of.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_DRAWNVALUES_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_DRAWNVALUES_H

#include "llvm/ADT/StringRef.h"

namespace tilicho::compiler {

/// On an operator on constants: a large result is made when the program runs,
/// and is no part of the program.
inline constexpr llvm::StringLiteral drawnName = "tile.drawn";

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_DRAWNVALUES_H
