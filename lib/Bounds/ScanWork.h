// SPDX-License-Identifier: Apache-2.0
// What the states of a Scan cost at least.
#ifndef TILICHO_LIB_BOUNDS_SCANWORK_H
#define TILICHO_LIB_BOUNDS_SCANWORK_H

#include "lib/Bounds/Graph.h"

namespace tilicho::compiler::bounds {

/// Elements, over all steps, of the states of a Scan that each step multiplies
/// by one and adds to another of its own values: two tensors meet the state.
double recurrentElements(const Node &node);

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_SCANWORK_H
