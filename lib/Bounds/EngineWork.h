// SPDX-License-Identifier: Apache-2.0
// What act, vec and pool have to do at least, and who can do it.
#ifndef TILICHO_LIB_BOUNDS_ENGINEWORK_H
#define TILICHO_LIB_BOUNDS_ENGINEWORK_H

#include "lib/Bounds/ElementTypes.h"
#include "lib/Bounds/Products.h"
#include "lib/Bounds/Simplex.h"

#include <map>
#include <unordered_set>

namespace tilicho::compiler::bounds {

/// Passes over elements, by what limits their rate.
enum class WorkKind {
  Evacuate,   ///< products leave PSUM
  Stream,     ///< one operand, arithmetic
  TwoOperand, ///< two tensors
  Recurrence, ///< two tensors meet the state of a Scan
  Function,   ///< exp, tanh, ...
  Reduce,
  Multiply, ///< products that the array cannot make
};

struct Work {
  WorkKind kind;
  isa::DType dtype;
  double elements;
};

/// What a node has to do that no instruction of its producer does anyway. A
/// chain on the result of products is done while these leave PSUM; an operation
/// on one operand is done in the instruction before or after it.
class EngineWork {
public:
  EngineWork(const Machine &machine, const ElementTypes &types)
      : machine(machine), types(types) {}

  /// Nodes must come in topological order.
  std::vector<Work> workOf(const Node &node);

  /// The ways in which engines can do `work`, with the resources of
  /// `numResources`; empty when none can.
  std::vector<Placement::Way> ways(const Work &work) const;
  /// The same for a depthwise product.
  std::vector<Placement::Way> depthwiseWays(const Product &product,
                                            isa::DType dtype) const;
  Placement::Way arrayWay(double us) const;

  enum Resource { pe, act, vec, pool, psumPort, sbufPort, numResources };

private:
  std::vector<Work> workOfScan(const Node &node) const;
  bool isFresh(const Node &node) const;
  bool isStarted(const Node &node) const;
  double perElementUs(const Work &work, Resource engine) const;
  Placement::Way way(Resource engine, double us, bool usesPsum) const;

  const Machine &machine;
  const ElementTypes &types;
  /// Tensors that still come from products, and all that an engine makes.
  std::unordered_set<const Tensor *> fresh, started;
};

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_ENGINEWORK_H
