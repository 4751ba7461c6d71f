// SPDX-License-Identifier: Apache-2.0
// Footprints that overlap, and which accesses need not be remembered.
#include "runtime/Emulator/RaceDetector.h"

#include <algorithm>

namespace tilicho {

//===-- Footprints --------------------------------------------------------===//

bool Footprint::operator==(const Footprint &other) const {
  return partition == other.partition && partitions == other.partitions &&
         partitionStep == other.partitionStep && offset == other.offset &&
         size == other.size && counts == other.counts && steps == other.steps;
}

int64_t Footprint::firstByte() const {
  int64_t first = offset;
  for (int d = 0; d < 5; ++d)
    first += std::min<int64_t>(0, (counts[d] - 1) * steps[d]);
  return first;
}

int64_t Footprint::endByte() const {
  int64_t end = offset + size;
  for (int d = 0; d < 5; ++d)
    end += std::max<int64_t>(0, (counts[d] - 1) * steps[d]);
  return end;
}

namespace {

struct Interval {
  int64_t begin, end;
};

/// The intervals of bytes of a footprint, ascending and joined.
std::vector<Interval> intervalsOf(const Footprint &footprint) {
  std::vector<Interval> intervals{
      {footprint.offset, footprint.offset + footprint.size}};
  for (int d = 4; d >= 0; --d) {
    int64_t count = footprint.counts[d], step = footprint.steps[d];
    if (count == 1 || step == 0)
      continue;
    size_t old = intervals.size();
    int64_t length = intervals[0].end - intervals[0].begin;
    if (old == 1 && std::abs(step) <= length) {
      int64_t reach = (count - 1) * step;
      (reach < 0 ? intervals[0].begin : intervals[0].end) += reach;
      continue;
    }
    for (int64_t i = 1; i < count; ++i)
      for (size_t k = 0; k < old; ++k)
        intervals.push_back(
            {intervals[k].begin + i * step, intervals[k].end + i * step});
  }
  std::sort(intervals.begin(), intervals.end(),
            [](Interval a, Interval b) { return a.begin < b.begin; });
  return intervals;
}

bool overlap(const std::vector<Interval> &a, const std::vector<Interval> &b) {
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].begin < b[j].end && b[j].begin < a[i].end)
      return true;
    a[i].end < b[j].end ? ++i : ++j;
  }
  return false;
}

/// The same for partitions, each an interval of one.
Footprint partitionsOf(const Footprint &footprint) {
  Footprint result;
  result.offset = footprint.partition;
  result.counts[4] = footprint.partitions;
  result.steps[4] = footprint.partitionStep;
  return result;
}

} // namespace

bool Footprint::overlaps(const Footprint &other) const {
  if (firstByte() >= other.endByte() || other.firstByte() >= endByte())
    return false;
  return overlap(intervalsOf(partitionsOf(*this)),
                 intervalsOf(partitionsOf(other))) &&
         overlap(intervalsOf(*this), intervalsOf(other));
}

//===-- Records -----------------------------------------------------------===//

RaceDetector::RaceDetector(int64_t bytes) {
  constexpr int64_t numBuckets = 256;
  bucketBytes = std::max<int64_t>(64, (bytes + numBuckets - 1) / numBuckets);
  buckets.resize(size_t(bytes / bucketBytes + 1));
}

const AccessRecord *RaceDetector::add(const AccessRecord &access,
                                      const VectorClocks &clocks) {
  const AccessRecord *race = nullptr;
  size_t first = size_t(access.footprint.firstByte() / bucketBytes);
  size_t last = size_t((access.footprint.endByte() - 1) / bucketBytes);
  uint32_t id = uint32_t(records.size());
  records.push_back(access);
  for (size_t b = first; b <= last && b < buckets.size(); ++b) {
    for (uint32_t other : buckets[b]) {
      const AccessRecord &earlier = records[other];
      if (race || earlier.queue == access.queue ||
          !(earlier.writes || access.writes) ||
          clocks.isOrdered(earlier.queue, earlier.epoch, access.queue))
        continue;
      if (earlier.footprint.overlaps(access.footprint))
        race = &earlier;
    }
    insert(buckets[b], id, clocks);
  }
  return race;
}

void RaceDetector::insert(Bucket &bucket, uint32_t id,
                          const VectorClocks &clocks) {
  const AccessRecord &access = records[id];
  // Whoever is ordered after this access is ordered after the same queue's
  // earlier ones.
  auto isCovered = [&](uint32_t other) {
    const AccessRecord &earlier = records[other];
    if (earlier.queue == access.queue)
      return (access.writes || !earlier.writes) &&
             earlier.footprint == access.footprint;
    return clocks.isOrderedForAll(earlier.queue, earlier.epoch);
  };
  bucket.erase(std::remove_if(bucket.begin(), bucket.end(), isCovered),
               bucket.end());
  bucket.push_back(id);
}

} // namespace tilicho
