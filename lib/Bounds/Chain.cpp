// SPDX-License-Identifier: Apache-2.0
// The longest chain of operators, each as short as latency allows.
#include "lib/Bounds/Chain.h"

#include "lib/Bounds/OpClass.h"

#include <algorithm>
#include <cmath>

namespace tilicho::compiler::bounds {

static double shortestNs(const EngineModel &engine) {
  return (engine.minCycles + engine.fixedCycles) / engine.clockGhz;
}

double Chain::engineNs() const {
  return std::min({shortestNs(machine.act), shortestNs(machine.vec),
                   shortestNs(machine.pool)});
}

/// One result column: its rows in the array one tile after the other, then out
/// of PSUM.
double Chain::productNs(const Product &product) const {
  double moves = std::ceil(product.k / machine.arrayRows);
  double cycles = moves * machine.arrayMinCycles + machine.arrayFillCycles() +
                  machine.arrayDrainCycles;
  double leave = std::min(shortestNs(machine.act), shortestNs(machine.vec));
  return product.steps *
         (cycles / machine.arrayClockGhz + leave + 2 * machine.semaphoreNs);
}

void Chain::add(const Node &node, const std::vector<Product> &products,
                bool hasWork) {
  if (node.isConstant || !node.isLive)
    return;
  double begin = 0;
  for (const Tensor *input : node.inputs)
    if (auto found = endNs.find(input); found != endNs.end())
      begin = std::max(begin, found->second);
  double ns = 0;
  for (const Product &product : products)
    ns = std::max(ns, productNs(product));
  if (products.empty() && hasWork)
    ns = engineNs();
  for (const Tensor *output : node.outputs)
    endNs[output] = begin + ns;
  longestNs = std::max(longestNs, begin + ns);
}

double Chain::us() const { return (longestNs + 2 * machine.dma.startNs) / 1e3; }

} // namespace tilicho::compiler::bounds
