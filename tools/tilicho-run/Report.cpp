// SPDX-License-Identifier: Apache-2.0
// Texts about a run's values and time.
#include "tools/tilicho-run/Report.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tilicho::run {

static double percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

/// The busiest of the queues that feed the DMA engines, which share them.
static std::string dmaText(const timing::Result &result) {
  const timing::QueueTime *busiest = nullptr;
  int count = 0;
  for (const timing::QueueTime &queue : result.queues) {
    if (!absl::StartsWith(queue.name, "dma"))
      continue;
    ++count;
    if (!busiest || queue.busyNs > busiest->busyNs)
      busiest = &queue;
  }
  if (!busiest)
    return "";
  return absl::StrFormat("busy     %-6s %12.3f us %6.1f %%, of %d DMA queues\n",
                         busiest->name, busiest->busyNs / 1e3,
                         percent(busiest->busyNs, result.makespanNs), count);
}

static std::string timeText(const Program &program,
                            const timing::Result &result) {
  std::string text =
      absl::StrFormat("time     %.3f us on %s, %.0f cycles of its array\n",
                      result.makespanNs / 1e3, program.machine.name,
                      result.makespanNs * program.machine.arrayClockGhz);
  for (const timing::QueueTime &queue : result.queues)
    if (queue.busyNs > 0 && !absl::StartsWith(queue.name, "dma"))
      absl::StrAppendFormat(&text, "busy     %-6s %12.3f us %6.1f %%\n",
                            queue.name, queue.busyNs / 1e3,
                            percent(queue.busyNs, result.makespanNs));
  text += dmaText(result);
  absl::StrAppendFormat(
      &text, "HBM      %u bytes read, %u written, %u of instructions\n",
      result.hbmReadBytes, result.hbmWrittenBytes, result.fetchBytes);
  absl::StrAppendFormat(&text, "energy   %.3f uJ by the table of %s, a model\n",
                        result.energy.totalPj() / 1e6, program.machine.name);
  return text;
}

std::string summaryText(const Program &program, const SessionReport &report,
                        const std::vector<Tensor> &outputs) {
  std::string text;
  for (const Tensor &output : outputs)
    absl::StrAppend(&text, "output   ", output.name, ": ",
                    typeText(output.dtype, output.shape), "\n");
  if (report.emulateSeconds > 0)
    absl::StrAppendFormat(&text, "emulated in %.3f s\n", report.emulateSeconds);
  if (report.timing)
    text += timeText(program, *report.timing);
  return text;
}

std::string comparisonText(const std::vector<Tensor> &outputs,
                           const std::vector<Tensor> &expected,
                           Tolerance tolerance, bool &isEqual) {
  std::string text;
  isEqual = true;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor &output = outputs[i];
    if (output.shape != expected[i].shape) {
      isEqual = false;
      absl::StrAppend(&text, "compare  ", output.name, ": DIFFERS, ",
                      typeText(output.dtype, output.shape), " instead of ",
                      typeText(expected[i].dtype, expected[i].shape), "\n");
      continue;
    }
    Difference difference = compareTensors(output, expected[i], tolerance);
    absl::StrAppendFormat(
        &text, "compare  %s: %s, largest error %.3g (%.3g of the largest)",
        output.name, difference.mismatches ? "DIFFERS" : "equal",
        difference.largestAbsolute, difference.relativeToLargest);
    if (difference.mismatches) {
      isEqual = false;
      absl::StrAppendFormat(
          &text,
          "; %d of %d elements outside rtol %g, atol %g, as %s: %.9g "
          "instead of %.9g",
          difference.mismatches, difference.elements, tolerance.relative,
          tolerance.absolute, indexText(difference.worstElement, output.shape),
          difference.worstActual, difference.worstExpected);
    }
    text += "\n";
  }
  return text;
}

} // namespace tilicho::run
