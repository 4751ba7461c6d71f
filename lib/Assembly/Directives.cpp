// SPDX-License-Identifier: Apache-2.0
// What lines that begin with a dot declare.
#include "lib/Assembly/Assembler.h"
#include "lib/Assembly/Literals.h"
#include "lib/Assembly/MachineText.h"
#include "lib/MachineFile/MachineFile.h"
#include "runtime/Isa/Concat.h"
#include "runtime/Program/MappedFile.h"

#include <filesystem>
#include <limits>

namespace tilicho::compiler {

static constexpr int64_t anyLarge = std::numeric_limits<int64_t>::max();

Assembler::Directive Assembler::findDirective(std::string_view name) {
  static const std::map<std::string_view, Directive> all = {
      {"compiler", &Assembler::compilerVersion},
      {"figure", &Assembler::figure},
      {"flags", &Assembler::flags},
      {"fused_value", &Assembler::fusedValue},
      {"machine", &Assembler::machine},
      {"node", &Assembler::node},
      {"node_figure", &Assembler::nodeFigure},
      {"nodes", &Assembler::nodes},
      {"piece", &Assembler::piece},
      {"queue", &Assembler::queue},
      {"segment", &Assembler::segment},
      {"set", &Assembler::setField},
      {"value", &Assembler::value},
  };
  auto it = all.find(name);
  return it == all.end() ? nullptr : it->second;
}

void Assembler::directive() {
  cursor.expect(".");
  Directive handler = findDirective(cursor.lexer.peek().text);
  if (!handler)
    cursor.fail(
        concat("no directive is called '.", cursor.lexer.peek().text, "'"));
  cursor.lexer.next();
  (this->*handler)();
  cursor.expectLineEnd();
}

//===-- Machine and origin ------------------------------------------------===//

void Assembler::machine() {
  machineOffset = cursor.offset();
  std::string name = cursor.restOfLine();
  if (name.size() > 1 && name[0] == '"')
    name = isa::unquote(name);
  absl::StatusOr<Machine> found = readMachine(name);
  if (!found.ok())
    throw isa::AssemblyError{machineOffset,
                             std::string(found.status().message())};
  machineText = serialize(*found);
}

void Assembler::setField() {
  size_t offset = cursor.offset();
  std::string setting = cursor.restOfLine();
  size_t equals = setting.find('=');
  if (equals == std::string::npos)
    throw isa::AssemblyError{offset, "expected PATH=VALUE"};
  if (machineText.empty())
    machineText = serialize(Machine());
  std::string field = setting.substr(0, equals);
  if (!changeField(machineText, setting))
    throw isa::AssemblyError{offset,
                             concat("the machine has no field '", field, "'")};
  fieldOffsets[field] = offset;
}

void Assembler::compilerVersion() {
  program->compilerVersion = cursor.name("the compiler's version");
}

void Assembler::flags() { program->flags = cursor.name("the options"); }

//===-- Nodes -------------------------------------------------------------===//

void Assembler::nodes() {
  do {
    std::string name = cursor.name("a node's name");
    nodeByName.try_emplace(name, uint32_t(program->nodes.size()));
    program->nodes.push_back(name);
  } while (cursor.consume(","));
}

uint32_t Assembler::nodeIndex(const std::string &name) {
  auto [it, isNew] =
      nodeByName.try_emplace(name, uint32_t(program->nodes.size()));
  if (isNew)
    program->nodes.push_back(name);
  return it->second;
}

uint32_t Assembler::numberedNode() {
  size_t offset = cursor.offset();
  int64_t node = cursor.integer("node", 0, UINT32_MAX);
  if (node < int64_t(program->nodes.size()))
    return uint32_t(node);
  throw isa::AssemblyError{offset,
                           concat("there is no node ", node, "; .nodes names ",
                                  program->nodes.size())};
}

void Assembler::node() {
  if (!code)
    cursor.fail(".node before the first .queue");
  NodeRun run{uint32_t(code->size() / isa::kInstructionBytes), NodeRun::noNode};
  if (cursor.lexer.peek().kind == isa::TokenKind::Number)
    run.node = numberedNode();
  else if (!cursor.lexer.isAtLineEnd())
    run.node = nodeIndex(cursor.name("a node's name"));
  std::vector<NodeRun> &runs = program->queues.back().nodeMap;
  if (!runs.empty() && runs.back().first == run.first)
    runs.pop_back();
  runs.push_back(run);
}

//===-- Segments ----------------------------------------------------------===//

static Segment::Kind readKind(Cursor &cursor) {
  for (auto kind : {Segment::Kind::Input, Segment::Kind::Output,
                    Segment::Kind::Constant, Segment::Kind::Scratch})
    if (cursor.consume(kindName(kind)))
      return kind;
  cursor.failExpecting("input, output, constant or scratch");
}

void Assembler::segment() {
  Segment segment;
  segment.kind = readKind(cursor);
  segment.name = cursor.name("the segment's name");
  // Known from here on, so that an error behind it brings no others.
  names.addSegment(segment.name);
  segment.dtype = cursor.dtype();
  size_t offset = cursor.offset();
  segment.shape = cursor.shape();
  segment.bytes = isa::sizeOf(segment.dtype);
  for (int64_t size : segment.shape)
    if (__builtin_mul_overflow(segment.bytes, uint64_t(size), &segment.bytes))
      throw isa::AssemblyError{offset, "the tensor has more than 2^64 bytes"};
  if (cursor.consume("bytes"))
    segment.bytes =
        uint64_t(cursor.integer("bytes", int64_t(segment.bytes), anyLarge));
  if (cursor.consume("updates"))
    segment.updates = earlierSegment(Segment::Kind::Input);
  if (cursor.consume("rows")) {
    segment.rows = earlierSegment(Segment::Kind::Scratch);
    if (cursor.consume("along"))
      segment.rowsDimension = uint32_t(cursor.integer("dimension", 0, 255));
  }
  if (segment.kind == Segment::Kind::Constant)
    segmentData(segment);
  program->segments.push_back(segment);
}

/// The position of a segment of a kind that stands before.
uint32_t Assembler::earlierSegment(Segment::Kind kind) {
  size_t offset = cursor.offset();
  std::string name =
      cursor.name(concat("the name of the ", kindName(kind)).c_str());
  for (size_t i = 0; i < program->segments.size(); ++i)
    if (program->segments[i].kind == kind && program->segments[i].name == name)
      return uint32_t(i);
  throw isa::AssemblyError{offset,
                           concat("no ", kindName(kind), " is named ", name)};
}

void Assembler::segmentData(Segment &segment) {
  cursor.expect("=");
  if (cursor.consume("file"))
    return fileData(segment);
  size_t offset = cursor.offset();
  std::vector<uint8_t> bytes = cursor.consume("hex")
                                   ? readHex(cursor)
                                   : readNumbers(cursor, segment.dtype);
  if (bytes.size() != segment.bytes)
    throw isa::AssemblyError{offset,
                             concat("the data has ", bytes.size(),
                                    " bytes, but the segment ", segment.bytes)};
  segment.data = storage->blocks.emplace_back(std::move(bytes)).data();
}

void Assembler::fileData(Segment &segment) {
  size_t offset = cursor.offset();
  if (cursor.lexer.peek().kind != isa::TokenKind::String)
    cursor.failExpecting("a file's path in quotes");
  std::string file = isa::unquote(cursor.lexer.next().text);
  int64_t from = 0;
  if (cursor.consume(","))
    from = cursor.integer("offset", 0, anyLarge);
  // Beside the text, unless it is absolute.
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  absl::StatusOr<MappedFile> mapped = mapFile((folder / file).string());
  if (!mapped.ok())
    throw isa::AssemblyError{offset, std::string(mapped.status().message())};
  if (mapped->bytes.size() < uint64_t(from) ||
      mapped->bytes.size() - uint64_t(from) < segment.bytes)
    throw isa::AssemblyError{offset,
                             concat("'", file, "' has ", mapped->bytes.size(),
                                    " bytes, but ", segment.bytes,
                                    " from byte ", from, " on are needed")};
  segment.data = mapped->bytes.data() + from;
  storage->files.push_back(mapped->owner);
}

//===-- Queues ------------------------------------------------------------===//

void Assembler::queue() {
  finishQueue();
  size_t offset = cursor.offset();
  std::string name = cursor.word("a queue");
  std::optional<isa::QueueKind> found = isa::queueKindOf(name);
  scanLabels();
  kind = found.value_or(isa::QueueKind::sync);
  program->queues.push_back({name, {}, {}});
  code = &storage->blocks.emplace_back();
  if (!found)
    throw isa::AssemblyError{
        offset,
        concat("no queue is called '", name,
               "'; there are pe, act, vec, pool, sync and dma0, dma1, ...")};
}

//===-- Values and figures ------------------------------------------------===//

void Assembler::value() {
  DumpPoint point;
  point.name = cursor.name("the value's name");
  point.dtype = cursor.dtype();
  point.shape = cursor.shape();
  program->values.push_back(std::move(point));
}

void Assembler::fusedValue() {
  program->fusedValues.push_back(cursor.name("the value's name"));
}

void Assembler::pieceDims(DumpPiece &piece) {
  constexpr int64_t least = std::numeric_limits<int64_t>::min();
  cursor.expect("[");
  if (cursor.consume("]"))
    return;
  do {
    DumpDim dim;
    cursor.expect("(");
    dim.count = cursor.integer("count", 0, anyLarge);
    cursor.expect(",");
    dim.valueStep = cursor.integer("step", least, anyLarge);
    cursor.expect(",");
    dim.partitionStep =
        int32_t(cursor.integer("partitions", INT32_MIN, INT32_MAX));
    cursor.expect(",");
    dim.byteStep = cursor.integer("bytes", least, anyLarge);
    cursor.expect(")");
    piece.dims.push_back(dim);
  } while (cursor.consume(","));
  cursor.expect("]");
}

uint32_t Assembler::queueIndex() {
  size_t offset = cursor.offset();
  std::string name = cursor.word("a queue");
  for (size_t index = 0; index < program->queues.size(); ++index)
    if (program->queues[index].name == name)
      return uint32_t(index);
  throw isa::AssemblyError{offset, concat("there is no queue '", name, "'")};
}

void Assembler::piece() {
  if (program->values.empty())
    cursor.fail(".piece before the first .value");
  DumpPiece piece;
  std::optional<isa::Space> space =
      isa::parse<isa::Space>(cursor.lexer.peek().text);
  if (!space || *space == isa::Space::None)
    cursor.failExpecting("sbuf, psum or hbm");
  cursor.lexer.next();
  piece.space = *space;
  cursor.expect("[");
  piece.place = uint16_t(cursor.integer("place", 0, UINT16_MAX));
  cursor.expect(",");
  piece.offset = uint64_t(cursor.integer("offset", 0, anyLarge));
  cursor.expect("]");
  cursor.expect("first");
  piece.firstElement = cursor.integer("element", 0, anyLarge);
  cursor.expect("dims");
  pieceDims(piece);
  if (cursor.consume("after")) {
    piece.queue = queueIndex();
    piece.instruction = uint32_t(cursor.integer("instruction", 0, UINT32_MAX));
    piece.occurrence = uint32_t(cursor.integer("occurrence", 0, UINT32_MAX));
  }
  program->values.back().pieces.push_back(std::move(piece));
}

void Assembler::figure() {
  std::string key = cursor.name("a key");
  program->figures[key] = cursor.real("a number");
}

void Assembler::nodeFigure() {
  Figures &figures = program->figuresByNode[cursor.name("a node's name")];
  if (cursor.lexer.isAtLineEnd())
    return;
  std::string key = cursor.name("a key");
  figures[key] = cursor.real("a number");
}

} // namespace tilicho::compiler
