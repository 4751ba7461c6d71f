// SPDX-License-Identifier: Apache-2.0
// Writes programs as assembly text.
#include "lib/Assembly/Disassemble.h"

#include "lib/Assembly/Literals.h"
#include "lib/Assembly/MachineText.h"
#include "lib/Assembly/ProgramNames.h"
#include "runtime/Program/AtomicFile.h"

#include <charconv>
#include <iostream>

namespace tilicho::compiler {

namespace {
class Disassembler {
public:
  Disassembler(const Program &program, const DisassembleOptions &options,
               std::ostream &out)
      : program(program), options(options), out(out) {}
  void run();

private:
  void summary();
  void machine();
  void nodes();
  void segments();
  void segment(const Segment &segment);
  void constant(const Segment &segment);
  void queue(const QueueCode &queue);
  void values();
  void piece(const DumpPiece &piece);
  void figures();
  std::string nodeRef(uint32_t node) const;
  /// ` at ` and the byte of the file, if there is one.
  std::string place(const uint8_t *bytes) const;

  const Program &program;
  const DisassembleOptions &options;
  std::ostream &out;
  ProgramNames names;
  std::map<std::string_view, uint32_t> firstNode;
};
} // namespace

static std::string number(double value) {
  char digits[40];
  auto end = std::to_chars(digits, digits + sizeof digits, value);
  return std::string(digits, end.ptr);
}

static std::string shapeList(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (int64_t size : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

void Disassembler::summary() {
  uint64_t bytes[4] = {};
  for (const Segment &segment : program.segments)
    bytes[size_t(segment.kind)] += segment.bytes;
  out << "// machine " << program.machine.name << ", "
      << program.segments.size() << " segments: " << bytes[0]
      << " bytes of inputs, " << bytes[1] << " of outputs, " << bytes[2]
      << " of constants, " << bytes[3] << " of scratch\n";
  for (const QueueCode &queue : program.queues)
    out << "// queue " << queue.name << ": " << queue.numInstructions()
        << " instructions, " << queue.bytes.size() << " bytes"
        << place(queue.bytes.data()) << "\n";
}

std::string Disassembler::place(const uint8_t *bytes) const {
  if (options.fileBytes.empty())
    return "";
  return " at " + std::to_string(bytes - options.fileBytes.data());
}

void Disassembler::machine() {
  MachineText text = describeMachine(program.machine);
  if (!text.base.empty())
    out << ".machine " << text.base << "\n";
  for (const std::string &setting : text.settings)
    out << ".set " << setting << "\n";
  if (!program.compilerVersion.empty())
    out << ".compiler " << isa::quote(program.compilerVersion) << "\n";
  if (!program.flags.empty())
    out << ".flags " << isa::quote(program.flags) << "\n";
}

void Disassembler::nodes() {
  for (size_t node = 0; node < program.nodes.size(); ++node) {
    firstNode.try_emplace(program.nodes[node], uint32_t(node));
    out << ".nodes " << isa::quote(program.nodes[node]) << "\n";
  }
}

std::string Disassembler::nodeRef(uint32_t node) const {
  if (node == NodeRun::noNode)
    return "";
  const std::string &name = program.nodes[node];
  if (firstNode.find(name)->second == node)
    return " " + isa::quote(name);
  return " " + std::to_string(node);
}

void Disassembler::constant(const Segment &segment) {
  out << " = ";
  if (options.fileBytes.empty() || segment.bytes <= options.inlineBytes) {
    out << "hex \"" << hexDigits(segment.data, segment.bytes) << "\"";
    return;
  }
  out << "file " << isa::quote(options.path) << ", "
      << segment.data - options.fileBytes.data();
}

void Disassembler::segment(const Segment &segment) {
  out << ".segment " << kindName(segment.kind) << " " << nameText(segment.name)
      << " " << isa::nameOf(segment.dtype) << " " << shapeList(segment.shape);
  uint64_t least = isa::sizeOf(segment.dtype);
  for (int64_t size : segment.shape)
    least *= uint64_t(size);
  if (segment.bytes != least)
    out << " bytes " << segment.bytes;
  if (segment.updates != Segment::updatesNothing)
    out << " updates " << nameText(program.segments[segment.updates].name);
  if (segment.rows != Segment::rowsAreFixed)
    out << " rows " << nameText(program.segments[segment.rows].name);
  if (segment.rowsDimension != 0)
    out << " along " << segment.rowsDimension;
  if (segment.kind == Segment::Kind::Constant)
    constant(segment);
  out << " // " << &segment - program.segments.data() << "\n";
}

void Disassembler::segments() {
  for (const Segment &item : program.segments) {
    names.addSegment(item.name);
    segment(item);
  }
}

void Disassembler::queue(const QueueCode &queue) {
  out << "\n.queue " << queue.name << "\n";
  std::set<int> targets = branchTargets(queue);
  auto run = queue.nodeMap.begin();
  std::string indent = "  ";
  for (uint32_t index = 0; index < queue.numInstructions(); ++index) {
    const uint8_t *bytes = queue.instruction(index);
    isa::Opcode opcode = isa::Opcode(bytes[0]);
    if (run != queue.nodeMap.end() && run->first == index)
      out << ".node" << nodeRef((run++)->node) << " // " << index << "\n";
    if (targets.count(int(index)))
      out << names.label(int(index)) << ":\n";
    if (opcode == isa::Opcode::end_loop && indent.size() > 2)
      indent.resize(indent.size() - 2);
    out << indent << isa::printInstruction(bytes, names) << "\n";
    if (opcode == isa::Opcode::loop)
      indent += "  ";
  }
  if (targets.count(int(queue.numInstructions())))
    out << names.label(int(queue.numInstructions())) << ":\n";
}

void Disassembler::piece(const DumpPiece &piece) {
  out << ".piece " << isa::nameOf(piece.space) << "[" << piece.place << ", "
      << piece.offset << "] first " << piece.firstElement << " dims [";
  for (const DumpDim &dim : piece.dims)
    out << (&dim == piece.dims.data() ? "(" : ", (") << dim.count << ", "
        << dim.valueStep << ", " << dim.partitionStep << ", " << dim.byteStep
        << ")";
  out << "]";
  if (piece.queue != DumpPiece::atEnd)
    out << " after " << program.queues[piece.queue].name << " "
        << piece.instruction << " " << piece.occurrence;
  out << "\n";
}

void Disassembler::values() {
  for (const DumpPoint &point : program.values) {
    out << "\n.value " << isa::quote(point.name) << " "
        << isa::nameOf(point.dtype) << " " << shapeList(point.shape) << "\n";
    for (const DumpPiece &item : point.pieces)
      piece(item);
  }
  if (!program.fusedValues.empty())
    out << "\n";
  for (const std::string &name : program.fusedValues)
    out << ".fused_value " << isa::quote(name) << "\n";
}

void Disassembler::figures() {
  if (!program.figures.empty() || !program.figuresByNode.empty())
    out << "\n";
  for (const auto &[key, value] : program.figures)
    out << ".figure " << nameText(key) << " " << number(value) << "\n";
  for (const auto &[node, figures] : program.figuresByNode) {
    if (figures.empty())
      out << ".node_figure " << isa::quote(node) << "\n";
    for (const auto &[key, value] : figures)
      out << ".node_figure " << isa::quote(node) << " " << nameText(key) << " "
          << number(value) << "\n";
  }
}

void Disassembler::run() {
  summary();
  machine();
  nodes();
  segments();
  if (options.headerOnly)
    return;
  for (const QueueCode &item : program.queues)
    if (options.queue.empty() || options.queue == item.name)
      queue(item);
  values();
  figures();
}

void disassemble(const Program &program, const DisassembleOptions &options,
                 std::ostream &out) {
  Disassembler(program, options, out).run();
}

namespace {
/// Text on its way to a file, block by block.
class FileText final : public std::streambuf {
public:
  explicit FileText(AtomicFile &file) : file(file) {
    setp(std::begin(block), std::end(block));
  }

  /// The first failure to write.
  absl::Status status;

protected:
  int sync() override {
    if (status.ok())
      status = file.append(absl::string_view(pbase(), pptr() - pbase()));
    setp(std::begin(block), std::end(block));
    return status.ok() ? 0 : -1;
  }
  int overflow(int next) override {
    if (sync() != 0)
      return traits_type::eof();
    if (next != traits_type::eof())
      sputc(traits_type::to_char_type(next));
    return traits_type::not_eof(next);
  }

private:
  AtomicFile &file;
  char block[1 << 16];
};
} // namespace

absl::Status disassembleTo(const std::string &path, const Program &program,
                           const DisassembleOptions &options) {
  if (!options.queue.empty() && !program.findQueue(options.queue))
    return absl::NotFoundError("program has no queue '" + options.queue + "'");
  if (path == "-") {
    disassemble(program, options, std::cout);
    return std::cout.flush()
               ? absl::OkStatus()
               : absl::UnavailableError("cannot write to standard output");
  }
  absl::StatusOr<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  FileText text(**file);
  std::ostream out(&text);
  disassemble(program, options, out);
  out.flush();
  return text.status.ok() ? (*file)->commit() : text.status;
}

} // namespace tilicho::compiler
