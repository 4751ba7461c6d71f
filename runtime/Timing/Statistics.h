// SPDX-License-Identifier: Apache-2.0
// The figures of a program and its run under stable names, as JSON and as text.
#ifndef TILICHO_RUNTIME_TIMING_STATISTICS_H
#define TILICHO_RUNTIME_TIMING_STATISTICS_H

#include "runtime/Timing/Timing.h"

#include <map>
#include <optional>
#include <string>

namespace tilicho::timing {

/// Figures that a run does not give, by the keys of docs/Statistics.md:
/// `compile_seconds`, `emulate_seconds`, `sbuf_peak_bytes`, the bounds, ...
using Figures = std::map<std::string, double>;

struct KnownFigures {
  Figures whole;
  std::map<std::string, Figures> byNode; ///< by ONNX node name
};

/// All figures as one JSON object; keys in docs/Statistics.md. Without `result`
/// those of a run are left out.
std::string statisticsJson(const Program &program, const Result *result,
                           const KnownFigures &known);

/// A text for people: critical path by node, stalls by cause, traffic by
/// tensor. `numRows` bounds each table.
std::string reportText(const Program &program, const Result &result,
                       unsigned numRows = 20);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_STATISTICS_H
