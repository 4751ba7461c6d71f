// SPDX-License-Identifier: Apache-2.0
// Small linear programs.
#ifndef TILICHO_LIB_BOUNDS_SIMPLEX_H
#define TILICHO_LIB_BOUNDS_SIMPLEX_H

#include <cstddef>
#include <vector>

namespace tilicho::compiler::bounds {

/// Work that engines can share, and the least time in which they finish all.
/// A resource is an engine, or a memory that several engines use in turn.
class Placement {
public:
  explicit Placement(int numResources) : numResources(numResources) {}

  /// Time on each resource if all of a piece of work goes this way.
  using Way = std::vector<double>;
  /// A piece of work is split over its ways; one that has none is ignored.
  void add(const std::vector<Way> &ways);
  /// The least possible load of the busiest resource.
  double solve() const;
  /// Pieces of different proportions.
  size_t numPieces() const { return pieces.size(); }

private:
  int numResources;
  std::vector<std::vector<Way>> pieces;
};

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_SIMPLEX_H
