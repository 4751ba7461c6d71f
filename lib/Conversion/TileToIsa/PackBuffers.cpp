// SPDX-License-Identifier: Apache-2.0
// Places one memory after the other, and changes the order where it failed.
#include "lib/Conversion/TileToIsa/PackBuffers.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace tilicho::compiler {

namespace {

/// Pairs of neighbours that all attempts but the first of them may look at.
constexpr int64_t mostWork = 4'000'000;
/// More attempts with one order seldom help.
constexpr int mostAttempts = 24;

/// What lives at the same time as each lifetime.
class Neighbours {
public:
  explicit Neighbours(const std::vector<Lifetime> &lifetimes)
      : begins(lifetimes.size() + 1) {
    forEachPair(lifetimes, [&](uint32_t a, uint32_t b) {
      ++begins[a + 1];
      ++begins[b + 1];
    });
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    entries.resize(begins.back());
    std::vector<size_t> next(begins.begin(), begins.end() - 1);
    forEachPair(lifetimes, [&](uint32_t a, uint32_t b) {
      entries[next[a]++] = b;
      entries[next[b]++] = a;
    });
  }

  llvm::ArrayRef<uint32_t> of(uint32_t lifetime) const {
    return llvm::ArrayRef(entries).slice(
        begins[lifetime], begins[lifetime + 1] - begins[lifetime]);
  }
  int64_t count() const { return entries.size(); }

private:
  template <typename Visit>
  static void forEachPair(const std::vector<Lifetime> &lifetimes, Visit visit) {
    std::vector<uint32_t> order(lifetimes.size()), live;
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](uint32_t a, uint32_t b) {
      return std::make_pair(lifetimes[a].first, a) <
             std::make_pair(lifetimes[b].first, b);
    });
    for (uint32_t now : order) {
      llvm::erase_if(live, [&](uint32_t other) {
        return lifetimes[other].last < lifetimes[now].first;
      });
      for (uint32_t other : live)
        visit(now, other);
      live.push_back(now);
    }
  }

  std::vector<size_t> begins;
  std::vector<uint32_t> entries;
};

class Packer {
public:
  explicit Packer(const std::vector<Lifetime> &lifetimes)
      : lifetimes(lifetimes), neighbours(lifetimes),
        target(liveBytes(lifetimes)), addresses(lifetimes.size()),
        isPlaced(lifetimes.size()) {}

  Packing run() {
    best.peak = -1;
    pack([](const Lifetime &a) { return std::pair(a.bytes, spanOf(a)); });
    pack([](const Lifetime &a) { return std::pair(a.bytes * spanOf(a), 0); });
    pack([](const Lifetime &a) { return std::pair(spanOf(a), a.bytes); });
    return std::move(best);
  }

private:
  static int64_t spanOf(const Lifetime &a) { return a.last - a.first + 1; }
  bool isDone() const { return best.peak >= 0 && work > mostWork; }

  /// Attempts that begin with the largest keys.
  template <typename Key> void pack(Key key) {
    std::vector<uint32_t> order(lifetimes.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](uint32_t a, uint32_t b) {
      return std::make_pair(key(lifetimes[b]), a) <
             std::make_pair(key(lifetimes[a]), b);
    });
    for (int attempt = 0; attempt < mostAttempts; ++attempt) {
      if (best.peak == target || isDone())
        return;
      place(order);
      hasten(order);
    }
  }

  void place(llvm::ArrayRef<uint32_t> order) {
    std::fill(isPlaced.begin(), isPlaced.end(), false);
    int64_t peak = 0;
    for (uint32_t lifetime : order) {
      addresses[lifetime] = lowestPlace(lifetime);
      isPlaced[lifetime] = true;
      peak = std::max(peak, endOf(lifetime));
    }
    if (best.peak >= 0)
      work += neighbours.count();
    if (best.peak < 0 || peak < best.peak)
      best = {addresses, peak};
  }

  int64_t lowestPlace(uint32_t lifetime) {
    taken.clear();
    for (uint32_t other : neighbours.of(lifetime))
      if (isPlaced[other])
        taken.emplace_back(addresses[other], endOf(other));
    llvm::sort(taken);
    int64_t address = 0;
    for (auto [begin, end] : taken) {
      if (begin - address >= lifetimes[lifetime].bytes)
        break;
      address = std::max(address, end);
    }
    return address;
  }

  int64_t endOf(uint32_t lifetime) const {
    return addresses[lifetime] + lifetimes[lifetime].bytes;
  }

  /// Halves the place in the order of what ends too high.
  void hasten(std::vector<uint32_t> &order) {
    std::vector<std::tuple<double, size_t, uint32_t>> ranks;
    for (auto [rank, lifetime] : llvm::enumerate(order))
      ranks.emplace_back(endOf(lifetime) > target ? double(rank) / 2 - 1
                                                  : double(rank),
                         rank, lifetime);
    llvm::sort(ranks);
    llvm::transform(ranks, order.begin(),
                    [](const auto &rank) { return std::get<2>(rank); });
  }

  const std::vector<Lifetime> &lifetimes;
  Neighbours neighbours;
  int64_t target;
  std::vector<int64_t> addresses;
  std::vector<bool> isPlaced;
  std::vector<std::pair<int64_t, int64_t>> taken;
  Packing best;
  int64_t work = 0;
};

} // namespace

int64_t liveBytes(const std::vector<Lifetime> &lifetimes) {
  int64_t end = 0;
  for (const Lifetime &lifetime : lifetimes)
    end = std::max(end, lifetime.last + 1);
  std::vector<int64_t> changes(end + 1);
  for (const Lifetime &lifetime : lifetimes) {
    changes[lifetime.first] += lifetime.bytes;
    changes[lifetime.last + 1] -= lifetime.bytes;
  }
  int64_t live = 0, most = 0;
  for (int64_t change : changes)
    most = std::max(most, live += change);
  return most;
}

Packing packBuffers(const std::vector<Lifetime> &lifetimes) {
  return Packer(lifetimes).run();
}

} // namespace tilicho::compiler
