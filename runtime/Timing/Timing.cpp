// SPDX-License-Identifier: Apache-2.0
// The cycle model on a program.
#include "runtime/Timing/Timing.h"

#include "runtime/Program/Program.h"
#include "runtime/Timing/Energy.h"
#include "runtime/Timing/Simulator.h"
#include "runtime/Timing/WaitCauses.h"

namespace tilicho::timing {

static Stream streamOf(const QueueCode &code) {
  Stream stream;
  stream.name = code.name;
  stream.bytes = {reinterpret_cast<const char *>(code.bytes.data()),
                  code.bytes.size()};
  stream.nodes.assign(code.numInstructions(), noNode);
  for (size_t run = 0; run < code.nodeMap.size(); ++run) {
    uint32_t end = run + 1 < code.nodeMap.size() ? code.nodeMap[run + 1].first
                                                 : code.numInstructions();
    for (uint32_t index = code.nodeMap[run].first; index < end; ++index)
      stream.nodes[index] = code.nodeMap[run].node;
  }
  return stream;
}

static void sumEnergy(const Program &program,
                      const std::vector<QueueOps> &queues,
                      const Simulator &simulator, Result &result) {
  const EnergyModel &model = program.machine.energy;
  for (size_t id = 0; id < queues.size(); ++id)
    addEnergy(model, queues[id], program.queues[id].bytes.data(),
              simulator.executions(id), result);
  result.energy[EnergyPart::Fetch] =
      double(result.fetchBytes) * model.hbmPjPerByte;
}

absl::StatusOr<Result> simulate(const Program &program,
                                const Options &options) {
  std::vector<QueueOps> queues;
  for (const QueueCode &code : program.queues) {
    absl::StatusOr<QueueOps> queue =
        decodeQueue(program.machine, streamOf(code));
    if (!queue.ok())
      return queue.status();
    queues.push_back(*std::move(queue));
  }
  Simulator simulator(program.machine, queues, program.nodes,
                      program.segments.size(), options);
  if (absl::Status status = simulator.run(); !status.ok())
    return status;
  Result result = simulator.takeResult();
  if (options.energy)
    sumEnergy(program, queues, simulator, result);
  result.waits = sumWaits(program, simulator.waits());
  return result;
}

} // namespace tilicho::timing
