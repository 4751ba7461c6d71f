// SPDX-License-Identifier: Apache-2.0
// Fills in a program from an isa.program.
#include "lib/Target/BuildProgram.h"

#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Target/ConstantBytes.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

static Segment::Kind kindOf(StringRef kind) {
  return llvm::StringSwitch<Segment::Kind>(kind)
      .Case("input", Segment::Kind::Input)
      .Case("output", Segment::Kind::Output)
      .Case("constant", Segment::Kind::Constant)
      .Default(Segment::Kind::Scratch);
}

namespace {

class Encoder {
public:
  explicit Encoder(BuiltProgram &built)
      : built(built), program(built.program) {}

  LogicalResult addSegment(ir::isa::SegmentOp op) {
    auto tensor = dyn_cast<RankedTensorType>(op.getTensor());
    std::optional<isa::DType> dtype =
        tensor ? tile::toDType(tensor.getElementType()) : std::nullopt;
    if (!dtype || !tensor.hasStaticShape())
      return op.emitOpError() << "cannot hold " << op.getTensor();
    Segment segment;
    segment.kind = kindOf(op.getKind());
    segment.name = op.getName().str();
    segment.dtype = *dtype;
    segment.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
    segment.bytes = tensor.getNumElements() * isa::sizeOf(*dtype);
    if (auto name = op->getAttrOfType<StringAttr>("onnx.value"))
      program.values.push_back(dumpPoint(name.getValue(), segment));
    program.segments.push_back(std::move(segment));
    built.segments.push_back(op);
    return success();
  }

  void addQueue(ir::isa::QueueOp op) {
    std::vector<uint8_t> &bytes = built.streams.emplace_back();
    QueueCode queue;
    queue.name = op.getName().str();
    for (auto instruction :
         op.getBody().getOps<ir::isa::InstructionInterface>()) {
      uint32_t node = numberNode(instruction->getLoc());
      uint32_t number = bytes.size() / isa::kInstructionBytes;
      if (queue.nodeMap.empty() || queue.nodeMap.back().node != node)
        queue.nodeMap.push_back({number, node});
      bytes.resize(bytes.size() + isa::kInstructionBytes);
      instruction.encodeTo(&bytes[size_t(number) * isa::kInstructionBytes]);
    }
    queue.bytes = bytes;
    program.queues.push_back(std::move(queue));
  }

private:
  /// A value that lies in the next segment until the end of the run.
  DumpPoint dumpPoint(StringRef name, const Segment &segment) {
    DumpPiece piece;
    piece.place = program.segments.size();
    int64_t step = 1;
    for (int64_t extent : llvm::reverse(segment.shape)) {
      piece.dims.push_back(
          {extent, step, 0, step * int64_t(isa::sizeOf(segment.dtype))});
      step *= extent;
    }
    return {name.str(), segment.dtype, segment.shape, {piece}};
  }

  uint32_t numberNode(Location location) {
    auto name = dyn_cast<NameLoc>(location);
    if (!name || name.getName().empty())
      return NodeRun::noNode;
    auto [at, isNew] = nodes.try_emplace(name.getName(), program.nodes.size());
    if (isNew)
      program.nodes.push_back(name.getName().str());
    return at->second;
  }

  BuiltProgram &built;
  Program &program;
  llvm::StringMap<uint32_t> nodes;
};

} // namespace

ConstantSource BuiltProgram::constants() const {
  return [this](uint32_t number, const ByteSink &sink) {
    ir::isa::SegmentOp op = segments[number];
    return writeConstant(op.getValueAttr(), op.getStepsAttr(), sink);
  };
}

FailureOr<std::unique_ptr<BuiltProgram>> buildProgram(ModuleOp module,
                                                      const Machine &machine) {
  auto programs = module.getOps<ir::isa::ProgramOp>();
  if (!llvm::hasSingleElement(programs))
    return module.emitError("expected exactly one isa.program");
  auto built = std::make_unique<BuiltProgram>();
  built->program.machine = machine;
  Encoder encoder(*built);
  ir::isa::ProgramOp program = *programs.begin();
  for (auto segment : program.getBody().getOps<ir::isa::SegmentOp>())
    if (failed(encoder.addSegment(segment)))
      return failure();
  for (auto queue : program.getBody().getOps<ir::isa::QueueOp>())
    encoder.addQueue(queue);
  if (auto figures = program->getAttrOfType<DictionaryAttr>("figures"))
    for (NamedAttribute figure : figures)
      if (auto value = dyn_cast<IntegerAttr>(figure.getValue()))
        built->program.figures[figure.getName().str()] = value.getInt();
  return built;
}

} // namespace tilicho::compiler
