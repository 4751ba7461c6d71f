// SPDX-License-Identifier: Apache-2.0
// Fills in a program from machine code and the module's segments.
#include "lib/Target/BuildProgram.h"

#include "lib/Target/ConstantBytes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
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

static Segment segmentOf(tile::SegmentOp op) {
  auto tensor = cast<RankedTensorType>(op.getTensor());
  Segment segment;
  segment.kind = kindOf(op.getKind());
  segment.name = op.getName().str();
  segment.dtype = *tile::toDType(tensor.getElementType());
  segment.shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  segment.bytes = op.getBuffer().getType().getBytes();
  return segment;
}

ConstantSource BuiltProgram::constants() const {
  return [this](uint32_t number, const ByteSink &sink) {
    tile::SegmentOp op = segments[number];
    return writeConstant(op.getValueAttr(), op.getStepsAttr(), sink);
  };
}

FailureOr<std::unique_ptr<BuiltProgram>>
buildProgram(ModuleOp module, const Machine &machine, StringRef flags) {
  auto functions = module.getOps<func::FuncOp>();
  if (!llvm::hasSingleElement(functions))
    return module.emitError("expected exactly one function");
  FailureOr<MachineCode> code = lowerToMachineCode(*functions.begin(), machine);
  if (failed(code))
    return failure();
  auto built = std::make_unique<BuiltProgram>();
  built->streams = std::move(code->queues);
  built->segments = std::move(code->segments);
  Program &program = built->program;
  program.machine = machine;
  program.flags = flags.str();
  program.nodes = std::move(code->nodes);
  for (tile::SegmentOp op : built->segments)
    program.segments.push_back(segmentOf(op));
  for (QueueStream &stream : built->streams)
    program.queues.push_back({stream.name, stream.bytes, stream.nodeMap});
  program.figures["sbuf_peak_bytes"] = code->peaks.sbufBytes;
  program.figures["sbuf_live_bound_bytes"] = code->peaks.sbufLiveBytes;
  program.figures["psum_peak_bytes"] = code->peaks.psumBytes;
  return built;
}

} // namespace tilicho::compiler
