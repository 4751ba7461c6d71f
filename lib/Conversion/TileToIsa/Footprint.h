// SPDX-License-Identifier: Apache-2.0
// Which bytes of a buffer an operand touches.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_FOOTPRINT_H
#define TILICHO_LIB_CONVERSION_TILETOISA_FOOTPRINT_H

#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// Bytes [low, high) of partitions [partLow, partHigh) of a buffer. With
/// `rowStep` only the first `rowBytes` of each `rowStep`, from `low` on; of the
/// partitions only every `partStep`th, the first and the last among them.
struct Footprint {
  int64_t partLow = 0, partHigh = 1;
  int64_t low = 0, high = 0;
  int64_t rowStep = 0, rowBytes = 0;
  int64_t partStep = 1;

  /// Never false where bytes are shared; may be true where none are.
  bool overlaps(const Footprint &other) const;
  /// Never true where a byte of `other` is not in here.
  bool covers(const Footprint &other) const;
  /// The smallest dense one that covers both.
  Footprint unite(const Footprint &other) const;
};

Footprint footprintOf(const Instruction &instruction, const Operand &operand,
                      const InstructionList &list);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_FOOTPRINT_H
