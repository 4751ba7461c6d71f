// SPDX-License-Identifier: Apache-2.0
// What tilicho-run prints.
#ifndef TILICHO_TOOLS_TILICHO_RUN_REPORT_H
#define TILICHO_TOOLS_TILICHO_RUN_REPORT_H

#include "runtime/Session/Session.h"
#include "runtime/Tensors/Values.h"

namespace tilicho::run {

/// Outputs, time and how busy each queue was.
std::string summaryText(const Program &program, const SessionReport &report,
                        const std::vector<Tensor> &outputs);

/// One line for each output, and whether all are inside the tolerance.
std::string comparisonText(const std::vector<Tensor> &outputs,
                           const std::vector<Tensor> &expected,
                           Tolerance tolerance, bool &isEqual);

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_REPORT_H
