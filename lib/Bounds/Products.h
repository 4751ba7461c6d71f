// SPDX-License-Identifier: Apache-2.0
// What of a graph is sums of products, and what it costs on the array.
#ifndef TILICHO_LIB_BOUNDS_PRODUCTS_H
#define TILICHO_LIB_BOUNDS_PRODUCTS_H

#include "lib/Bounds/Graph.h"

#include "runtime/Machine/Machine.h"

#include <vector>

namespace tilicho::compiler::bounds {

/// `count` independent products [m, k] x [k, n], each of `groups` blocks. A
/// convolution's k is the channels of a group times the taps of its window.
struct Product {
  double count = 1;
  double m = 0, n = 0, k = 0;
  double groups = 1;
  double taps = 1;
  /// Outputs in one direction that share an element of the window's input.
  double windowReuse = 1;
  /// Of `count`, how many wait for one another.
  double steps = 1;

  double macs() const { return count * groups * m * n * k; }
  /// One channel a group: no array tile is filled.
  bool isDepthwise() const { return groups > 1 && k == taps; }
  /// Array columns written in one partition's PSUM.
  double outputColumns(const Machine &machine) const;
};

/// The products that `node` stands for; empty for all other operators and for
/// unknown shapes.
std::vector<Product> productsOf(const Node &node);

struct ArrayCycles {
  double tile = 0;             ///< the better orientation
  double weightStationary = 0; ///< the right operand in the array
};

/// Cycles of one pass, with loads hidden.
ArrayCycles arrayCycles(const Product &product, const Machine &machine);

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_PRODUCTS_H
