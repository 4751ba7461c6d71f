// SPDX-License-Identifier: Apache-2.0
// From instructions on buffers to the streams of the queues.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H
#define TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H

#include "lib/Conversion/TileToIsa/AssignAddresses.h"
#include "lib/Conversion/TileToIsa/Encode.h"

namespace tilicho::compiler {

/// What the machine executes, and the tensors that it works on.
struct MachineCode {
  std::vector<QueueStream> queues;
  /// In the order of their numbers.
  std::vector<ir::tile::SegmentOp> segments;
  std::vector<std::string> nodes;
  MemoryPeaks peaks;
};

/// Addresses, queues and semaphores for the instructions of `function`, which
/// is at the tile stage.
mlir::FailureOr<MachineCode> lowerToMachineCode(mlir::func::FuncOp function,
                                                const Machine &machine);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H
