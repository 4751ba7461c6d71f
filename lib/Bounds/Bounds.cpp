// SPDX-License-Identifier: Apache-2.0
// How fast a model can be on a machine at best, whatever a compiler does.
#include "lib/Bounds/Bounds.h"

#include "lib/Bounds/Chain.h"
#include "lib/Bounds/EngineWork.h"
#include "lib/Bounds/OpClass.h"
#include "lib/Bounds/Traffic.h"

#include <algorithm>
#include <limits>

namespace tilicho::compiler {

using namespace bounds;
using isa::DType;

namespace {

/// Goes through a graph once and adds up.
class BoundsBuilder {
public:
  BoundsBuilder(const Graph &graph, const Machine &machine, DType precision)
      : graph(graph), machine(machine), types(precision), work(machine, types),
        chain(machine), placement(EngineWork::numResources) {}

  Bounds build();

private:
  void addNode(const Node &node);
  void addProduct(const Node &node, const Product &product, NodeBounds &bounds);
  void addArray(const Product &product, DType dtype, NodeBounds &bounds);
  void addWork(const Work &piece, NodeBounds &bounds);
  void finishNode(const Node &node, NodeBounds &bounds);
  void finish();
  DType operandType(const Node &node) const;
  double dmaBytesPerUs() const {
    return 1e3 * std::min(machine.dma.engines * machine.dma.bytesPerNs,
                          machine.hbmGBs);
  }

  const Graph &graph;
  const Machine &machine;
  ElementTypes types;
  EngineWork work;
  Chain chain;
  Placement placement;
  /// Work of one kind and type is one piece for the placement.
  std::map<std::pair<WorkKind, DType>, double> elements;
  Bounds result;
};

} // namespace

/// The type in which the products of `node` are multiplied.
DType BoundsBuilder::operandType(const Node &node) const {
  for (const Tensor *input : node.inputs) {
    if (!input || !input->hasShape || input->rank() == 0)
      continue;
    return types.insideTypeOf(*input);
  }
  return DType::f32;
}

void BoundsBuilder::addWork(const Work &piece, NodeBounds &bounds) {
  elements[{piece.kind, piece.dtype}] += piece.elements;
  double best = std::numeric_limits<double>::max();
  for (const Placement::Way &way : work.ways(piece))
    best = std::min(best, *std::max_element(way.begin(), way.end()));
  if (best == std::numeric_limits<double>::max())
    return;
  double &us =
      piece.kind == WorkKind::Evacuate ? bounds.evacuationUs : bounds.vectorUs;
  us += best;
}

void BoundsBuilder::addArray(const Product &product, DType dtype,
                             NodeBounds &bounds) {
  double passes = machine.arrayPasses[dtype];
  double cells = double(machine.arrayRows) * machine.arrayCols;
  ArrayCycles cycles = arrayCycles(product, machine);
  double perUs = machine.arrayClockGhz * 1e3;
  bounds.peIdealUs += product.macs() / cells * passes / perUs;
  bounds.peTileUs += cycles.tile * passes / perUs;
  result.peIdealCycles += product.macs() / cells * passes;
  result.peTileCycles += cycles.tile * passes;
  result.peWeightStationaryCycles += cycles.weightStationary * passes;
  addWork({WorkKind::Evacuate, dtype,
           product.outputColumns(machine) * machine.psumPartitions},
          bounds);
}

void BoundsBuilder::addProduct(const Node &node, const Product &product,
                               NodeBounds &bounds) {
  DType dtype = operandType(node);
  bounds.macs += product.macs();
  double words = double(machine.sbufPartitions) *
                 machine.sbufBytesPerPartition / isa::sizeOf(dtype);
  result.finiteMemoryBytes +=
      finiteMemoryWords(product, words) * isa::sizeOf(dtype);
  if (product.isDepthwise()) {
    result.depthwiseMacs += product.macs();
    placement.add(work.depthwiseWays(product, dtype));
    return;
  }
  result.macs += product.macs();
  if (machine.arrayPasses[dtype] > 0)
    return addArray(product, dtype, bounds);
  addWork({WorkKind::Multiply, dtype, product.macs()}, bounds);
}

void BoundsBuilder::addNode(const Node &node) {
  if (node.isConstant || !node.isLive)
    return;
  NodeBounds bounds;
  bounds.name = node.name;
  bounds.opType = node.opType();
  if (!node.output())
    ++result.unknownNodes;
  std::vector<Product> products = productsOf(node);
  for (const Product &product : products)
    addProduct(node, product, bounds);
  std::vector<Work> pieces = work.workOf(node);
  for (const Work &piece : pieces)
    addWork(piece, bounds);
  chain.add(node, products, !pieces.empty());
  finishNode(node, bounds);
  result.nodes.push_back(bounds);
}

void BoundsBuilder::finishNode(const Node &node, NodeBounds &bounds) {
  bounds.constantBytes = constantBytes(node, types);
  bounds.layerBytes = layerBytes(node, types);
  if (!productsOf(node).empty())
    result.layerwiseBytes += bounds.layerBytes;
  bounds.boundUs =
      std::max({bounds.peTileUs, bounds.evacuationUs, bounds.vectorUs,
                bounds.constantBytes / dmaBytesPerUs()});
  result.evacuationUs += bounds.evacuationUs;
}

void BoundsBuilder::finish() {
  double perUs = machine.arrayClockGhz * 1e3;
  result.peIdealUs = result.peIdealCycles / perUs;
  result.peTileUs = result.peTileCycles / perUs;
  placement.add({work.arrayWay(result.peTileUs)});
  for (auto &[key, count] : elements)
    placement.add(work.ways({key.first, key.second, count}));
  result.engineUs = placement.solve();
  result.compulsoryBytes = compulsoryBytes(graph, types);
  result.layerwiseBytes =
      std::max(result.layerwiseBytes, result.compulsoryBytes);
  double bytes = std::max(result.compulsoryBytes, result.finiteMemoryBytes);
  result.dmaUs = bytes / dmaBytesPerUs();
  result.hbmUs = bytes / machine.hbmGBs / 1e3;
  result.chainUs = chain.us();
  result.liveBytes = liveBytes(graph, types);
  double others = std::max(result.engineUs, result.chainUs);
  result.boundUs = std::max(others, result.dmaUs);
  result.boundAtHbmUs = std::max(others, result.hbmUs);
  result.boundBy = result.boundUs == result.dmaUs      ? "HBM traffic"
                   : result.boundUs == result.chainUs  ? "dependence chain"
                   : result.boundUs == result.peTileUs ? "array"
                                                       : "engines";
}

Bounds BoundsBuilder::build() {
  for (const Node &node : graph.nodes())
    addNode(node);
  finish();
  return std::move(result);
}

Bounds computeBounds(const onnx::ModelProto &model, const Machine &machine,
                     DType precision) {
  Graph graph(model);
  return BoundsBuilder(graph, machine, precision).build();
}

} // namespace tilicho::compiler
