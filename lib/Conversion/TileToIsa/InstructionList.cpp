// SPDX-License-Identifier: Apache-2.0
// From operations to tables.
#include "lib/Conversion/TileToIsa/InstructionList.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

int64_t integerField(tile::IssueOp op, StringRef name) {
  DictionaryAttr fields = op.getFieldsAttr();
  auto value = fields ? fields.getAs<IntegerAttr>(name) : IntegerAttr();
  return value ? value.getInt() : 0;
}

std::string nodeName(Location location) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location inner : fused.getLocations())
      if (std::string name = nodeName(inner); !name.empty())
        return name;
  }
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return nodeName(call.getCallee());
  return "";
}

namespace {

class Lister {
public:
  FailureOr<InstructionList> run(func::FuncOp function) {
    list.instructions.reserve(function.front().getOperations().size());
    for (Operation &op : function.front().without_terminator())
      if (failed(add(op)))
        return failure();
    if (failed(checkBorders()))
      return failure();
    return std::move(list);
  }

private:
  LogicalResult add(Operation &op) {
    if (auto issue = dyn_cast<tile::IssueOp>(op))
      return addInstruction(issue);
    if (llvm::isa<tile::BeginWhileOp, tile::EndWhileOp, tile::BeginIfOp,
                  tile::ElseOp, tile::EndIfOp>(op))
      return addBorder(op);
    if (auto value = dyn_cast<tile::ValueOp>(op)) {
      if (!open.empty()) // Another one in each iteration, or none.
        return success();
      list.values.push_back({value, numbers.lookup(value.getBuffer()),
                             int64_t(list.instructions.size())});
      return success();
    }
    Buffer buffer;
    if (auto segment = dyn_cast<tile::SegmentOp>(op))
      buffer.segment = segment;
    else if (auto alloc = dyn_cast<tile::AllocOp>(op))
      buffer.partition = alloc.getPartition();
    else
      return op.emitOpError("is no instruction and no buffer");
    buffer.type = cast<tile::BufferType>(op.getResult(0).getType());
    numbers[op.getResult(0)] = list.buffers.size();
    list.buffers.push_back(buffer);
    return success();
  }

  LogicalResult addBorder(Operation &op) {
    Border border;
    border.op = &op;
    border.position = static_cast<int64_t>(list.instructions.size());
    border.node = numberNode(op.getLoc());
    if (border.isBegin()) {
      border.condition = numbers.lookup(op.getOperand(0));
    } else if (open.empty() || !follows(op, *open.back())) {
      return op.emitOpError("has no matching ")
             << (llvm::isa<tile::EndWhileOp>(op) ? "begin_while"
                 : llvm::isa<tile::ElseOp>(op)   ? "begin_if"
                                                 : "else");
    } else {
      open.pop_back();
    }
    if (!border.isEnd())
      open.push_back(&op);
    list.borders.push_back(border);
    return success();
  }

  /// Whether `op` is what ends the part that `begin` begins.
  static bool follows(Operation &op, Operation &begin) {
    if (llvm::isa<tile::EndWhileOp>(op))
      return llvm::isa<tile::BeginWhileOp>(begin);
    if (llvm::isa<tile::ElseOp>(op))
      return llvm::isa<tile::BeginIfOp>(begin);
    return llvm::isa<tile::ElseOp>(begin);
  }

  /// Memory on chip is reused within a loop or a branch, so that none may live
  /// across its borders.
  LogicalResult checkBorders() {
    if (!open.empty())
      return open.back()->emitOpError("has no matching ")
             << (llvm::isa<tile::BeginWhileOp>(open.back()) ? "end_while"
                 : llvm::isa<tile::BeginIfOp>(open.back())  ? "else"
                                                            : "end_if");
    for (const Border &border : list.borders)
      for (const Buffer &buffer : list.buffers)
        if (!buffer.segment && buffer.first < border.position &&
            buffer.last >= border.position)
          return border.op->emitOpError(
              "has memory on chip that lives across it");
    return success();
  }

  LogicalResult addInstruction(tile::IssueOp op) {
    StringRef mnemonic = op.getMnemonic();
    Instruction instruction;
    instruction.op = op;
    instruction.info = isa::findInstruction(std::string_view(mnemonic));
    instruction.flags = integerField(op, "flags");
    instruction.node = numberNode(op.getLoc());
    if (size_t wanted = countOperands(instruction);
        op.getBuffers().size() < wanted)
      return op.emitOpError()
             << "has " << op.getBuffers().size()
             << " buffers but the instruction takes " << wanted << " buffers";
    addOperands(instruction);
    list.instructions.push_back(std::move(instruction));
    return success();
  }

  /// Memory operands that are present under the instruction's flags.
  static size_t countOperands(const Instruction &instruction) {
    return llvm::count_if(instruction.info->operands,
                          [&](const isa::OperandInfo &info) {
                            return info.isPresent(instruction.flags) &&
                                   info.span != isa::Span::None;
                          });
  }

  void addOperands(Instruction &instruction) {
    OperandRange buffers = instruction.op.getBuffers();
    for (const isa::OperandInfo &info : instruction.info->operands)
      if (info.isPresent(instruction.flags) && info.span != isa::Span::None &&
          instruction.operands.size() < buffers.size())
        addOperand(instruction, info.isRead(instruction.flags),
                   info.isWritten(instruction.flags), info.span);
    // What is left are the columns of scalar operands.
    while (instruction.operands.size() < buffers.size())
      addOperand(instruction, true, false, isa::Span::Column);
  }

  void addOperand(Instruction &instruction, bool reads, bool writes,
                  isa::Span span) {
    size_t index = instruction.operands.size();
    Operand operand;
    operand.buffer = numbers.lookup(instruction.op.getBuffers()[index]);
    operand.access =
        cast<tile::AccessAttr>(instruction.op.getAccesses()[index]);
    operand.reads = reads;
    operand.writes = writes;
    operand.span = span;
    Buffer &buffer = list.buffers[operand.buffer];
    buffer.last = list.instructions.size();
    if (buffer.first < 0)
      buffer.first = buffer.last;
    instruction.operands.push_back(operand);
  }

  uint32_t numberNode(Location location) {
    auto [at, isNew] = byLocation.try_emplace(location, 0);
    if (!isNew)
      return at->second;
    std::string name = nodeName(location);
    auto [entry, isNewName] = byName.try_emplace(name, list.nodes.size());
    if (isNewName)
      list.nodes.push_back(name);
    return byLocation[location] = entry->second;
  }

  InstructionList list;
  /// Borders whose ends are still to come.
  SmallVector<Operation *> open;
  llvm::DenseMap<Value, uint32_t> numbers;
  llvm::DenseMap<Location, uint32_t> byLocation;
  llvm::StringMap<uint32_t> byName;
};

} // namespace

FailureOr<InstructionList> listInstructions(func::FuncOp function) {
  return Lister().run(function);
}

} // namespace tilicho::compiler
