// SPDX-License-Identifier: Apache-2.0
// The figures of a program and its run as JSON.
#include "runtime/Timing/Statistics.h"

#include "runtime/Timing/Json.h"

#include <unordered_map>

namespace tilicho::timing {

constexpr double nsPerUs = 1e3;
constexpr double pjPerUj = 1e6;

namespace {

/// Instructions in the program by node (the last: no node) and queue.
using Counts = std::vector<std::vector<uint64_t>>;

class StatisticsWriter {
public:
  StatisticsWriter(const Program &program, const Result *result)
      : program(program), result(result), counts(countByNode(program)) {}

  std::string write(const Figures &more);

private:
  static Counts countByNode(const Program &program);
  void figures(const Figures &figures);
  void totals();
  void runTotals();
  void stalls(const char *key);
  void energy(const Energy &energy);
  void tensors();
  void causes();
  std::string instructionName(unsigned queue, isa::Opcode opcode) const;
  void node(size_t index, const std::string &name);
  void nodeTime(const NodeTime &time);
  template <class F> void byQueue(const char *key, F &&valueOf);

  const Program &program;
  const Result *result;
  Counts counts;
  JsonWriter json;
};

} // namespace

Counts StatisticsWriter::countByNode(const Program &program) {
  size_t numNodes = program.nodes.size();
  Counts counts(numNodes + 1, std::vector<uint64_t>(program.queues.size()));
  for (size_t id = 0; id < program.queues.size(); ++id) {
    const QueueCode &code = program.queues[id];
    uint32_t place = 0, node = NodeRun::noNode;
    auto upTo = [&](uint32_t end) {
      counts[std::min<size_t>(node, numNodes)][id] += end - place;
      place = end;
    };
    for (const NodeRun &run : code.nodeMap) {
      upTo(run.first);
      node = run.node;
    }
    upTo(code.numInstructions());
  }
  return counts;
}

void StatisticsWriter::figures(const Figures &figures) {
  for (auto &[key, value] : figures)
    json.number(key, value);
}

template <class F>
void StatisticsWriter::byQueue(const char *key, F &&valueOf) {
  json.open(key);
  for (size_t id = 0; id < program.queues.size(); ++id)
    json.number(program.queues[id].name, double(valueOf(id)));
  json.close();
}

void StatisticsWriter::stalls(const char *key) {
  json.open(key);
  for (const QueueTime &queue : result->queues) {
    json.open(queue.name);
    for (unsigned stall = 0; stall < numStalls; ++stall)
      json.number(stallName(Stall(stall)), queue.stallNs[stall] / nsPerUs);
    for (size_t other = 0; other < queue.waitNs.size(); ++other)
      if (queue.waitNs[other] > 0)
        json.number("wait_" + result->queues[other].name,
                    queue.waitNs[other] / nsPerUs);
    json.close();
  }
  json.close();
}

void StatisticsWriter::energy(const Energy &energy) {
  json.number("energy_uj", energy.totalPj() / pjPerUj);
  json.open("energy_part_uj");
  for (unsigned part = 0; part < numEnergyParts; ++part)
    json.number(energyPartName(EnergyPart(part)), energy.pj[part] / pjPerUj);
  json.close();
}

void StatisticsWriter::runTotals() {
  json.number("makespan_us", result->makespanNs / nsPerUs);
  json.number("hbm_bytes",
              double(result->hbmReadBytes + result->hbmWrittenBytes));
  json.number("hbm_read_bytes", double(result->hbmReadBytes));
  json.number("hbm_written_bytes", double(result->hbmWrittenBytes));
  json.number("fetch_bytes", double(result->fetchBytes));
  json.number("dma_engine_busy_us", result->dmaEngineBusyNs / nsPerUs);
  byQueue("engine_busy_us",
          [&](size_t id) { return result->queues[id].busyNs / nsPerUs; });
  stalls("engine_stall_us");
  byQueue("executed_instructions",
          [&](size_t id) { return result->queues[id].instructions; });
  json.number("dma_short_rows_us", result->dmaShortRowsNs / nsPerUs);
  json.number("relayouts", double(result->relayouts.count));
  json.number("relayout_us", result->relayouts.ns / nsPerUs);
  energy(result->energy);
  tensors();
  if (!result->path.empty())
    causes();
}

/// Segments of one name are told apart by their number.
void StatisticsWriter::tensors() {
  std::unordered_map<std::string, int> seen;
  json.open("tensors");
  for (size_t index = 0; index < program.segments.size(); ++index) {
    const Segment &segment = program.segments[index];
    const Traffic &traffic = result->segments[index];
    std::string name = std::string(kindName(segment.kind)) + " " + segment.name;
    if (int number = ++seen[name]; number > 1)
      name += " #" + std::to_string(number);
    json.open(name);
    json.number("bytes", double(segment.bytes));
    json.number("hbm_read_bytes", double(traffic.readBytes));
    json.number("hbm_written_bytes", double(traffic.writtenBytes));
    json.number("hbm_compulsory_bytes", double(compulsoryBytes(segment)));
    json.number("rows", double(traffic.descriptors));
    json.close();
  }
  json.close();
}

std::string StatisticsWriter::instructionName(unsigned queue,
                                              isa::Opcode opcode) const {
  return result->queues[queue].name + " " + std::string(isa::nameOf(opcode));
}

void StatisticsWriter::causes() {
  json.open("path_us");
  for (const PathPart &part : result->path) {
    json.open(instructionName(part.queue, part.opcode));
    for (unsigned phase = 0; phase < numPhases; ++phase)
      json.number(phaseName(Phase(phase)), part.ns[phase] / nsPerUs);
    json.close();
  }
  json.close();
  json.open("wait_us");
  for (const WaitPart &part : result->waits)
    json.number(instructionName(part.queue, part.opcode) + " for " +
                    instructionName(part.source, part.sourceOpcode) + ": " +
                    waitKindName(part.kind),
                part.ns / nsPerUs);
  json.close();
}

void StatisticsWriter::totals() {
  byQueue("instructions",
          [&](size_t id) { return program.queues[id].numInstructions(); });
  double bytes = 0;
  for (const QueueCode &queue : program.queues)
    bytes += double(queue.bytes.size());
  json.number("program_bytes", bytes);
}

void StatisticsWriter::nodeTime(const NodeTime &time) {
  json.number("makespan_us", (time.endNs - time.startNs) / nsPerUs);
  json.number("start_us", time.startNs / nsPerUs);
  json.number("path_us", time.pathNs / nsPerUs);
  json.number("hbm_bytes", double(time.hbmReadBytes + time.hbmWrittenBytes));
  json.number("hbm_read_bytes", double(time.hbmReadBytes));
  json.number("hbm_written_bytes", double(time.hbmWrittenBytes));
  json.number("relayouts", double(time.relayouts.count));
  json.number("relayout_us", time.relayouts.ns / nsPerUs);
  energy(time.energy);
  byQueue("engine_busy_us",
          [&](size_t id) { return time.busyNs[id] / nsPerUs; });
  byQueue("executed_instructions",
          [&](size_t id) { return time.instructions[id]; });
  json.open("stall_us");
  for (unsigned stall = 0; stall < numStalls; ++stall)
    json.number(stallName(Stall(stall)), time.stallNs[stall] / nsPerUs);
  json.close();
}

void StatisticsWriter::node(size_t index, const std::string &name) {
  json.open(name);
  auto known = program.figuresByNode.find(
      index < program.nodes.size() ? program.nodes[index] : "");
  if (known != program.figuresByNode.end())
    figures(known->second);
  byQueue("instructions", [&](size_t id) { return counts[index][id]; });
  double bytes = 0;
  for (uint64_t count : counts[index])
    bytes += double(count) * isa::kInstructionBytes;
  json.number("program_bytes", bytes);
  if (result)
    nodeTime(result->nodes[index]);
  json.close();
}

std::string StatisticsWriter::write(const Figures &more) {
  json.string("machine", program.machine.name);
  json.string("compiler_version", program.compilerVersion);
  json.string("flags", program.flags);
  figures(program.figures);
  figures(more);
  totals();
  if (result)
    runTotals();
  json.open("nodes");
  // Nodes of one name are told apart by their number.
  std::unordered_map<std::string, int> seen;
  for (size_t index = 0; index <= program.nodes.size(); ++index) {
    std::string name =
        index < program.nodes.size() ? program.nodes[index] : "(none)";
    if (int number = ++seen[name]; number > 1)
      name += " #" + std::to_string(number);
    node(index, name);
  }
  json.close();
  return json.take();
}

std::string statisticsJson(const Program &program, const Result *result,
                           const Figures &more) {
  return StatisticsWriter(program, result).write(more);
}

} // namespace tilicho::timing
