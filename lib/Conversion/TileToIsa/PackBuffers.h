// SPDX-License-Identifier: Apache-2.0
// Addresses for memory whose lifetimes are all known, in as few bytes as can
// be.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_PACKBUFFERS_H
#define TILICHO_LIB_CONVERSION_TILETOISA_PACKBUFFERS_H

#include <cstdint>
#include <vector>

namespace tilicho::compiler {

/// Memory of `bytes` from its first to its last instruction.
struct Lifetime {
  int64_t first = 0;
  int64_t last = 0;
  int64_t bytes = 0;
};

struct Packing {
  /// By lifetime.
  std::vector<int64_t> addresses;
  /// The end of the highest byte.
  int64_t peak = 0;
};

/// The largest sum of bytes that live at one instruction, which no packing can
/// go below.
int64_t liveBytes(const std::vector<Lifetime> &lifetimes);

/// Gives what lives at one time different bytes. Those of the largest memory
/// come first, each at the lowest place that is free. What then ends above the
/// live bytes comes earlier in the next attempt; the best attempt is kept, and
/// their work is bounded, so that a packing takes about a second at most beside
/// the first attempt.
Packing packBuffers(const std::vector<Lifetime> &lifetimes);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_PACKBUFFERS_H
