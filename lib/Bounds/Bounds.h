// SPDX-License-Identifier: Apache-2.0
// How fast a model can be on a machine at best, whatever a compiler does.
#ifndef TILICHO_LIB_BOUNDS_BOUNDS_H
#define TILICHO_LIB_BOUNDS_BOUNDS_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"

#include <map>
#include <string>
#include <vector>

namespace onnx {
class ModelProto;
}

namespace tilicho::compiler {

/// Lower bounds of one node. Times are in microseconds.
struct NodeBounds {
  std::string name;
  std::string opType;
  double macs = 0;
  double peIdealUs = 0;
  double peTileUs = 0;
  double evacuationUs = 0;
  double vectorUs = 0; ///< on the engine that does it fastest
  double constantBytes = 0;
  double layerBytes = 0;
  double boundUs = 0; ///< the largest of the times, and of the constants' time
};

/// Lower bounds of a whole model, from its graph and the machine alone;
/// docs/CycleModel.md has the definitions. Times are in microseconds.
struct Bounds {
  double macs = 0;
  double depthwiseMacs = 0; ///< not in `macs` and not in the array's bounds
  double peIdealCycles = 0;
  double peTileCycles = 0;
  double peWeightStationaryCycles = 0; ///< for comparison; no bound
  double peIdealUs = 0;
  double peTileUs = 0;
  double evacuationUs = 0;
  /// The least possible load of the busiest engine.
  double engineUs = 0;
  double compulsoryBytes = 0;
  double layerwiseBytes = 0;
  /// What must move because the chip's memory is finite; 0: all fits.
  double finiteMemoryBytes = 0;
  double dmaUs =
      0; ///< the larger of these bytes at the rate of the DMA engines
  double hbmUs = 0; ///< and at the bandwidth of HBM
  double chainUs = 0;
  double liveBytes = 0;
  double boundUs = 0; ///< the largest, with the rate of the DMA engines
  double boundAtHbmUs = 0;
  const char *boundBy = "";
  /// Nodes whose shapes are not known count nothing.
  int unknownNodes = 0;
  std::vector<NodeBounds> nodes;
};

/// Bounds of `model`, on which shape inference has run. Its f32 tensors are
/// taken as lowered to `precision`, inputs and outputs excepted. Bodies of
/// control flow count nothing, so that the bound stays one.
Bounds computeBounds(const onnx::ModelProto &model, const Machine &machine,
                     isa::DType precision);

/// A table for people: `tilicho-compile --bounds`.
std::string printBounds(const Bounds &bounds, const Machine &machine);

/// Under the keys of docs/Statistics.md, for Program::figures.
std::map<std::string, double> boundFigures(const Bounds &bounds);
std::map<std::string, double> boundFigures(const NodeBounds &bounds);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_BOUNDS_BOUNDS_H
