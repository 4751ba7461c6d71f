// SPDX-License-Identifier: Apache-2.0
// The free intervals of one memory.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_FREELIST_H
#define TILICHO_LIB_CONVERSION_TILETOISA_FREELIST_H

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tilicho::compiler {

/// Free bytes of a memory of `size` bytes. All sizes are rounded up to `unit`.
class FreeList {
public:
  FreeList(int64_t size, int64_t unit);

  /// The lowest place that holds `bytes`.
  std::optional<int64_t> takeLowest(int64_t bytes);
  /// The first place after the last one that was given out this way; of the
  /// units of a small memory the one that has been free for longest.
  std::optional<int64_t> takeNext(int64_t bytes);
  /// The highest place that holds `bytes`.
  std::optional<int64_t> takeHighest(int64_t bytes);
  void release(int64_t address, int64_t bytes);

  /// What a buffer of `bytes` takes.
  int64_t rounded(int64_t bytes) const;
  int64_t longestFree() const;

  int64_t usedBytes() const { return used; }
  /// The end of the highest byte that was ever taken.
  int64_t peakBytes() const { return peak; }

private:
  std::optional<int64_t> takeFrom(int64_t start, int64_t bytes);
  std::optional<int64_t> takeOldest();
  int64_t take(std::map<int64_t, int64_t>::iterator hole, int64_t address,
               int64_t bytes);

  /// Start to end.
  std::map<int64_t, int64_t> holes;
  int64_t unit;
  /// When each unit became free, in releases; for small memories alone.
  std::vector<int64_t> freeSince;
  int64_t numReleases = 0;
  int64_t next = 0;
  int64_t used = 0;
  int64_t peak = 0;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_FREELIST_H
