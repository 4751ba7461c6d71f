// SPDX-License-Identifier: Apache-2.0
// Writes a run as Chrome trace JSON, which Perfetto opens.
#ifndef TILICHO_RUNTIME_TIMING_TRACE_H
#define TILICHO_RUNTIME_TIMING_TRACE_H

#include "runtime/Timing/Timing.h"

#include "absl/status/status.h"

#include <memory>
#include <string>

namespace tilicho::timing {

/// A process for the machine, a lane for each engine and DMA queue (with more
/// lanes below it where its instructions overlap), a slice for each
/// instruction. Streams to a temporary file beside `path` that gets its name in
/// `finish` and is removed if `finish` was not reached.
class TraceWriter : public Observer {
public:
  /// `program` must outlive the writer. Fails when the file cannot be created.
  static absl::StatusOr<std::unique_ptr<TraceWriter>>
  create(const Program &program, const std::string &path);

  /// Ends the file; fails on a full disk.
  virtual absl::Status finish() = 0;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_TRACE_H
