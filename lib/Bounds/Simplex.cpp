// SPDX-License-Identifier: Apache-2.0
// Small linear programs.
#include "lib/Bounds/Simplex.h"

#include <cmath>
#include <cstddef>

namespace tilicho::compiler::bounds {

namespace {

constexpr double epsilon = 1e-11;

/// maximise c x where A x <= b, x >= 0, b >= 0, by a dense tableau with
/// Bland's rule. The right hand sides are not negative, so that x = 0 is a
/// start.
class Tableau {
public:
  Tableau(size_t rows, size_t cols)
      : rows(rows), width(cols + rows + 1), cells((rows + 1) * width, 0.0),
        basis(rows) {
    for (size_t row = 0; row < rows; ++row) {
      at(row, cols + row) = 1;
      basis[row] = cols + row;
    }
  }
  double &at(size_t row, size_t col) { return cells[row * width + col]; }
  double &right(size_t row) { return at(row, width - 1); }
  double &cost(size_t col) { return at(rows, col); }

  double solve() {
    size_t col;
    while ((col = entering()) < width - 1) {
      size_t row = leaving(col);
      if (row == rows)
        return INFINITY;
      pivot(row, col);
    }
    return right(rows);
  }

private:
  size_t entering() {
    size_t col = 0;
    while (col < width - 1 && cost(col) >= -epsilon)
      ++col;
    return col;
  }
  size_t leaving(size_t col) {
    size_t best = rows;
    for (size_t row = 0; row < rows; ++row) {
      if (at(row, col) <= epsilon)
        continue;
      if (best == rows || isBetter(row, best, col))
        best = row;
    }
    return best;
  }
  /// The tighter row, and of equal ones that of the earlier variable.
  bool isBetter(size_t row, size_t best, size_t col) {
    double difference = right(row) / at(row, col) - right(best) / at(best, col);
    return difference < -epsilon ||
           (difference < epsilon && basis[row] < basis[best]);
  }
  void pivot(size_t row, size_t col) {
    basis[row] = col;
    double scale = at(row, col);
    for (size_t i = 0; i < width; ++i)
      at(row, i) /= scale;
    for (size_t other = 0; other <= rows; ++other) {
      double factor = at(other, col);
      if (other == row || factor == 0)
        continue;
      for (size_t i = 0; i < width; ++i)
        at(other, i) -= factor * at(row, i);
    }
  }

  size_t rows, width;
  std::vector<double> cells;
  std::vector<size_t> basis;
};

} // namespace

static double total(const std::vector<Placement::Way> &ways) {
  double sum = 0;
  for (const Placement::Way &way : ways)
    for (double us : way)
      sum += us;
  return sum;
}

/// Whether `b` is `a` times `scale` everywhere.
static bool isMultiple(const std::vector<Placement::Way> &a, double scale,
                       const std::vector<Placement::Way> &b) {
  if (a.size() != b.size())
    return false;
  for (size_t way = 0; way < a.size(); ++way)
    for (size_t resource = 0; resource < a[way].size(); ++resource)
      if (std::abs(a[way][resource] * scale - b[way][resource]) >
          1e-9 * std::abs(b[way][resource]))
        return false;
  return true;
}

// Work of the same proportions is one piece, so that the program does not grow
// with the model.
void Placement::add(const std::vector<Way> &ways) {
  double added = total(ways);
  if (added <= 0)
    return;
  for (std::vector<Way> &piece : pieces) {
    double scale = added / total(piece);
    if (!isMultiple(piece, scale, ways))
      continue;
    for (Way &way : piece)
      for (double &us : way)
        us *= 1 + scale;
    return;
  }
  pieces.push_back(ways);
}

// The dual: prices p >= 0 of the resources with sum at most 1, and for each
// piece a value v at most the price of each of its ways; maximise the sum of
// v. Its solution is the least load, and its right hand sides are not
// negative.
double Placement::solve() const {
  size_t numWays = 0;
  for (auto &ways : pieces)
    numWays += ways.size();
  size_t prices = size_t(numResources);
  Tableau tableau(numWays + 1, prices + pieces.size());
  size_t row = 0;
  for (size_t piece = 0; piece < pieces.size(); ++piece) {
    for (const Way &way : pieces[piece]) {
      for (size_t resource = 0; resource < prices; ++resource)
        tableau.at(row, resource) = -way[resource];
      tableau.at(row, prices + piece) = 1;
      ++row;
    }
    tableau.cost(prices + piece) = -1;
  }
  for (size_t resource = 0; resource < prices; ++resource)
    tableau.at(row, resource) = 1;
  tableau.right(row) = 1;
  return tableau.solve();
}

} // namespace tilicho::compiler::bounds
