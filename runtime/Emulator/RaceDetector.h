// SPDX-License-Identifier: Apache-2.0
// Finds pairs of accesses to the same bytes that no semaphore orders.
#ifndef TILICHO_RUNTIME_EMULATOR_RACEDETECTOR_H
#define TILICHO_RUNTIME_EMULATOR_RACEDETECTOR_H

#include "runtime/Emulator/VectorClocks.h"

#include <array>
#include <cstdint>
#include <vector>

namespace tilicho {

/// The bytes that an access touches: for each partition from `partition` on,
/// `partitionStep` apart, `size` bytes at offset + sum(i_d * steps[d]). Off
/// chip there is one partition and all dimensions are of bytes.
struct Footprint {
  int64_t partition = 0, partitions = 1, partitionStep = 0;
  int64_t offset = 0;
  int64_t size = 1;
  std::array<int64_t, 5> counts{1, 1, 1, 1, 1};
  std::array<int64_t, 5> steps{};

  bool operator==(const Footprint &other) const;
  /// Whether both walk the same elements in the same order, none again and
  /// again.
  bool isSameOrder(const Footprint &other) const;
  /// Whether a byte belongs to both.
  bool overlaps(const Footprint &other) const;
  /// The least and the end of the greatest byte.
  int64_t firstByte() const;
  int64_t endByte() const;
};

/// An access that was made.
struct AccessRecord {
  unsigned queue;
  /// Position in the queue's instructions.
  uint32_t index;
  /// The number that VectorClocks gave the instruction.
  uint32_t epoch;
  bool writes;
  Footprint footprint;
};

/// The accesses to one memory or segment that something may still race with.
class RaceDetector {
public:
  explicit RaceDetector(int64_t bytes);

  /// Records `access`; gives an earlier one that it races with, or null.
  const AccessRecord *add(const AccessRecord &access,
                          const VectorClocks &clocks);

private:
  using Bucket = std::vector<uint32_t>;

  void insert(Bucket &bucket, uint32_t record, const VectorClocks &clocks);

  /// Records by the part of the memory that they lie in.
  std::vector<Bucket> buckets;
  int64_t bucketBytes;
  std::vector<AccessRecord> records;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_RACEDETECTOR_H
