// SPDX-License-Identifier: Apache-2.0
// The longest chain of operators, each as short as latency allows.
#ifndef TILICHO_LIB_BOUNDS_CHAIN_H
#define TILICHO_LIB_BOUNDS_CHAIN_H

#include "lib/Bounds/EngineWork.h"

namespace tilicho::compiler::bounds {

/// Adds up, along each path, what one result of an operator takes from its
/// operands: moves for each tile of rows, the array's fill and drain, one
/// instruction of an engine, a signal in each direction.
class Chain {
public:
  explicit Chain(const Machine &machine) : machine(machine) {}

  /// Nodes must come in topological order. `hasWork`: act, vec or pool has to
  /// do something for this node.
  void add(const Node &node, const std::vector<Product> &products,
           bool hasWork);
  /// With the first transfer in and the last one out.
  double us() const;

private:
  double productNs(const Product &product) const;
  double engineNs() const;

  const Machine &machine;
  std::unordered_map<const Tensor *, double> endNs;
  double longestNs = 0;
};

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_CHAIN_H
