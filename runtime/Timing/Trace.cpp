// SPDX-License-Identifier: Apache-2.0
// Writes a run as Chrome trace JSON, which Perfetto opens.
#include "runtime/Timing/Trace.h"

#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/Program.h"
#include "runtime/Timing/Json.h"

#include "absl/strings/str_format.h"

namespace tilicho::timing {

namespace {

/// Bytes that are gathered before they are written.
constexpr size_t bufferBytes = 1 << 20;
/// Lanes that one queue may have; what overlaps more is cut short.
constexpr size_t maxLanes = 8;

class FileTrace final : public TraceWriter {
public:
  FileTrace(const Program &program, std::unique_ptr<AtomicFile> file)
      : program(program), file(std::move(file)),
        laneEnds(program.queues.size()) {
    for (const std::string &node : program.nodes) {
      nodes.push_back(jsonString(node));
      nodes.back().back() = ' ';
    }
    buffer = "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
    absl::StrAppendFormat(&buffer,
                          "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\","
                          "\"args\":{\"name\":%s}}",
                          jsonString(program.machine.name));
  }

  void onSlice(const Slice &slice) override;
  absl::Status finish() override;

private:
  size_t laneOf(const Slice &slice);
  void nameLane(unsigned queue, size_t lane);
  void flush();

  static size_t laneId(unsigned queue, size_t lane) {
    return queue * maxLanes + lane + 1;
  }

  const Program &program;
  std::unique_ptr<AtomicFile> file;
  std::vector<std::vector<double>> laneEnds;
  /// Names as JSON strings, with a blank for their last quote.
  std::vector<std::string> nodes;
  std::string buffer;
  absl::Status status;
};

} // namespace

void FileTrace::nameLane(unsigned queue, size_t lane) {
  const std::string &name = program.queues[queue].name;
  std::string label = lane == 0 ? name : absl::StrCat(name, " (", lane, ")");
  size_t id = laneId(queue, lane);
  absl::StrAppendFormat(&buffer,
                        ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"name\":"
                        "\"thread_name\",\"args\":{\"name\":%s}}",
                        id, jsonString(label));
  absl::StrAppendFormat(&buffer,
                        ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"name\":"
                        "\"thread_sort_index\",\"args\":{\"sort_index\":%d}}",
                        id, id);
}

/// The first lane of the queue that is free when the slice starts.
size_t FileTrace::laneOf(const Slice &slice) {
  std::vector<double> &ends = laneEnds[slice.queue];
  for (size_t lane = 0; lane < ends.size(); ++lane)
    if (ends[lane] <= slice.startNs || lane + 1 == maxLanes)
      return lane;
  ends.push_back(0);
  nameLane(slice.queue, ends.size() - 1);
  return ends.size() - 1;
}

void FileTrace::onSlice(const Slice &slice) {
  if (slice.busyNs <= 0)
    return;
  size_t lane = laneOf(slice);
  double &laneEnd = laneEnds[slice.queue][lane];
  double start = std::max(slice.startNs, laneEnd);
  laneEnd = std::max(laneEnd, slice.startNs + slice.busyNs);
  const QueueCode &code = program.queues[slice.queue];
  std::string_view mnemonic =
      isa::nameOf(isa::Opcode(code.instruction(slice.index)[0]));
  bool hasNode = slice.node < nodes.size();
  // A trace counts in microseconds.
  absl::StrAppendFormat(
      &buffer,
      ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":%d,\"ts\":%.4f,\"dur\":%.4f,"
      "\"name\":%s%s\",\"cat\":\"%s\",\"args\":{\"instruction\":\"%s\","
      "\"index\":%d,\"visible_us\":%.4f}}",
      laneId(slice.queue, lane), start / 1e3, (laneEnd - start) / 1e3,
      hasNode ? nodes[slice.node] : "\"", mnemonic, mnemonic, mnemonic,
      slice.index, slice.endNs / 1e3);
  if (buffer.size() > bufferBytes)
    flush();
}

void FileTrace::flush() {
  if (status.ok())
    status = file->append(buffer);
  buffer.clear();
}

absl::Status FileTrace::finish() {
  buffer += "\n]}\n";
  flush();
  return status.ok() ? file->commit() : status;
}

absl::StatusOr<std::unique_ptr<TraceWriter>>
TraceWriter::create(const Program &program, const std::string &path) {
  auto file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  return std::make_unique<FileTrace>(program, *std::move(file));
}

} // namespace tilicho::timing
