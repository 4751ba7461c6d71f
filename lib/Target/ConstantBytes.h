// SPDX-License-Identifier: Apache-2.0
// The bytes of a constant as they lie in HBM.
#ifndef TILICHO_LIB_TARGET_CONSTANTBYTES_H
#define TILICHO_LIB_TARGET_CONSTANTBYTES_H

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Target/WeightCache.h"
#include "runtime/Program/Write.h"

namespace tilicho::compiler {

/// Gives the elements of `value` to `sink`, row-major, after `steps` (those of
/// a `tile.constant`; may be null): `size` bytes. Those that are in the cache
/// are not calculated.
absl::Status writeConstant(mlir::ElementsAttr value, mlir::ArrayAttr steps,
                           size_t size, WeightCache &cache,
                           const ByteSink &sink);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_TARGET_CONSTANTBYTES_H
