// SPDX-License-Identifier: Apache-2.0
// The steps from tile to machine level in their order.
#include "lib/Conversion/TileToIsa/TileToIsa.h"

#include "lib/Conversion/TileToIsa/AssignQueues.h"
#include "lib/Conversion/TileToIsa/Dependences.h"

using namespace mlir;

namespace tilicho::compiler {

FailureOr<MachineCode> lowerToMachineCode(func::FuncOp function,
                                          const Machine &machine) {
  FailureOr<InstructionList> list = listInstructions(function);
  if (failed(list))
    return failure();
  MachineCode code;
  FailureOr<MemoryPeaks> peaks = assignAddresses(function, *list, machine);
  if (failed(peaks))
    return failure();
  code.peaks = *peaks;
  assignQueues(*list, machine);
  auto waits = findDependences(*list, numQueues(machine));
  auto queues = encodeStreams(*list, waits, numQueues(machine));
  if (failed(queues))
    return failure();
  code.queues = std::move(*queues);
  for (const Buffer &buffer : list->buffers)
    if (buffer.segment)
      code.segments.push_back(buffer.segment);
  code.nodes = std::move(list->nodes);
  return code;
}

} // namespace tilicho::compiler
