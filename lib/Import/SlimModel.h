// SPDX-License-Identifier: Apache-2.0
// Takes the weights out of a serialised model before it is parsed.
#ifndef TILICHO_LIB_IMPORT_SLIMMODEL_H
#define TILICHO_LIB_IMPORT_SLIMMODEL_H

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace tilicho::compiler {

/// The location that stands for the model file itself in the external data of
/// a slimmed tensor. No file has this name.
inline constexpr llvm::StringRef modelItself("\0model", 6);

/// A copy of a serialised ModelProto whose raw data above 1 KiB, in
/// initializers of the main graph and tensors of its nodes, is stated as
/// external data in the model itself. None when the bytes are malformed.
std::optional<std::string> slimModel(llvm::StringRef bytes);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_SLIMMODEL_H
