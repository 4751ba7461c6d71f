// SPDX-License-Identifier: Apache-2.0
// A strided window onto a buffer, on chip or in HBM.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_VIEW_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_VIEW_H

#include "runtime/Isa/Isa.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

namespace tilicho::compiler {

/// One free dimension: how many elements, and how far apart, in elements.
struct Dim {
  int64_t count = 1;
  int64_t step = 1;
};

/// A run of indices along one dimension.
struct Range {
  int64_t start = 0;
  int64_t count = 1;
  int64_t step = 1;
};

/// A window of `partitions` x dims onto a buffer. On chip, partition p of the
/// window is partition `partition + p` of the memory; transfers alone also take
/// every `partitionStep`th. In HBM the window's partitions lie `partitionStep`
/// elements apart (0 repeats the same data).
struct View {
  mlir::Value buffer;
  isa::Space space = isa::Space::None;
  isa::DType dtype = isa::DType::f32;
  int64_t partition = 0;
  int64_t partitions = 1;
  int64_t partitionStep = 0;
  /// Bytes from the start of the buffer (in each partition, on chip).
  int64_t offset = 0;
  llvm::SmallVector<Dim, 6> dims;

  bool isOnChip() const { return space != isa::Space::Hbm; }
  /// Elements in one partition.
  int64_t elements() const;

  /// The elements `range` of dimension `dim`.
  View slice(unsigned dim, Range range) const;
  /// Element `index` of dimension `dim`, which goes away.
  View pick(unsigned dim, int64_t index) const;
  /// Partitions `first` to `first + count`.
  View slicePartitions(int64_t first, int64_t count) const;
  /// The dimensions in another order.
  View permute(llvm::ArrayRef<unsigned> order) const;
  /// Dimension `dim` as two, the inner one `inner` long.
  View split(unsigned dim, int64_t inner) const;
  /// Dimensions `first` to `last` (inclusive) as one. They must lie densely.
  View merge(unsigned first, unsigned last) const;
  /// A new dimension before `dim` that repeats `count` times.
  View repeat(unsigned dim, int64_t count) const;
  /// A dimension of extent 1 stretched to `count`.
  View stretch(unsigned dim, int64_t count) const;
  /// HBM only: dimension `dim` becomes the partitions.
  View toPartitions(unsigned dim) const;
  /// The same bits as another type of the same size.
  View bitcast(isa::DType other) const;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_VIEW_H
