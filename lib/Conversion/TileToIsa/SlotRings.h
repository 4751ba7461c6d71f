// SPDX-License-Identifier: Apache-2.0
// Buffers that take turns at fixed places, so that streams repeat themselves.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_SLOTRINGS_H
#define TILICHO_LIB_CONVERSION_TILETOISA_SLOTRINGS_H

#include "lib/Conversion/TileToIsa/FreeList.h"
#include "lib/Conversion/TileToIsa/InstructionList.h"

namespace tilicho::compiler {

/// Instructions [begin, end) of nodes that no other instruction belongs to.
struct Section {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Buffers of one size and one use, in the order of their first instructions.
/// Buffer i has slot i modulo `slots`.
struct SlotRing {
  isa::Space space;
  int64_t bytes = 0;
  std::vector<uint32_t> buffers;
  /// Fewer would take a slot that is in use.
  int64_t leastSlots = 1;
  /// How many buffers follow each other at equal distances, as the iterations
  /// of an inner loop do; 0 if unknown.
  int64_t burst = 0;
  int64_t slots = 0;
  int64_t address = -1;
};

/// The rings of a section, and what its other buffers need at the same time.
struct SectionRings {
  Section section;
  std::vector<SlotRing> rings;
  int64_t otherSbufBytes = 0;
  int64_t otherPsumBytes = 0;
};

/// Sections that are long enough for the size of their programs to matter, each
/// with its rings; none where buffers do not take turns.
std::vector<SectionRings> findSlotRings(const InstructionList &list);

/// Chooses the number of slots by what each ring moves, so that all rings run
/// equally far ahead, and takes memory for them. Fails, taking nothing, where
/// they do not fit.
bool placeSlotRings(SectionRings &rings, FreeList &sbuf, FreeList &psum);

/// Of at most `most` slots the number by which bursts repeat the soonest.
int64_t chooseSlots(int64_t least, int64_t most, int64_t burst);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_SLOTRINGS_H
