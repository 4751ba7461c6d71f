// SPDX-License-Identifier: Apache-2.0
// Constants that many products read, on chip from the first to the last.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_KEPTCONSTANTS_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_KEPTCONSTANTS_H

#include "lib/Conversion/StructuredToTile/View.h"
#include "runtime/Machine/Machine.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <map>
#include <tuple>

namespace tilicho::compiler {

/// The tiles of kept constants that are on chip.
class KeptConstants {
public:
  /// Which part of a constant a tile is, and how it lies.
  struct Tile {
    int64_t index, kTile, kStep, kDim, freeStart, freeCount;
    isa::DType dtype;

    bool operator<(const Tile &other) const {
      auto key = [](const Tile &tile) {
        return std::tuple(tile.index, tile.kTile, tile.kStep, tile.kDim,
                          tile.freeStart, tile.freeCount, tile.dtype);
      };
      return key(*this) < key(other);
    }
  };

  KeptConstants() = default;
  explicit KeptConstants(llvm::DenseSet<mlir::Value> constants)
      : constants(std::move(constants)) {}

  bool contains(mlir::Value constant) const {
    return constants.contains(constant);
  }
  /// A view without a buffer as long as nobody has brought the tile.
  View &tileOf(mlir::Value constant, const Tile &tile) {
    return tiles[constant][tile];
  }

private:
  llvm::DenseSet<mlir::Value> constants;
  llvm::DenseMap<mlir::Value, std::map<Tile, View>> tiles;
};

/// Matrices that several products read, such as the weights of a recurrence's
/// steps, as far as they fit beside the residents, whose bytes they are added
/// to. None where the function has loops or branches of run time.
llvm::DenseSet<mlir::Value> keepConstants(mlir::func::FuncOp function,
                                          const Machine &machine,
                                          std::vector<int64_t> &residentBytes);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_KEPTCONSTANTS_H
