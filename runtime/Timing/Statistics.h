// SPDX-License-Identifier: Apache-2.0
// The figures of a program and its run under stable names, as JSON and as text.
#ifndef TILICHO_RUNTIME_TIMING_STATISTICS_H
#define TILICHO_RUNTIME_TIMING_STATISTICS_H

#include "runtime/Program/Program.h"
#include "runtime/Timing/Timing.h"

#include <string>

namespace tilicho::timing {

/// The figures of `program` and of its run as one JSON object; keys in
/// docs/Statistics.md. `more` are those that only the caller knows, such as
/// `emulate_seconds`. Without `result` those of a run are left out.
std::string statisticsJson(const Program &program, const Result *result,
                           const Figures &more = {});

/// What has to move of a tensor in HBM: constants, inputs and outputs once,
/// values in between not at all.
uint64_t compulsoryBytes(const Segment &segment);

/// A text for people: critical path by node, stalls by cause, traffic by
/// tensor. `numRows` bounds each table.
std::string reportText(const Program &program, const Result &result,
                       unsigned numRows = 20);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_STATISTICS_H
