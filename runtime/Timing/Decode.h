// SPDX-License-Identifier: Apache-2.0
// From the bytes of a queue to priced instructions.
#ifndef TILICHO_RUNTIME_TIMING_DECODE_H
#define TILICHO_RUNTIME_TIMING_DECODE_H

#include "runtime/Machine/Machine.h"
#include "runtime/Timing/Op.h"

#include "absl/status/statusor.h"

#include <string_view>

namespace tilicho::timing {

/// The instructions of one queue. `nodes` names each one's node, or is empty.
struct Stream {
  std::string name;
  std::string_view bytes;
  std::vector<uint32_t> nodes;
};

/// Decodes and prices verified instructions. Fails when a loop has no end.
absl::StatusOr<QueueOps> decodeQueue(const Machine &machine,
                                     const Stream &stream);

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_DECODE_H
