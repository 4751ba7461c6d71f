// SPDX-License-Identifier: Apache-2.0
// Linear interpolation between rows: what lies at one place of all channels.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_ROWSAMPLING_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_ROWSAMPLING_H

#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

namespace tilicho::compiler {

/// Elements along one axis, as whole numbers in [0, extent), and their weights.
struct Tap {
  mlir::Value index, weight;
  /// Whether 0 stands in its place; null where it never does.
  mlir::Value isOutside = {};
};
using Taps = llvm::SmallVector<Tap>;

/// The neighbours of `place`; outside there are zeros.
Taps tapsInZeros(Arithmetic &math, mlir::Value place, int64_t extent);

/// `place` kept inside, and whether it was at most one element outside.
struct NearPlace {
  mlir::Value inside, isNear;
};
NearPlace nearPlace(Arithmetic &math, mlir::Value place, int64_t extent);

/// The neighbours of `place`, which the borders attract from one element away;
/// further out both have the weight 0.
Taps tapsNearBorder(Arithmetic &math, mlir::Value place, int64_t extent);

/// `[batch, channels, spatial...]` as rows of channels, `groups` to a place:
/// `[batch * groups * places, channels / groups]`.
mlir::Value channelRows(StructuredBuilder &build, mlir::Value data,
                        int64_t groups = 1);

/// Rows that are read around places: `[places, channels]` for each combination
/// of the axes' taps, times its weight. `first` is the row (i32) of the first
/// element that a place may read. All of them broadcast to `places`.
llvm::SmallVector<mlir::Value> weighRows(Arithmetic &math, mlir::Value rows,
                                         mlir::Value first,
                                         llvm::ArrayRef<Taps> axes,
                                         llvm::ArrayRef<int64_t> extents,
                                         llvm::ArrayRef<int64_t> places);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_ROWSAMPLING_H
