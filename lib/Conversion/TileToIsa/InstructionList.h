// SPDX-License-Identifier: Apache-2.0
// The instructions of a lowered function as flat tables.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_INSTRUCTIONLIST_H
#define TILICHO_LIB_CONVERSION_TILETOISA_INSTRUCTIONLIST_H

#include "dialects/Tile/IR/TileDialect.h"
#include "runtime/Machine/Machine.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace tilicho::compiler {

/// A `tile.segment` or a `tile.alloc`.
struct Buffer {
  ir::tile::BufferType type;
  /// Null for memory on chip.
  ir::tile::SegmentOp segment;
  /// On chip: the first partition.
  int64_t partition = 0;
  /// The first and last instruction that touches it; -1 for none.
  int64_t first = -1;
  int64_t last = -1;
  /// On chip the byte in each partition, in HBM the number of the segment.
  int64_t address = -1;
  /// Buffers of one use that take turns share a ring (SlotRings.h); -1: none.
  int32_t ring = -1;

  isa::Space space() const { return type.getSpace(); }
};

/// A memory operand of an instruction.
struct Operand {
  uint32_t buffer = 0;
  ir::tile::AccessAttr access;
  bool reads = false;
  bool writes = false;
  isa::Span span{};
};

struct Instruction {
  ir::tile::IssueOp op;
  const isa::InstructionInfo *info = nullptr;
  uint8_t flags = 0;
  uint32_t queue = 0;
  uint32_t node = 0;
  llvm::SmallVector<Operand, 4> operands;
};

/// A `tile.value`: what the instructions before `position` have left there.
struct NamedBox {
  ir::tile::ValueOp op;
  uint32_t buffer = 0;
  int64_t position = 0;
};

/// A `tile.begin_while`, a `tile.begin_if`, what divides it or an end, in front
/// of instruction `position`.
struct Border {
  mlir::Operation *op = nullptr;
  int64_t position = 0;
  /// Where a begin's condition lies.
  uint32_t condition = 0;
  uint32_t node = 0;

  bool isBegin() const {
    return llvm::isa<ir::tile::BeginWhileOp, ir::tile::BeginIfOp>(op);
  }
  bool isEnd() const {
    return llvm::isa<ir::tile::EndWhileOp, ir::tile::EndIfOp>(op);
  }
};

struct InstructionList {
  std::vector<Buffer> buffers;
  std::vector<Instruction> instructions;
  std::vector<NamedBox> values;
  std::vector<Border> borders;
  std::vector<std::string> nodes;
};

/// Reads the segments, allocations and instructions of `function` in order.
mlir::FailureOr<InstructionList> listInstructions(mlir::func::FuncOp function);

/// The value of an integer field of an instruction, 0 where it is not given.
int64_t integerField(ir::tile::IssueOp op, llvm::StringRef name);

/// The name of the node that a location stands for.
std::string nodeName(mlir::Location location);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_INSTRUCTIONLIST_H
