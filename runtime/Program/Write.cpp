// SPDX-License-Identifier: Apache-2.0
// Streams a program's sections, then fills in the header with their checksums.
#include "runtime/Program/Write.h"
#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/Crc32c.h"
#include "runtime/Program/FileFormat.h"

#include "absl/strings/str_cat.h"
#include "runtime/Program/Program_generated.h"

#include <algorithm>
#include <cassert>

namespace tilicho {
namespace {

/// Where the bytes go: a file or memory.
struct Target {
  ByteSink append;
  std::function<absl::Status(uint64_t offset, absl::Span<const uint8_t>)> patch;
};

struct SectionPlace {
  std::string name;
  uint64_t offset = 0, bytes = 0;
  uint32_t crc = 0;
};

//===--- The header -------------------------------------------------------===//

class HeaderBuilder {
public:
  HeaderBuilder(const Program &program,
                const std::vector<uint64_t> &constantOffsets)
      : program(program), constantOffsets(constantOffsets) {
    // Checksums of any value take the same room.
    buffer.ForceDefaults(true);
  }
  std::vector<uint8_t> build(const std::vector<SectionPlace> &sections);

private:
  template <class T> using Offsets = std::vector<flatbuffers::Offset<T>>;
  Offsets<file::Segment> segments();
  Offsets<file::Queue> queues();
  Offsets<file::DumpPiece> pieces(const DumpPoint &value);
  Offsets<file::DumpPoint> values();
  Offsets<file::Figure> figures(const Figures &figures);
  Offsets<file::NodeFigures> nodeFigures();
  Offsets<file::Section> sections(const std::vector<SectionPlace> &places);

  const Program &program;
  const std::vector<uint64_t> &constantOffsets;
  flatbuffers::FlatBufferBuilder buffer;
};

HeaderBuilder::Offsets<file::Segment> HeaderBuilder::segments() {
  Offsets<file::Segment> all;
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const Segment &segment = program.segments[i];
    all.push_back(file::CreateSegment(
        buffer, static_cast<uint8_t>(segment.kind),
        buffer.CreateString(segment.name), static_cast<uint8_t>(segment.dtype),
        buffer.CreateVector(segment.shape), segment.bytes, constantOffsets[i],
        segment.updates, segment.rows, segment.rowsDimension));
  }
  return all;
}

HeaderBuilder::Offsets<file::Queue> HeaderBuilder::queues() {
  Offsets<file::Queue> all;
  for (const QueueCode &queue : program.queues) {
    std::vector<file::NodeRun> runs;
    for (const NodeRun &run : queue.nodeMap)
      runs.emplace_back(run.first, run.node);
    all.push_back(file::CreateQueue(buffer, buffer.CreateString(queue.name),
                                    buffer.CreateVectorOfStructs(runs)));
  }
  return all;
}

HeaderBuilder::Offsets<file::DumpPiece>
HeaderBuilder::pieces(const DumpPoint &value) {
  Offsets<file::DumpPiece> all;
  for (const DumpPiece &piece : value.pieces) {
    std::vector<file::DumpDim> dims;
    for (const DumpDim &dim : piece.dims)
      dims.emplace_back(dim.count, dim.valueStep, dim.partitionStep,
                        dim.byteStep);
    all.push_back(file::CreateDumpPiece(
        buffer, static_cast<uint8_t>(piece.space), piece.place, piece.offset,
        piece.firstElement, buffer.CreateVectorOfStructs(dims), piece.queue,
        piece.instruction, piece.occurrence));
  }
  return all;
}

HeaderBuilder::Offsets<file::DumpPoint> HeaderBuilder::values() {
  Offsets<file::DumpPoint> all;
  for (const DumpPoint &value : program.values)
    all.push_back(file::CreateDumpPoint(buffer, buffer.CreateString(value.name),
                                        static_cast<uint8_t>(value.dtype),
                                        buffer.CreateVector(value.shape),
                                        buffer.CreateVector(pieces(value))));
  return all;
}

HeaderBuilder::Offsets<file::Figure>
HeaderBuilder::figures(const Figures &figures) {
  Offsets<file::Figure> all;
  for (const auto &[key, value] : figures)
    all.push_back(file::CreateFigure(buffer, buffer.CreateString(key), value));
  return all;
}

HeaderBuilder::Offsets<file::NodeFigures> HeaderBuilder::nodeFigures() {
  Offsets<file::NodeFigures> all;
  for (const auto &[node, known] : program.figuresByNode)
    all.push_back(file::CreateNodeFigures(buffer, buffer.CreateString(node),
                                          buffer.CreateVector(figures(known))));
  return all;
}

HeaderBuilder::Offsets<file::Section>
HeaderBuilder::sections(const std::vector<SectionPlace> &places) {
  Offsets<file::Section> all;
  for (const SectionPlace &place : places)
    all.push_back(file::CreateSection(buffer, buffer.CreateString(place.name),
                                      place.offset, place.bytes, place.crc));
  return all;
}

std::vector<uint8_t>
HeaderBuilder::build(const std::vector<SectionPlace> &places) {
  buffer.Clear();
  std::string machine = serialize(program.machine);
  Sha256 digest = sha256(machine);
  auto machineText = buffer.CreateString(machine);
  auto machineHash = buffer.CreateVector(digest.data(), digest.size());
  auto version = buffer.CreateString(program.compilerVersion);
  auto flags = buffer.CreateString(program.flags);
  // Each call writes into the buffer: their order is that of the bytes.
  auto segmentList = buffer.CreateVector(segments());
  auto queueList = buffer.CreateVector(queues());
  auto nodeList = buffer.CreateVectorOfStrings(program.nodes);
  auto valueList = buffer.CreateVector(values());
  auto figureList = buffer.CreateVector(figures(program.figures));
  auto nodeFigureList = buffer.CreateVector(nodeFigures());
  auto sectionList = buffer.CreateVector(sections(places));
  auto fusedList = buffer.CreateVectorOfStrings(program.fusedValues);
  file::FinishHeaderBuffer(
      buffer,
      file::CreateHeader(buffer, machineText, machineHash, version, flags,
                         segmentList, queueList, nodeList, valueList,
                         figureList, nodeFigureList, sectionList, fusedList));
  return {buffer.GetBufferPointer(),
          buffer.GetBufferPointer() + buffer.GetSize()};
}

//===--- The sections -----------------------------------------------------===//

/// Appends one section and its padding, and keeps the checksum.
class SectionWriter {
public:
  SectionWriter(const Target &target, SectionPlace &place)
      : target(target), place(place) {}

  absl::Status append(absl::Span<const uint8_t> bytes) {
    written += bytes.size();
    place.crc = crc32c(bytes, place.crc);
    return target.append(bytes);
  }
  absl::Status padTo(uint64_t size) {
    static const uint8_t zeros[file::pageBytes] = {};
    return append({zeros, static_cast<size_t>(size - written)});
  }
  absl::Status finish() {
    return padTo(file::roundUp(written, file::pageBytes));
  }
  uint64_t size() const { return written; }

private:
  const Target &target;
  SectionPlace &place;
  uint64_t written = 0;
};

class Writer {
public:
  Writer(const Program &program, const ConstantSource &constants,
         const Target &target)
      : program(program), constants(constants), target(target) {}
  absl::Status run();

private:
  void placeConstants();
  void placeSections(uint64_t headerBytes);
  absl::Status writeCode(const QueueCode &queue, SectionPlace &place);
  absl::Status writeConstants(SectionPlace &place);
  absl::Status writeConstant(uint32_t index, SectionWriter &section);
  std::vector<uint8_t> frontPage(std::vector<uint8_t> header) const;

  const Program &program;
  const ConstantSource &constants;
  const Target &target;
  std::vector<uint64_t> constantOffsets;
  uint64_t constantBytes = 0;
  std::vector<SectionPlace> sections;
};

void Writer::placeConstants() {
  constantOffsets.assign(program.segments.size(), 0);
  for (size_t i = 0; i < program.segments.size(); ++i) {
    if (program.segments[i].kind != Segment::Kind::Constant)
      continue;
    constantOffsets[i] = file::roundUp(constantBytes, file::constantAlignment);
    constantBytes = constantOffsets[i] + program.segments[i].bytes;
  }
}

void Writer::placeSections(uint64_t headerBytes) {
  uint64_t next =
      file::roundUp(sizeof(file::Preamble) + headerBytes, file::pageBytes);
  for (SectionPlace &place : sections) {
    place.offset = next;
    next += file::roundUp(place.bytes, file::pageBytes);
  }
}

absl::Status Writer::writeCode(const QueueCode &queue, SectionPlace &place) {
  SectionWriter section(target, place);
  if (absl::Status status = section.append(queue.bytes); !status.ok())
    return status;
  return section.finish();
}

absl::Status Writer::writeConstant(uint32_t index, SectionWriter &section) {
  const Segment &segment = program.segments[index];
  uint64_t end = section.size() + segment.bytes;
  absl::Status status;
  if (constants)
    status = constants(index, [&](absl::Span<const uint8_t> bytes) {
      if (section.size() + bytes.size() > end)
        return absl::InternalError("it is longer than it said");
      return section.append(bytes);
    });
  else
    status = section.append({segment.data, segment.bytes});
  if (status.ok() && section.size() != end)
    status = absl::InternalError("it is shorter than it said");
  if (status.ok() || absl::IsUnavailable(status))
    return status;
  return absl::Status(status.code(), absl::StrCat("constant ", segment.name,
                                                  ": ", status.message()));
}

absl::Status Writer::writeConstants(SectionPlace &place) {
  SectionWriter section(target, place);
  for (uint32_t i = 0; i < program.segments.size(); ++i) {
    if (program.segments[i].kind != Segment::Kind::Constant)
      continue;
    absl::Status status = section.padTo(constantOffsets[i]);
    if (status.ok())
      status = writeConstant(i, section);
    if (!status.ok())
      return status;
  }
  return section.finish();
}

std::vector<uint8_t> Writer::frontPage(std::vector<uint8_t> header) const {
  file::Preamble preamble = {};
  std::copy(std::begin(file::magic), std::end(file::magic), preamble.magic);
  preamble.version = file::formatVersion;
  preamble.headerBytes = header.size();
  preamble.fileBytes = sections.back().offset +
                       file::roundUp(sections.back().bytes, file::pageBytes);
  header.resize(sections.front().offset - sizeof(preamble), 0);
  preamble.headerCrc = crc32c(header);
  const auto *bytes = reinterpret_cast<const uint8_t *>(&preamble);
  preamble.crc = crc32c({bytes, sizeof(preamble)});
  header.insert(header.begin(), bytes, bytes + sizeof(preamble));
  return header;
}

absl::Status Writer::run() {
  placeConstants();
  for (const QueueCode &queue : program.queues)
    sections.push_back({queue.name, 0, queue.bytes.size(), 0});
  sections.push_back({"constants", 0, constantBytes, 0});
  HeaderBuilder header(program, constantOffsets);
  const size_t headerBytes = header.build(sections).size();
  placeSections(headerBytes);
  // Its place is taken until the checksums are known.
  absl::Status status =
      target.append(std::vector<uint8_t>(sections.front().offset));
  for (size_t i = 0; status.ok() && i < program.queues.size(); ++i)
    status = writeCode(program.queues[i], sections[i]);
  if (status.ok())
    status = writeConstants(sections.back());
  if (!status.ok())
    return status;
  std::vector<uint8_t> finished = header.build(sections);
  assert(finished.size() == headerBytes);
  return target.patch(0, frontPage(std::move(finished)));
}

} // namespace

absl::Status writeProgram(const Program &program, const std::string &path,
                          const ConstantSource &constants) {
  absl::StatusOr<std::unique_ptr<AtomicFile>> opened = AtomicFile::create(path);
  if (!opened.ok())
    return opened.status();
  AtomicFile &file = **opened;
  Target target{
      [&](absl::Span<const uint8_t> bytes) { return file.append(bytes); },
      [&](uint64_t offset, absl::Span<const uint8_t> bytes) {
        return file.patch(offset, bytes);
      }};
  if (absl::Status status = Writer(program, constants, target).run();
      !status.ok())
    return status;
  return file.commit();
}

absl::StatusOr<std::vector<uint8_t>>
writeProgramToMemory(const Program &program, const ConstantSource &constants) {
  std::vector<uint8_t> memory;
  Target target{[&](absl::Span<const uint8_t> bytes) {
                  memory.insert(memory.end(), bytes.begin(), bytes.end());
                  return absl::OkStatus();
                },
                [&](uint64_t offset, absl::Span<const uint8_t> bytes) {
                  std::copy(bytes.begin(), bytes.end(),
                            memory.begin() + static_cast<ptrdiff_t>(offset));
                  return absl::OkStatus();
                }};
  if (absl::Status status = Writer(program, constants, target).run();
      !status.ok())
    return status;
  return memory;
}

} // namespace tilicho
