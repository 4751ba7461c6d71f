// SPDX-License-Identifier: Apache-2.0
// Bytes that have to move between HBM and the chip, and that have to stay.
#ifndef TILICHO_LIB_BOUNDS_TRAFFIC_H
#define TILICHO_LIB_BOUNDS_TRAFFIC_H

#include "lib/Bounds/ElementTypes.h"
#include "lib/Bounds/Products.h"

namespace tilicho::compiler::bounds {

/// Constants, inputs and outputs, each once: of a table only the rows that are
/// gathered, of an output that continues an input only what is new.
double compulsoryBytes(const Graph &graph, const ElementTypes &types);

/// Constants that `node` reads.
double constantBytes(const Node &node, const ElementTypes &types);

/// What `node` reads and writes if nothing stays on chip.
double layerBytes(const Node &node, const ElementTypes &types);

/// What a product has to move because the chip holds `words` elements: that of
/// Smith et al., with the reuse of a convolution's window after Chen et al.
double finiteMemoryWords(const Product &product, double words);

/// The most bytes of intermediate values alive at once, in the order of the
/// graph; views and arithmetic in place take none.
double liveBytes(const Graph &graph, const ElementTypes &types);

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_TRAFFIC_H
