// SPDX-License-Identifier: Apache-2.0
// A line on the terminal, a few times a second.
#include "tools/tilicho-run/Progress.h"

#include <cstdio>
#include <unistd.h>

namespace tilicho::run {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

static constexpr char eraseLine[] = "\r\x1b[K";

Progress::Progress(const Program &program)
    : program(program), next(steady_clock::now() + milliseconds(500)) {}

Progress::~Progress() {
  if (hasLine)
    std::fputs(eraseLine, stderr);
}

bool Progress::isWanted() { return isatty(STDERR_FILENO); }

void Progress::onEnd(const Event &event) {
  ++count;
  const auto now = steady_clock::now();
  if (now < next)
    return;
  next = now + milliseconds(200);
  hasLine = true;
  const uint32_t node = program.queues[event.queue].nodeOf(event.index);
  std::fprintf(stderr, "%s%llu instructions, node %.50s", eraseLine,
               static_cast<unsigned long long>(count),
               std::string(program.nodeName(node)).c_str());
  std::fflush(stderr);
}

} // namespace tilicho::run
