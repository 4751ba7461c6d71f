// SPDX-License-Identifier: Apache-2.0
// Holes, ordered by address and merged when they touch.
#include "lib/Conversion/TileToIsa/FreeList.h"

#include <algorithm>

namespace tilicho::compiler {

/// Memories of at most so many units are given out by age.
static constexpr int64_t fewUnits = 64;

FreeList::FreeList(int64_t size, int64_t unit) : unit(unit) {
  holes[0] = size / unit * unit;
  if (size / unit <= fewUnits)
    freeSince.assign(size / unit, 0);
}

int64_t FreeList::rounded(int64_t bytes) const {
  return std::max<int64_t>(1, (bytes + unit - 1) / unit) * unit;
}

int64_t FreeList::take(std::map<int64_t, int64_t>::iterator hole,
                       int64_t address, int64_t bytes) {
  auto [start, end] = *hole;
  holes.erase(hole);
  if (start < address)
    holes[start] = address;
  if (address + bytes < end)
    holes[address + bytes] = end;
  used += bytes;
  peak = std::max(peak, address + bytes);
  return address;
}

std::optional<int64_t> FreeList::takeFrom(int64_t start, int64_t bytes) {
  auto hole = holes.upper_bound(start);
  if (hole != holes.begin())
    --hole;
  for (; hole != holes.end(); ++hole) {
    int64_t address = std::max(hole->first, start);
    if (address + bytes <= hole->second)
      return take(hole, address, bytes);
  }
  return std::nullopt;
}

std::optional<int64_t> FreeList::takeLowest(int64_t bytes) {
  return takeFrom(0, rounded(bytes));
}

std::optional<int64_t> FreeList::takeOldest() {
  auto best = holes.end();
  int64_t address = 0;
  for (auto hole = holes.begin(); hole != holes.end(); ++hole)
    for (int64_t at = hole->first; at < hole->second; at += unit)
      if (best == holes.end() ||
          freeSince[at / unit] < freeSince[address / unit]) {
        best = hole;
        address = at;
      }
  if (best == holes.end())
    return std::nullopt;
  return take(best, address, unit);
}

std::optional<int64_t> FreeList::takeNext(int64_t bytes) {
  if (!freeSince.empty() && rounded(bytes) == unit)
    return takeOldest();
  std::optional<int64_t> address = takeFrom(next, rounded(bytes));
  if (!address)
    address = takeFrom(0, rounded(bytes));
  if (address)
    next = *address + rounded(bytes);
  return address;
}

std::optional<int64_t> FreeList::takeHighest(int64_t bytes) {
  bytes = rounded(bytes);
  for (auto hole = holes.end(); hole != holes.begin();) {
    --hole;
    if (hole->first + bytes <= hole->second)
      return take(hole, hole->second - bytes, bytes);
  }
  return std::nullopt;
}

int64_t FreeList::longestFree() const {
  int64_t longest = 0;
  for (auto [start, end] : holes)
    longest = std::max(longest, end - start);
  return longest;
}

void FreeList::release(int64_t address, int64_t bytes) {
  bytes = rounded(bytes);
  used -= bytes;
  int64_t end = address + bytes;
  if (!freeSince.empty()) {
    ++numReleases;
    for (int64_t at = address; at < end; at += unit)
      freeSince[at / unit] = numReleases;
  }
  auto after = holes.lower_bound(address);
  if (after != holes.end() && after->first == end) {
    end = after->second;
    after = holes.erase(after);
  }
  if (after != holes.begin()) {
    auto before = std::prev(after);
    if (before->second == address) {
      before->second = end;
      return;
    }
  }
  holes[address] = end;
}

} // namespace tilicho::compiler
