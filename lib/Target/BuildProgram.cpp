// SPDX-License-Identifier: Apache-2.0
// Fills in a program from an isa.program.
#include "lib/Target/BuildProgram.h"

#include "dialects/Onnx/IR/ValueNames.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Target/ConstantBytes.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
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
    if (auto input = op->getAttrOfType<StringAttr>("updates"))
      segment.updates = findSegment(Segment::Kind::Input, input);
    if (auto rows = op->getAttrOfType<StringAttr>("rows"))
      segment.rows = findSegment(Segment::Kind::Scratch, rows);
    if (auto dimension = op->getAttrOfType<IntegerAttr>("rows_dimension"))
      segment.rowsDimension = dimension.getInt();
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

  LogicalResult addValue(ir::isa::ValueOp op) {
    DumpPoint &point = pointOf(op.getName(), op.getTensor());
    auto space = isa::parse<isa::Space>(std::string_view(op.getSpace()));
    if (!space)
      return op.emitOpError() << "is in the unknown memory " << op.getSpace();
    DumpPiece piece;
    piece.space = *space;
    piece.place = op.getPlace();
    piece.offset = op.getOffset();
    piece.firstElement = op.getFirst();
    for (auto [count, value, partition, byte] :
         llvm::zip(op.getCounts(), op.getValueSteps(), op.getPartitionSteps(),
                   op.getByteSteps()))
      piece.dims.push_back({count, value, int32_t(partition), byte});
    if (op.getQueue() && failed(setMoment(op, piece)))
      return failure();
    // Of no elements there is nothing to see.
    if (!llvm::is_contained(op.getCounts(), 0))
      point.pieces.push_back(std::move(piece));
    return success();
  }

  /// Values that the model does not name are of the compiler's making; those
  /// that the program does not hold are noted by name.
  void restrictTo(ArrayAttr names) {
    llvm::StringSet<> known, outputs;
    for (Attribute name : names)
      known.insert(cast<StringAttr>(name));
    for (const Segment &segment : program.segments)
      if (segment.kind == Segment::Kind::Output)
        outputs.insert(segment.name);
    llvm::erase_if(program.values, [&](const DumpPoint &point) {
      return !known.contains(point.name);
    });
    for (Attribute attr : names) {
      StringRef name = cast<StringAttr>(attr);
      if (!points.contains(name) && !outputs.contains(name))
        program.fusedValues.push_back(name.str());
    }
  }

private:
  /// The position of an input; inputs stand before outputs.
  /// All bits set where there is none.
  uint32_t findSegment(Segment::Kind kind, StringRef name) const {
    for (auto [index, segment] : llvm::enumerate(program.segments))
      if (segment.kind == kind && segment.name == name.str())
        return index;
    return ~0u;
  }

  LogicalResult setMoment(ir::isa::ValueOp op, DumpPiece &piece) {
    auto queue = llvm::find_if(program.queues, [&](const QueueCode &code) {
      return code.name == *op.getQueue();
    });
    if (queue == program.queues.end())
      return op.emitOpError() << "is there after an instruction of "
                              << *op.getQueue() << ", which has none";
    piece.queue = queue - program.queues.begin();
    piece.instruction = op.getInstruction().value_or(0);
    piece.occurrence = op.getOccurrence().value_or(0);
    return success();
  }

  DumpPoint &pointOf(StringRef name, mlir::Type type) {
    auto [at, isNew] = points.try_emplace(name, program.values.size());
    if (isNew) {
      DumpPoint &point = program.values.emplace_back();
      point.name = name.str();
      if (auto tensor = dyn_cast_or_null<RankedTensorType>(type)) {
        point.dtype =
            tile::toDType(tensor.getElementType()).value_or(isa::DType::f32);
        point.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
      }
    }
    return program.values[at->second];
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
  /// Positions in `program.values` by name.
  llvm::StringMap<uint32_t> points;
};

} // namespace

ConstantSource BuiltProgram::constants(WeightCache &cache) const {
  return [this, &cache](uint32_t number, const ByteSink &sink) {
    ir::isa::SegmentOp op = segments[number];
    return writeConstant(op.getValueAttr(), op.getStepsAttr(),
                         program.segments[number].bytes, cache, sink);
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
  for (auto value : program.getBody().getOps<ir::isa::ValueOp>())
    if (failed(encoder.addValue(value)))
      return failure();
  if (auto names = module->getAttrOfType<ArrayAttr>(ir::onnx::valueNamesAttr))
    encoder.restrictTo(names);
  if (auto figures = program->getAttrOfType<DictionaryAttr>("figures"))
    for (NamedAttribute figure : figures)
      if (auto value = dyn_cast<IntegerAttr>(figure.getValue()))
        built->program.figures[figure.getName().str()] = value.getInt();
  return built;
}

} // namespace tilicho::compiler
