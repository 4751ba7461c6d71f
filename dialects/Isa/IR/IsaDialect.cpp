// SPDX-License-Identifier: Apache-2.0
// The isa dialect: programs, segments, queues and their verifiers.
#include "dialects/Isa/IR/IsaDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace tilicho::ir::isa;

#include "dialects/Isa/IR/IsaDialect.cpp.inc"
#include "dialects/Isa/IR/IsaInterfaces.cpp.inc"

void IsaDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "dialects/Isa/IR/IsaOps.cpp.inc"
      >();
}

//===-- Instructions ------------------------------------------------------===//

LogicalResult tilicho::ir::isa::verifyInstruction(Operation *op) {
  uint8_t bytes[kInstructionBytes];
  cast<InstructionInterface>(op).encodeTo(bytes);
  std::optional<QueueKind> kind =
      queueKindOf(cast<QueueOp>(op->getParentOp()).getName());
  // A queue of another name is the queue's own error.
  absl::Status status = ::tilicho::isa::verify(
      bytes, kind.value_or(instructionInfo(Opcode(bytes[0])).firstQueue()));
  if (status.ok())
    return success();
  absl::string_view message = status.message();
  return op->emitOpError() << StringRef(message.data(), message.size());
}

Operation *tilicho::ir::isa::decodeInstruction(OpBuilder &builder, Location loc,
                                               const uint8_t *bytes) {
  return visit(bytes, [&](const auto &inst) -> Operation * {
    return createInstruction(builder, loc, inst);
  });
}

//===-- Programs ----------------------------------------------------------===//

void ProgramOp::build(OpBuilder &, OperationState &state) {
  state.addRegion()->emplaceBlock();
}

LogicalResult ProgramOp::verify() {
  llvm::StringSet<> names;
  bool hasValues = false;
  for (Operation &op : getBody().front()) {
    if (!mlir::isa<SegmentOp, QueueOp, ValueOp>(op)) // program_c1
      return op.emitOpError(
          "is neither a segment nor a queue nor a value of a program");
    if (mlir::isa<SegmentOp>(op) && (!names.empty() || hasValues))
      return op.emitOpError("must come before the queues");
    if (mlir::isa<QueueOp>(op) && hasValues)
      return op.emitOpError("must come before the values");
    hasValues |= mlir::isa<ValueOp>(op);
    auto queue = dyn_cast<QueueOp>(op);
    if (queue && !names.insert(queue.getName()).second) // program_c2
      return queue.emitOpError() << "'" << queue.getName() << "' occurs twice";
  }
  return success();
}

static ParseResult parseKind(OpAsmParser &parser, StringAttr &kind) {
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  kind = parser.getBuilder().getStringAttr(keyword);
  return success();
}

static void printKind(OpAsmPrinter &printer, SegmentOp, StringAttr kind) {
  printer << kind.getValue();
}

LogicalResult SegmentOp::verify() {
  bool isConstant = getKind() == "constant";
  if (!isConstant && getKind() != "input" && getKind() != "output" &&
      getKind() != "scratch") // segment_c1
    return emitOpError() << "has the unknown kind '" << getKind()
                         << "'; expected input, output, constant or scratch";
  if (isConstant != getValue().has_value())
    return emitOpError(isConstant ? "is constant but has no value"
                                  : "has a value but is not constant");
  return success();
}

LogicalResult ValueOp::verify() {
  size_t digits = getCounts().size();
  if (getValueSteps().size() == digits && // value_c1
      getPartitionSteps().size() == digits && getByteSteps().size() == digits)
    return success();
  return emitOpError() << "has " << digits << " counts but "
                       << getValueSteps().size() << ", "
                       << getPartitionSteps().size() << " and "
                       << getByteSteps().size() << " steps";
}

//===-- Queues ------------------------------------------------------------===//

void QueueOp::build(OpBuilder &builder, OperationState &state, StringRef name) {
  state.getOrAddProperties<Properties>().name = builder.getStringAttr(name);
  state.addRegion()->emplaceBlock();
}

QueueKind tilicho::ir::isa::queueKind(QueueOp queue) {
  return *queueKindOf(queue.getName());
}

/// The number of loops that may be nested in one another.
static constexpr size_t kMaxLoopDepth = 8;

static LogicalResult verifyLoops(QueueOp queue) { // queue_c2
  llvm::SmallVector<Operation *> open;
  for (Operation &op : queue.getBody().front()) {
    if (mlir::isa<LoopInstOp>(op))
      open.push_back(&op);
    if (open.size() > kMaxLoopDepth)
      return op.emitOpError()
             << "is nested " << open.size() << " deep, but the sequencer holds "
             << kMaxLoopDepth << " loops";
    if (!mlir::isa<EndLoopInstOp>(op))
      continue;
    if (open.empty())
      return op.emitOpError("ends no loop");
    open.pop_back();
  }
  if (!open.empty())
    return open.back()->emitOpError("has no isa.end_loop");
  return success();
}

static LogicalResult verifyBranches(QueueOp queue) { // queue_c3
  auto branches = queue.getBody().front().getOps<BranchInstOp>();
  if (branches.empty())
    return success();
  int64_t count = queue.getBody().front().getOperations().size();
  for (BranchInstOp branch : branches)
    if (branch.getInst().target < 0 || branch.getInst().target > count)
      return branch.emitOpError()
             << "goes to instruction " << branch.getInst().target
             << " of a queue of " << count;
  return success();
}

LogicalResult QueueOp::verify() {
  if (!queueKindOf(getName())) // queue_c1
    return emitOpError() << "has the unknown name '" << getName()
                         << "'; expected pe, act, vec, pool, sync or dmaN";
  for (Operation &op : getBody().front())
    if (!mlir::isa<InstructionInterface>(op))
      return op.emitOpError("is no instruction");
  if (failed(verifyLoops(*this)))
    return failure();
  return verifyBranches(*this);
}

#define GET_OP_CLASSES
#include "dialects/Isa/IR/IsaOps.cpp.inc"
