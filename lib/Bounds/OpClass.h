// SPDX-License-Identifier: Apache-2.0
// Operators by what they ask of the engines.
#ifndef TILICHO_LIB_BOUNDS_OPCLASS_H
#define TILICHO_LIB_BOUNDS_OPCLASS_H

#include "lib/Bounds/Graph.h"

namespace tilicho::compiler::bounds {

enum class OpClass {
  Free,        ///< moves or renames elements
  Elementwise, ///< arithmetic; also every operator that has no other class
  Function,    ///< a transcendental function of each element
  Reduce,      ///< reads each element once
  Softmax,     ///< a reduction, then a function
  Normalise,   ///< a reduction, then arithmetic
};

OpClass classOf(const Node &node);

/// Renames elements without moving them.
bool isView(const Node &node);
bool isRecurrent(const Node &node);
/// Reads only the rows of its data that indices name.
bool isRowGather(const Node &node);
/// Copies its data and changes some of it.
bool isScatter(const Node &node);

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_OPCLASS_H
