// SPDX-License-Identifier: Apache-2.0
// What the states of a Scan cost at least.
#ifndef TILICHO_LIB_BOUNDS_SCANWORK_H
#define TILICHO_LIB_BOUNDS_SCANWORK_H

#include "lib/Bounds/Graph.h"

namespace tilicho::compiler::bounds {

/// A state of a Scan that each step multiplies by one and adds to another of
/// its own values, all of one size: two tensors meet the state.
struct RecurrentState {
  const Tensor *initial;
  /// Over all steps whose result is asked for and not known before the run.
  double elements;
};

std::vector<RecurrentState> recurrentStates(const Node &node);

/// Whether a Scan or its body reads `tensor`; perhaps another of its name.
bool readsInScan(const Node &node, const Tensor &tensor);

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_SCANWORK_H
