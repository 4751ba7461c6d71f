// SPDX-License-Identifier: Apache-2.0
// Reads a program file that nobody vouches for.
#include "runtime/Program/Load.h"
#include "runtime/Program/Crc32c.h"
#include "runtime/Program/FileFormat.h"
#include "runtime/Program/MappedFile.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/Program/Program_generated.h"

#include <algorithm>
#include <type_traits>

namespace tilicho {
namespace {

using Bytes = absl::Span<const uint8_t>;

template <class... Args> absl::Status damaged(const Args &...args) {
  return absl::DataLossError(
      absl::StrCat(args..., "; the file is damaged: compile the model again"));
}

absl::Status checkCrc(absl::string_view what, uint32_t found, uint32_t wanted) {
  if (found == wanted)
    return absl::OkStatus();
  return damaged(what, " has checksum ", absl::StrFormat("%08x", found),
                 ", but the file says ", absl::StrFormat("%08x", wanted));
}

//===--- Preamble and header ----------------------------------------------===//

absl::Status checkPreamble(Bytes bytes, file::Preamble &preamble) {
  if (bytes.size() < sizeof(preamble) ||
      std::memcmp(bytes.data(), file::magic, sizeof(file::magic)) != 0)
    return absl::InvalidArgumentError(
        absl::StrCat("not a Tilicho program: ", bytes.size(),
                     " bytes without its magic number"));
  std::memcpy(&preamble, bytes.data(), sizeof(preamble));
  if (preamble.version != file::formatVersion)
    return absl::InvalidArgumentError(
        absl::StrCat("program file has format version ", preamble.version,
                     ", but this runtime reads ", file::formatVersion,
                     "; compile the model again"));
  uint32_t wanted = preamble.crc;
  preamble.crc = 0;
  uint32_t found =
      crc32c({reinterpret_cast<const uint8_t *>(&preamble), sizeof(preamble)});
  if (absl::Status status = checkCrc("the preamble", found, wanted);
      !status.ok())
    return status;
  if (preamble.fileBytes != bytes.size())
    return damaged("the file has ", bytes.size(), " bytes, but says ",
                   preamble.fileBytes);
  return absl::OkStatus();
}

absl::StatusOr<const file::Header *> readHeader(Bytes bytes) {
  file::Preamble preamble;
  if (absl::Status status = checkPreamble(bytes, preamble); !status.ok())
    return status;
  const uint64_t start = sizeof(preamble);
  if (preamble.headerBytes > bytes.size() - start)
    return damaged("the header ends outside the file");
  uint64_t end = std::min<uint64_t>(
      bytes.size(),
      file::roundUp(start + preamble.headerBytes, file::pageBytes));
  if (absl::Status status =
          checkCrc("the header", crc32c(bytes.subspan(start, end - start)),
                   preamble.headerCrc);
      !status.ok())
    return status;
  flatbuffers::Verifier verifier(bytes.data() + start, preamble.headerBytes);
  if (!file::VerifyHeaderBuffer(verifier))
    return damaged("the header is no FlatBuffer of its schema");
  return file::GetHeader(bytes.data() + start);
}

//===--- Sections ---------------------------------------------------------===//

/// The sections' bytes, in the order of the header.
absl::StatusOr<std::vector<Bytes>> readSections(Bytes bytes,
                                                const file::Header &header) {
  std::vector<Bytes> all;
  if (header.sections()->size() != header.queues()->size() + 1)
    return damaged("there are ", header.sections()->size(), " sections for ",
                   header.queues()->size(), " queues");
  for (const file::Section *section : *header.sections()) {
    const std::string name = section->name()->str();
    if (section->offset() % file::pageBytes != 0 ||
        section->offset() > bytes.size() ||
        section->bytes() > bytes.size() - section->offset())
      return damaged("section ", name, " lies outside the file");
    uint64_t padded = std::min(file::roundUp(section->bytes(), file::pageBytes),
                               bytes.size() - section->offset());
    if (absl::Status status =
            checkCrc(absl::StrCat("section ", name),
                     crc32c(bytes.subspan(section->offset(), padded)),
                     section->crc32c());
        !status.ok())
      return status;
    all.push_back(bytes.subspan(section->offset(), section->bytes()));
  }
  return all;
}

//===--- From the header's tables -----------------------------------------===//

absl::StatusOr<Machine> readMachine(const file::Header &header) {
  const std::string text = header.machine()->str();
  Sha256 digest = sha256(text);
  const flatbuffers::Vector<uint8_t> &stored = *header.machine_hash();
  if (stored.size() != digest.size() ||
      !std::equal(digest.begin(), digest.end(), stored.begin()))
    return damaged("the machine's description has hash ", toHex(digest),
                   ", which is not the one in the file");
  return deserializeMachine(text);
}

/// The verifier looks at where a vector begins, not at its elements; where
/// there are none, no place is odd.
template <class Element>
absl::Status checkPlace(absl::string_view what,
                        const flatbuffers::Vector<Element> &stored) {
  using Stored = std::remove_const_t<std::remove_pointer_t<Element>>;
  if (stored.size() == 0 ||
      reinterpret_cast<uintptr_t>(stored.Data()) % alignof(Stored) == 0)
    return absl::OkStatus();
  return damaged(what, " in the header lies at an odd place");
}

absl::Status readShape(const flatbuffers::Vector<int64_t> &stored,
                       std::vector<int64_t> &shape) {
  if (absl::Status status = checkPlace("a shape", stored); !status.ok())
    return status;
  shape.assign(stored.begin(), stored.end());
  return absl::OkStatus();
}

absl::Status readSegments(const file::Header &header, Bytes constants,
                          Program &program) {
  for (const file::Segment *stored : *header.segments()) {
    Segment segment;
    segment.kind = static_cast<Segment::Kind>(stored->kind());
    segment.name = stored->name()->str();
    segment.dtype = static_cast<isa::DType>(stored->dtype());
    if (absl::Status status = readShape(*stored->shape(), segment.shape);
        !status.ok())
      return status;
    segment.bytes = stored->bytes();
    segment.fileOffset = stored->offset();
    segment.updates = stored->updates();
    segment.rows = stored->rows();
    segment.rowsDimension = stored->rows_dimension();
    if (segment.kind == Segment::Kind::Constant) {
      if (segment.fileOffset % file::constantAlignment != 0 ||
          segment.fileOffset > constants.size() ||
          segment.bytes > constants.size() - segment.fileOffset)
        return damaged("constant ", segment.name, " lies outside its section");
      segment.data = constants.data() + segment.fileOffset;
    }
    program.segments.push_back(std::move(segment));
  }
  return absl::OkStatus();
}

void readQueues(const file::Header &header, const std::vector<Bytes> &sections,
                Program &program) {
  for (size_t i = 0; i < header.queues()->size(); ++i) {
    const file::Queue &stored = *header.queues()->Get(i);
    QueueCode queue;
    queue.name = stored.name()->str();
    queue.bytes = sections[i];
    for (const file::NodeRun *run : *stored.node_map())
      queue.nodeMap.push_back({run->first(), run->node()});
    program.queues.push_back(std::move(queue));
  }
}

absl::Status readPiece(const file::DumpPiece &stored, DumpPiece &piece) {
  if (absl::Status status = checkPlace("a value's place", *stored.dims());
      !status.ok())
    return status;
  piece.space = static_cast<isa::Space>(stored.space());
  piece.place = stored.place();
  piece.offset = stored.offset();
  piece.firstElement = stored.first_element();
  for (const file::DumpDim *dim : *stored.dims())
    piece.dims.push_back({dim->count(), dim->value_step(),
                          dim->partition_step(), dim->byte_step()});
  piece.queue = stored.queue();
  piece.instruction = stored.instruction();
  piece.occurrence = stored.occurrence();
  return absl::OkStatus();
}

absl::Status readValues(const file::Header &header, Program &program) {
  for (const file::DumpPoint *stored : *header.values()) {
    DumpPoint value;
    value.name = stored->name()->str();
    value.dtype = static_cast<isa::DType>(stored->dtype());
    if (absl::Status status = readShape(*stored->shape(), value.shape);
        !status.ok())
      return status;
    for (const file::DumpPiece *piece : *stored->pieces())
      if (absl::Status status = readPiece(*piece, value.pieces.emplace_back());
          !status.ok())
        return status;
    program.values.push_back(std::move(value));
  }
  for (const flatbuffers::String *name : *header.fused_values())
    program.fusedValues.push_back(name->str());
  return absl::OkStatus();
}

using StoredFigures = flatbuffers::Vector<flatbuffers::Offset<file::Figure>>;

Figures readFigures(const StoredFigures &stored) {
  Figures figures;
  for (const file::Figure *figure : stored)
    figures[figure->key()->str()] = figure->value();
  return figures;
}

absl::Status readAll(Bytes bytes, Program &program) {
  absl::StatusOr<const file::Header *> header = readHeader(bytes);
  if (!header.ok())
    return header.status();
  absl::StatusOr<std::vector<Bytes>> sections = readSections(bytes, **header);
  if (!sections.ok())
    return sections.status();
  absl::StatusOr<Machine> machine = readMachine(**header);
  if (!machine.ok())
    return machine.status();
  program.machine = std::move(*machine);
  if (absl::Status status = readSegments(**header, sections->back(), program);
      !status.ok())
    return status;
  readQueues(**header, *sections, program);
  for (const flatbuffers::String *node : *(*header)->nodes())
    program.nodes.push_back(node->str());
  if (absl::Status status = readValues(**header, program); !status.ok())
    return status;
  program.compilerVersion = (*header)->compiler_version()->str();
  program.flags = (*header)->flags()->str();
  program.figures = readFigures(*(*header)->figures());
  for (const file::NodeFigures *node : *(*header)->node_figures())
    program.figuresByNode[node->node()->str()] = readFigures(*node->figures());
  return verifyProgram(program);
}

} // namespace

absl::StatusOr<std::unique_ptr<Program>>
loadProgram(absl::Span<const uint8_t> bytes, std::shared_ptr<const void> owner,
            absl::string_view name) {
  auto program = std::make_unique<Program>();
  program->storage = std::move(owner);
  absl::Status status = readAll(bytes, *program);
  if (status.ok())
    return program;
  return absl::Status(status.code(),
                      absl::StrCat(name, ": ", status.message()));
}

AlignedCopy allocateAligned(size_t size) {
  // Room to start at a multiple of the alignment.
  std::shared_ptr<uint8_t[]> owner(new uint8_t[size + programAlignment]());
  auto start = reinterpret_cast<uint64_t>(owner.get());
  const uint8_t *aligned =
      owner.get() + (file::roundUp(start, programAlignment) - start);
  return {{aligned, size}, owner};
}

AlignedCopy copyAligned(absl::Span<const uint8_t> bytes) {
  AlignedCopy copy = allocateAligned(bytes.size());
  std::copy(bytes.begin(), bytes.end(),
            const_cast<uint8_t *>(copy.bytes.data()));
  return copy;
}

absl::StatusOr<std::unique_ptr<Program>>
loadProgramCopy(absl::Span<const uint8_t> bytes, absl::string_view name) {
  AlignedCopy copy = copyAligned(bytes);
  return loadProgram(copy.bytes, copy.owner, name);
}

absl::StatusOr<std::unique_ptr<Program>> loadProgram(const std::string &path) {
  absl::StatusOr<MappedFile> file = mapFile(path);
  if (!file.ok())
    return file.status();
  return loadProgram(file->bytes, file->owner, path);
}

} // namespace tilicho
