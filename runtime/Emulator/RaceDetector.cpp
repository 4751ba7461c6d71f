// SPDX-License-Identifier: Apache-2.0
// Footprints that overlap, and which accesses need not be remembered.
#include "runtime/Emulator/RaceDetector.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace tilicho {

//===-- Footprints --------------------------------------------------------===//

bool Footprint::operator==(const Footprint &other) const {
  return partition == other.partition && partitions == other.partitions &&
         partitionStep == other.partitionStep && offset == other.offset &&
         size == other.size && counts == other.counts && steps == other.steps;
}

bool Footprint::isSameOrder(const Footprint &other) const {
  if (partition != other.partition || partitions != other.partitions ||
      offset != other.offset || size != other.size || counts != other.counts)
    return false;
  auto agree = [](int64_t count, int64_t step, int64_t otherStep) {
    return count == 1 || (step == otherStep && step != 0);
  };
  bool isSame = agree(partitions, partitionStep, other.partitionStep);
  for (size_t dim = 0; dim < counts.size(); ++dim)
    isSame &= agree(counts[dim], steps[dim], other.steps[dim]);
  return isSame;
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

/// A dimension with more than one element.
struct Dimension {
  int64_t count, step;
};

/// Bytes as nested repetitions, outermost first: steps are positive, and each
/// is at least the reach of what it repeats.
struct Nest {
  std::array<Dimension, 5> dims;
  int count = 0;
  int64_t begin = 0, size = 1;
  /// Bytes from the first to the end of the last one, from dimension `from` on.
  int64_t reach(int from) const {
    int64_t bytes = size;
    for (int d = from; d < count; ++d)
      bytes += (dims[size_t(d)].count - 1) * dims[size_t(d)].step;
    return bytes;
  }
};

/// Nothing where repetitions lie within each other.
std::optional<Nest> nestOf(const Footprint &footprint) {
  Nest nest;
  nest.begin = footprint.firstByte();
  nest.size = footprint.size;
  for (size_t d = 0; d < 5; ++d)
    if (footprint.counts[d] > 1 && footprint.steps[d])
      nest.dims[size_t(nest.count++)] = {footprint.counts[d],
                                         std::abs(footprint.steps[d])};
  std::sort(nest.dims.begin(), nest.dims.begin() + nest.count,
            [](Dimension a, Dimension b) { return a.step > b.step; });
  // What continues without a gap is no dimension of its own.
  while (nest.count && nest.dims[size_t(nest.count - 1)].step <= nest.size) {
    nest.size = nest.reach(nest.count - 1);
    --nest.count;
  }
  for (int d = 0; d < nest.count; ++d)
    if (nest.dims[size_t(d)].step < nest.reach(d + 1))
      return std::nullopt;
  return nest;
}

std::optional<bool> meet(const Nest &a, int i, const Nest &b, int j,
                         int64_t ahead);

/// The same where `a` has no dimension left.
std::optional<bool> blockMeets(const Nest &a, int i, const Nest &b, int j,
                               int64_t ahead) {
  const Dimension &dim = b.dims[size_t(j)];
  int64_t before = -ahead - b.reach(j + 1);
  int64_t first = before < 0 ? 0 : before / dim.step;
  for (int64_t m = first; m < dim.count; ++m) {
    int64_t distance = ahead + m * dim.step;
    if (distance >= a.reach(i))
      return false;
    std::optional<bool> met = meet(a, i, b, j + 1, distance);
    if (!met || *met)
      return met;
  }
  return false;
}

/// Whether `b`, `ahead` bytes further than `a`, meets it, from dimensions `i`
/// and `j` on. Nothing where that cannot be told by steps alone.
std::optional<bool> meet(const Nest &a, int i, const Nest &b, int j,
                         int64_t ahead) {
  if (ahead >= a.reach(i) || -ahead >= b.reach(j))
    return false;
  bool aEnds = i == a.count, bEnds = j == b.count;
  if (aEnds && bEnds)
    return true;
  if (bEnds)
    return meet(b, j, a, i, -ahead);
  if (aEnds)
    return blockMeets(a, i, b, j, ahead);
  if (a.dims[size_t(i)].step != b.dims[size_t(j)].step)
    return std::nullopt;
  const Dimension &mine = a.dims[size_t(i)], &other = b.dims[size_t(j)];
  const int64_t step = mine.step;
  int64_t turns = ahead >= 0 ? ahead / step : -((-ahead + step - 1) / step);
  // Element n of a and m of b are ahead + (m - n) * step apart.
  for (int64_t turn : {turns, turns + 1}) {
    if (turn >= mine.count || -turn >= other.count)
      continue;
    std::optional<bool> inner = meet(a, i + 1, b, j + 1, ahead - turn * step);
    if (!inner || *inner)
      return inner;
  }
  return false;
}

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

bool bytesMeet(const Footprint &a, const Footprint &b) {
  std::optional<Nest> first = nestOf(a), second = nestOf(b);
  if (first && second)
    if (std::optional<bool> met =
            meet(*first, 0, *second, 0, second->begin - first->begin))
      return *met;
  return overlap(intervalsOf(a), intervalsOf(b));
}

} // namespace

bool Footprint::overlaps(const Footprint &other) const {
  if (firstByte() >= other.endByte() || other.firstByte() >= endByte())
    return false;
  return bytesMeet(partitionsOf(*this), partitionsOf(other)) &&
         bytesMeet(*this, other);
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
