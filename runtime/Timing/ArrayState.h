// SPDX-License-Identifier: Apache-2.0
// What the tiles of the systolic array are busy with.
#ifndef TILICHO_RUNTIME_TIMING_ARRAYSTATE_H
#define TILICHO_RUNTIME_TIMING_ARRAYSTATE_H

#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"

#include <algorithm>
#include <vector>

namespace tilicho::timing {

/// Row tiles by column tiles, each with the move that runs on it and the
/// weights that wait behind it. Instructions on tiles that do not meet run at
/// once; the port for loading weights is one.
class ArrayState {
public:
  explicit ArrayState(const Machine &machine)
      : cols(tiles(machine.arrayCols, machine.arrayColTile)),
        cells(size_t(cols) * tiles(machine.arrayRows, machine.arrayRowTile)) {}

  /// Loads weights behind the current move from `ns` on. The weights behind it
  /// are replaced, so that they must be in use or of no more use.
  double load(double ns, const ArrayTile &tile, double loadNs) {
    double begin = std::max(ns, portNs);
    portNs = begin + loadNs;
    forEach(tile, [&](Cell &cell) { cell.loadedNs = portNs; });
    return begin;
  }

  /// When the tiles are free and their weights are there.
  struct Ready {
    double freeNs = 0, loadedNs = 0;
  };
  Ready ready(const ArrayTile &tile) {
    Ready ready;
    forEach(tile, [&](Cell &cell) {
      ready.freeNs = std::max(ready.freeNs, cell.freeNs);
      ready.loadedNs = std::max(ready.loadedNs, cell.loadedNs);
    });
    return ready;
  }
  void move(const ArrayTile &tile, double endNs) {
    forEach(tile, [&](Cell &cell) { cell.freeNs = endNs; });
  }

private:
  struct Cell {
    double freeNs = 0, loadedNs = 0;
  };
  static int tiles(int size, int tile) { return (size + tile - 1) / tile; }

  template <class F> void forEach(const ArrayTile &tile, F &&f) {
    for (int row = tile.rowBegin; row < tile.rowEnd; ++row)
      for (int col = tile.colBegin; col < tile.colEnd; ++col)
        f(cells[size_t(row) * cols + col]);
  }

  int cols;
  double portNs = 0;
  std::vector<Cell> cells;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_ARRAYSTATE_H
