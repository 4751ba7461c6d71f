// SPDX-License-Identifier: Apache-2.0
// Where each node of a model would run, and what it would cost.
#ifndef TILICHO_LIB_PIPELINES_CHECK_H
#define TILICHO_LIB_PIPELINES_CHECK_H

#include "lib/Pipelines/Compile.h"

namespace tilicho::compiler {

/// One node of the simplified graph.
struct NodeReport {
  std::string name, opType;
  /// The queue kind that is busy longest with it (pe, act, vec, pool, dma),
  /// `none` where nothing is left to do, empty when it is not supported.
  std::string engine;
  std::string reason;
  double macs = 0;
  /// Shares of the whole model's, 0 to 1. Time is the engine's busy time.
  double macShare = 0, timeShare = 0;
  /// The engine's busy time.
  double timeUs = 0;
};

struct CheckReport {
  std::vector<NodeReport> nodes;
  bool supported = true;
  double macs = 0;
  double makespanUs = 0;
  /// Why there are no times, though all is supported: what loops of run time
  /// do is known from a run alone.
  std::string untimed;
};

/// Compiles the model in memory and times it. A model with nodes that are not
/// supported is reported without times. None after an error.
std::optional<CheckReport> checkModel(Model &model,
                                      const CompileOptions &options);

std::string printReport(const CheckReport &report);
std::string reportToJson(const CheckReport &report);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_PIPELINES_CHECK_H
