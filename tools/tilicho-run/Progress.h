// SPDX-License-Identifier: Apache-2.0
// Shows on a terminal how far a long run is.
#ifndef TILICHO_TOOLS_TILICHO_RUN_PROGRESS_H
#define TILICHO_TOOLS_TILICHO_RUN_PROGRESS_H

#include "runtime/Emulator/Observer.h"
#include "runtime/Program/Program.h"

#include <chrono>

namespace tilicho::run {

/// Rewrites one line of standard error with the instructions that ran and the
/// ONNX node of the last one; nothing in runs of less than half a second.
class Progress : public Observer {
public:
  explicit Progress(const Program &program);
  /// Takes the line away.
  ~Progress() override;

  /// Whether standard error is a terminal.
  static bool isWanted();

  void onEnd(const Event &event) override;

private:
  const Program &program;
  uint64_t count = 0;
  std::chrono::steady_clock::time_point next;
  bool hasLine = false;
};

} // namespace tilicho::run

#endif // TILICHO_TOOLS_TILICHO_RUN_PROGRESS_H
