// SPDX-License-Identifier: Apache-2.0
// A queue's stream as instructions and counted loops.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_ROLLTREE_H
#define TILICHO_LIB_CONVERSION_TILETOISA_ROLLTREE_H

#include "lib/Conversion/TileToIsa/Encode.h"

namespace tilicho::compiler {

/// An instruction, or a loop in place of what it repeats.
struct RollItem {
  /// The same for items that differ by the values of fields alone.
  uint64_t key = 0;
  /// Index into RollTree::loops; -1 for an instruction.
  int32_t loop = -1;
  /// The instruction, or a loop's first, by its position in the stream.
  uint32_t word = 0;
  /// Its fields, as of a loop's first iteration, in RollTree::fields.
  uint32_t firstField = 0;
  uint32_t numFields = 0;
  /// Instructions that it is written as, without those that calculate
  /// registers.
  uint32_t size = 1;
  uint32_t depth = 0;
};

struct RollLoop {
  int64_t count = 0;
  std::vector<RollItem> body;
  /// By field of the body: what an iteration adds to it.
  std::vector<int64_t> strides;
};

struct RollTree {
  std::vector<RollItem> items;
  std::vector<RollLoop> loops;
  std::vector<int64_t> fields;
};

/// Finds what a stream repeats with constant steps, innermost loops first. Time
/// is near linear in the stream.
RollTree findLoops(const QueueStream &stream);

/// Writes a tree as instructions; `stream` is what it was made of. Fails when
/// that takes more registers than there are.
mlir::FailureOr<QueueStream> encodeLoops(const RollTree &tree,
                                         const QueueStream &stream);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_ROLLTREE_H
