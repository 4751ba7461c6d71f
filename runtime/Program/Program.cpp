// SPDX-License-Identifier: Apache-2.0
// Look-ups in a program.
#include "runtime/Program/Program.h"

#include "absl/strings/str_join.h"

#include <algorithm>

namespace tilicho {

const char *kindName(Segment::Kind kind) {
  switch (kind) {
  case Segment::Kind::Input:
    return "input";
  case Segment::Kind::Output:
    return "output";
  case Segment::Kind::Constant:
    return "constant";
  case Segment::Kind::Scratch:
    break;
  }
  return "scratch";
}

uint32_t QueueCode::nodeOf(uint32_t index) const {
  auto after = std::upper_bound(
      nodeMap.begin(), nodeMap.end(), index,
      [](uint32_t value, const NodeRun &run) { return value < run.first; });
  return after == nodeMap.begin() ? NodeRun::noNode : std::prev(after)->node;
}

std::vector<uint32_t> Program::segmentsOf(Segment::Kind kind) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < segments.size(); ++i)
    if (segments[i].kind == kind)
      found.push_back(i);
  return found;
}

const QueueCode *Program::findQueue(absl::string_view name) const {
  for (const QueueCode &queue : queues)
    if (queue.name == name)
      return &queue;
  return nullptr;
}

absl::string_view Program::nodeName(uint32_t node) const {
  return node < nodes.size() ? absl::string_view(nodes[node]) : "";
}

int64_t elementCount(absl::Span<const int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string shapeText(absl::Span<const int64_t> shape) {
  return shape.empty() ? "scalar" : absl::StrJoin(shape, "x");
}

} // namespace tilicho
