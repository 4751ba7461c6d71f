// SPDX-License-Identifier: Apache-2.0
// What a run spent its time and bytes on, as text for people.
#include "runtime/Timing/Statistics.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <algorithm>
#include <numeric>

namespace tilicho::timing {

namespace {

/// The `numRows` largest of `count` things, by descending weight; what has no
/// weight is left out.
template <class F>
std::vector<size_t> largest(size_t count, unsigned numRows, F &&weightOf) {
  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return weightOf(a) != weightOf(b) ? weightOf(a) > weightOf(b) : a < b;
  });
  while (!order.empty() &&
         (order.size() > numRows || weightOf(order.back()) <= 0))
    order.pop_back();
  return order;
}

} // namespace

static double percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : 0;
}

static std::string nodeName(const Program &program, size_t node) {
  return node < program.nodes.size() ? program.nodes[node] : "(no node)";
}

uint64_t compulsoryBytes(const Segment &segment) {
  return segment.kind == Segment::Kind::Scratch ? 0 : segment.bytes;
}

static void putSummary(std::string &out, const Program &program,
                       const Result &result) {
  absl::StrAppendFormat(&out, "makespan  %12.3f us on %s\n",
                        result.makespanNs / 1e3, program.machine.name);
  auto bound = program.figures.find("bound_us");
  if (bound != program.figures.end() && bound->second > 0)
    absl::StrAppendFormat(&out, "bound     %12.3f us, %.3f times that\n",
                          bound->second,
                          result.makespanNs / 1e3 / bound->second);
  absl::StrAppendFormat(
      &out, "HBM       %12d bytes read, %d written, %d of instructions\n",
      result.hbmReadBytes, result.hbmWrittenBytes, result.fetchBytes);
  absl::StrAppendFormat(
      &out,
      "DMA       %12.1f %% of the time engines are busy, %.1f %% with rows "
      "too short for their rate\n",
      percent(result.dmaEngineBusyNs, result.makespanNs),
      percent(result.dmaShortRowsNs, result.makespanNs));
}

static void putEnergy(std::string &out, const Energy &energy) {
  double total = energy.totalPj();
  if (total == 0)
    return;
  absl::StrAppendFormat(
      &out, "energy    %12.3f uJ by the machine's table:", total / 1e6);
  for (unsigned part = 0; part < numEnergyParts; ++part)
    absl::StrAppendFormat(&out, "%s %s %.1f %%", part ? "," : "",
                          energyPartName(EnergyPart(part)),
                          percent(energy.pj[part], total));
  out += "\n";
}

static void putPath(std::string &out, const Program &program,
                    const Result &result, unsigned numRows) {
  double total = 0;
  for (const NodeTime &node : result.nodes)
    total += node.pathNs;
  if (total == 0)
    return;
  out += "\ncritical path by node\n          us      %  node\n";
  auto weight = [&](size_t node) { return result.nodes[node].pathNs; };
  for (size_t node : largest(result.nodes.size(), numRows, weight))
    absl::StrAppendFormat(&out, "%12.3f  %5.1f  %s\n", weight(node) / 1e3,
                          percent(weight(node), total),
                          nodeName(program, node));
}

static void putQueues(std::string &out, const Result &result) {
  out += "\nbusy and stalled by queue, % of the makespan\nqueue      busy";
  for (unsigned stall = 0; stall < numStalls; ++stall)
    absl::StrAppendFormat(&out, " %10s", stallName(Stall(stall)));
  out += "  waits mostly for\n";
  for (const QueueTime &queue : result.queues) {
    absl::StrAppendFormat(&out, "%-8s %6.1f", queue.name,
                          percent(queue.busyNs, result.makespanNs));
    for (double ns : queue.stallNs)
      absl::StrAppendFormat(&out, " %10.1f", percent(ns, result.makespanNs));
    auto most = std::max_element(queue.waitNs.begin(), queue.waitNs.end());
    if (most != queue.waitNs.end() && *most > 0)
      absl::StrAppendFormat(&out, "  %s",
                            result.queues[most - queue.waitNs.begin()].name);
    out += "\n";
  }
}

/// A queue and one of its instructions.
static std::string kindText(const Result &result, unsigned queue,
                            isa::Opcode opcode) {
  return absl::StrCat(result.queues[queue].name, " ",
                      std::string(isa::nameOf(opcode)));
}

static void putPathParts(std::string &out, const Result &result,
                         unsigned numRows) {
  if (result.path.empty())
    return;
  out += "\ncritical path by instruction, us\n       total";
  for (unsigned phase = 0; phase < numPhases; ++phase)
    absl::StrAppendFormat(&out, " %12s", phaseName(Phase(phase)));
  out += "  queue, instruction\n";
  for (size_t row = 0; row < std::min<size_t>(numRows, result.path.size());
       ++row) {
    const PathPart &part = result.path[row];
    absl::StrAppendFormat(&out, "%12.3f", part.totalNs() / 1e3);
    for (double ns : part.ns)
      absl::StrAppendFormat(&out, " %12.3f", ns / 1e3);
    absl::StrAppendFormat(&out, "  %s\n",
                          kindText(result, part.queue, part.opcode));
  }
}

static bool isDma(const Result &result, const WaitPart &part) {
  return absl::StartsWith(result.queues[part.queue].name, "dma");
}

/// Those of engines first: a DMA queue that waits may do so for good reason,
/// with nothing to move.
static void putWaits(std::string &out, const Result &result, unsigned numRows) {
  if (result.waits.empty())
    return;
  out += "\nwaits for semaphores\n          us     count  why    waits, for\n";
  for (bool ofDma : {false, true}) {
    unsigned left = ofDma ? numRows / 2 : numRows;
    for (const WaitPart &part : result.waits)
      if (isDma(result, part) == ofDma && left > 0 && left--)
        absl::StrAppendFormat(&out, "%12.3f %9d  %-5s  %s, %s\n", part.ns / 1e3,
                              part.count, waitKindName(part.kind),
                              kindText(result, part.queue, part.opcode),
                              kindText(result, part.source, part.sourceOpcode));
  }
}

static uint64_t movedBytes(const Traffic &traffic) {
  return traffic.readBytes + traffic.writtenBytes;
}

static void putTraffic(std::string &out, const Program &program,
                       const Result &result, unsigned numRows) {
  auto weight = [&](size_t segment) {
    return double(movedBytes(result.segments[segment]));
  };
  out += "\ntraffic by tensor, bytes\n        read      written   "
         "compulsory  row  tensor\n";
  for (size_t index : largest(result.segments.size(), numRows, weight)) {
    const Segment &segment = program.segments[index];
    const Traffic &traffic = result.segments[index];
    absl::StrAppendFormat(
        &out, "%12d %12d %12d %4d  %s %s\n", traffic.readBytes,
        traffic.writtenBytes, compulsoryBytes(segment),
        movedBytes(traffic) / std::max<uint64_t>(1, traffic.descriptors),
        kindName(segment.kind), segment.name);
  }
}

std::string reportText(const Program &program, const Result &result,
                       unsigned numRows) {
  std::string out;
  putSummary(out, program, result);
  putEnergy(out, result.energy);
  putPath(out, program, result, numRows);
  putPathParts(out, result, numRows);
  putQueues(out, result);
  putWaits(out, result, numRows);
  putTraffic(out, program, result, numRows);
  return out;
}

} // namespace tilicho::timing
