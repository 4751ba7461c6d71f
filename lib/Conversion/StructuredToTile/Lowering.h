// SPDX-License-Identifier: Apache-2.0
// What the emitters of structured ops share: where each tensor lives, and how
// its blocks come onto the chip and leave it.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOWERING_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOWERING_H

#include "lib/Conversion/StructuredToTile/KeptConstants.h"
#include "lib/Conversion/StructuredToTile/RowFollowers.h"
#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

#include <deque>

namespace tilicho::compiler {

class ConstantPool;

/// How a tensor lies in SBUF. The logical dimensions [partBegin, partEnd),
/// collapsed row-major, run over the partitions in blocks of `blockSize`; index
/// i is partition i % blockSize of block i / blockSize. In a partition lie the
/// blocks, and in a block the other dimensions, densely in their order. With
/// partBegin == partEnd the whole tensor lies in partition 0.
///
/// With a period, which only the first dimension of a tensor may have, rows of
/// several matrices stand below each other, and no block has rows of two: block
/// b of matrix m begins with row m * period + b * blockSize. In a partition lie
/// the blocks of a matrix, in a block the matrices, and in these the other
/// dimensions, just as if the matrices had a dimension of their own.
struct Layout {
  unsigned partBegin = 0;
  unsigned partEnd = 0;
  int64_t blockSize = 1;
  int64_t period = 0;

  /// Blocks of a matrix, or of all `extent` indices.
  int64_t blocksOf(int64_t extent) const {
    int64_t rows = period ? period : extent;
    return (rows + blockSize - 1) / blockSize;
  }
  int64_t matricesOf(int64_t extent) const {
    return period ? extent / period : 1;
  }
  int64_t numBlocks(int64_t extent) const {
    return blocksOf(extent) * matricesOf(extent);
  }
  /// The first index of a block by its number, and where an index is: its
  /// matrix, its block in that, and its partition.
  int64_t firstOf(int64_t block) const {
    int64_t each = period ? blocksOf(period) : block + 1;
    return block / each * period + block % each * blockSize;
  }
  int64_t matrixOf(int64_t index) const { return period ? index / period : 0; }
  int64_t blockOf(int64_t index) const { return inMatrix(index) / blockSize; }
  int64_t partitionOf(int64_t index) const {
    return inMatrix(index) % blockSize;
  }
  /// How many indices from this one on lie in one block of whole ones.
  int64_t leftInBlock(int64_t index) const {
    int64_t left = blockSize - partitionOf(index);
    return period ? std::min(left, period - inMatrix(index)) : left;
  }

private:
  int64_t inMatrix(int64_t index) const {
    return period ? index % period : index;
  }
};

/// A block of a tensor: `count` indices from `first` on of the collapsed
/// dimensions [partBegin, partEnd) on the partitions, and a range of each other
/// dimension. Ranges of the collapsed dimensions are not looked at. With
/// partBegin == partEnd every one of the `count` partitions holds the same.
struct Block {
  unsigned partBegin = 0;
  unsigned partEnd = 0;
  int64_t first = 0;
  int64_t count = 1;
  llvm::SmallVector<Range, 6> ranges;
};

/// The state while one function is lowered.
class Lowering {
public:
  Lowering(mlir::OpBuilder &builder, const Machine &machine);

  TileBuilder tile;
  const Machine &machine;

  /// Shape and type of a tensor value.
  static llvm::ArrayRef<int64_t> shapeOf(mlir::Value tensor);
  static isa::DType dtypeOf(mlir::Value tensor);

  //===--------------------------------------------------------------------===//
  // Whole tensors in HBM: row-major, one dimension of the view for each of the
  // tensor.
  //===--------------------------------------------------------------------===//

  /// The tensor in HBM; copied there first if it is only on chip.
  View hbm(mlir::Value tensor);
  /// The same view, but if the tensor is a constant it lies with its dimensions
  /// in `order`, outermost first.
  View hbmInOrder(mlir::Value tensor, llvm::ArrayRef<unsigned> order);
  /// A constant whose dimension `dim` is split in two, the inner one `inner`
  /// long, which lies outermost in memory: what a partition takes of each block
  /// of `inner` partitions stands together. The view has the dimensions in
  /// their order.
  View hbmByPartition(mlir::Value constant, unsigned dim, int64_t inner);
  /// A constant matrix whose columns lie in blocks, each by the partitions of
  /// tiles of `inner` rows: [tiles, rows of a tile, blocks, columns].
  View hbmByBlocks(mlir::Value constant, int64_t inner, int64_t block);
  /// Memory in HBM for a result of the op that is being lowered.
  View hbmResult(mlir::Value tensor);
  /// The result is another name for memory of an operand (a reshape),
  /// whose elements take as many bytes.
  void alias(mlir::Value result, mlir::Value source);
  /// The result of a concatenation along `dim` stays in its pieces, until
  /// somebody asks for it in HBM.
  void leaveInPieces(mlir::Value result, unsigned dim);
  /// Where the indices `range` of dimension `dim` lie in one tensor: that
  /// tensor, and the first of them in it. It is a piece, or the tensor itself.
  struct PiecePart {
    mlir::Value tensor;
    int64_t first;
  };
  std::optional<PiecePart> pieceOf(mlir::Value tensor, unsigned dim,
                                   Range range) const;
  /// The same on chip, for the result of a move that was chosen to stay there.
  /// False where the operand or the result is not on chip.
  bool aliasOnChip(mlir::Operation *move);

  //===--------------------------------------------------------------------===//
  // Blocks on chip
  //===--------------------------------------------------------------------===//

  /// The whole-tensor layout on chip that was chosen for a value, if any.
  const Layout *layoutOf(mlir::Value tensor) const;
  /// A whole tensor that is on chip: blocks, the matrices of a layout with a
  /// period, then the dimensions that are not on the partitions.
  std::optional<View> residentOf(mlir::Value tensor) const;
  /// The same for a result that has a layout; memory is taken here if need be.
  View makeResident(mlir::Value tensor);

  /// A block on chip, with one dimension of the view for each of the tensor's
  /// that is not on the partitions: the resident tensor's own memory where its
  /// layout fits, a loaded copy otherwise. `asType` casts on the way.
  View read(mlir::Value tensor, const Block &block,
            std::optional<isa::DType> asType = {});

  /// Brings a whole tensor into each of `partitions`, if it is small and the
  /// array does that faster than the DMA engines: `read` then takes it from
  /// there while the same op is lowered. Takes banks of PSUM meanwhile, and
  /// keeps one where that makes vec faster that reads it.
  void repeatOnPartitions(mlir::Value tensor, int64_t partitions,
                          bool isForVec = false);
  /// The same for a tensor that is read in blocks of `height` partitions.
  void standOnPartitions(mlir::Value tensor, int64_t height, isa::DType dtype);

  /// Memory on chip to write a block of a result to. `commit` must follow when
  /// it is written: it stores the block to HBM if the result lives there.
  View dest(mlir::Value tensor, const Block &block);
  void commit(mlir::Value tensor, const Block &block, const View &written);
  /// Copies a block that is on chip into a resident result.
  void store(mlir::Value tensor, const Block &block, const View &source);

  /// Bytes in each partition that the op being lowered may use for blocks at
  /// one time, residents aside. Divide by the number of blocks in flight.
  int64_t blockBytes() const;

  /// Whether an op's work may go to other engines than the one that it is made
  /// for, where that rounds otherwise.
  bool spreadsWork() const { return spreads; }

  /// What belongs to channels [first, first + count) of a constant, on chip
  /// since the function started: one dimension, or nothing.
  std::optional<View> pooled(mlir::Value constant, isa::DType dtype,
                             int64_t first, int64_t count) const;

  /// Constants that stay on chip once they are there.
  KeptConstants keptConstants;

  /// Where operators on the rows of a product are emitted.
  RowOrder rowOrder;
  /// Banks of PSUM that a product leaves to them.
  int64_t reservedBanks = 0;

  /// Where the conditions of the loops lie that are being lowered, the
  /// innermost last.
  llvm::SmallVector<View> loopConditions;

  /// The op that makes a constant, or null.
  static mlir::Operation *constantOf(mlir::Value tensor);

  /// A part of a resident that the array turned for an op shortly before, if
  /// it is still on chip; `place` says which part and how it lies.
  std::optional<View> turnedBefore(mlir::Value tensor,
                                   llvm::ArrayRef<int64_t> place) const;
  void rememberTurned(mlir::Value tensor, llvm::ArrayRef<int64_t> place,
                      const View &turned);
  /// At a border of a loop or branch.
  void forgetTurned() { turnedParts.clear(); }

  //===--------------------------------------------------------------------===//
  // What can be looked at. A value that has no ONNX name is passed over.
  //===--------------------------------------------------------------------===//

  /// The whole tensor is where it lives from here on.
  void nameValue(mlir::Value tensor);
  /// `view` holds the block from here on, until its memory is reused.
  void nameBlock(mlir::Value tensor, const Block &block, const View &view);

  //===--------------------------------------------------------------------===//
  // For the pass
  //===--------------------------------------------------------------------===//

  /// The tensor lies in this segment.
  void setHbm(mlir::Value tensor, View view) { homes[tensor].hbm = view; }
  /// The tensor, once emitted, lies in SBUF like this.
  void setLayout(mlir::Value tensor, Layout layout);
  /// Bytes in each partition that residents take while an op is lowered.
  void setResidentBytes(int64_t bytes) { residentBytes = bytes; }
  /// Another op is lowered from here on.
  void enterOperation() {
    repeated.clear();
    stood.clear();
    numInPsum = 0;
    ++numOperations;
  }
  /// The part of what residents leave that `blockBytes` offers.
  void setBlockShare(double share) { blockShare = share; }
  void setSpreadsWork(bool spread) { spreads = spread; }
  /// Constants that are on chip from now on; null for none.
  void setPool(const ConstantPool *constants) { pool = constants; }

private:
  struct Home {
    std::optional<View> hbm;
    std::optional<Layout> layout;
    /// The whole resident tensor: block, then the dimensions not on the
    /// partitions.
    std::optional<View> resident;
  };

  View constantSegment(mlir::Value tensor, llvm::ArrayRef<int64_t> shape,
                       mlir::ArrayAttr steps);
  /// The block of a resident tensor, where its layout has it in one piece that
  /// starts at a multiple of `quantum` partitions.
  std::optional<View> residentBlock(const Home &home, mlir::Value tensor,
                                    const Block &block, int64_t quantum) const;
  void copyToResident(const Home &home, mlir::Value tensor, const Block &block,
                      const View &written);
  View allocateResident(const Layout &layout, mlir::Value tensor);
  std::optional<View> copyOfResident(mlir::Value tensor, const Block &block,
                                     isa::DType dtype);
  View memoryFor(const Block &block, isa::DType dtype);
  void spill(mlir::Value tensor);
  std::optional<View> rowOf(mlir::Value tensor);
  llvm::SmallVector<View> pooledColumns(mlir::Value tensor, isa::DType dtype,
                                        int64_t height) const;
  std::optional<View> repeatedBlock(mlir::Value tensor, const Block &block,
                                    isa::DType dtype) const;
  std::optional<View> stoodBlock(mlir::Value tensor, const Block &block,
                                 isa::DType dtype) const;
  /// The block of a constant that is on chip.
  std::optional<View> pooledBlock(mlir::Value tensor, const Block &block,
                                  isa::DType dtype) const;

  llvm::DenseMap<mlir::Value, Home> homes;
  /// The constant in another shape and order of its dimensions.
  View permutedConstant(mlir::Value constant, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<unsigned> order);
  /// Constants by blocks, by value, rows of a tile and columns of a block.
  llvm::DenseMap<std::pair<mlir::Value, std::pair<int64_t, int64_t>>, View>
      blocked;
  /// Constants in another order of dimensions, by value and by the extent that
  /// a dimension is split at (0 for none).
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, View> ordered;
  View readPieces(mlir::Value tensor, const Block &block, isa::DType type);
  void joinPieces(mlir::Value tensor);
  /// Concatenations that stay in their pieces, and along which dimension.
  llvm::DenseMap<mlir::Value, unsigned> inPieces;
  /// Whole tensors that several partitions hold alike.
  llvm::DenseMap<mlir::Value, View> repeated;
  int64_t numInPsum = 0;
  /// What was turned last, oldest first.
  struct TurnedPart {
    mlir::Value tensor;
    llvm::SmallVector<int64_t, 8> place;
    View view;
    int64_t operation;
  };
  std::deque<TurnedPart> turnedParts;
  int64_t numOperations = 0;
  /// Whole tensors as columns of this height.
  llvm::DenseMap<mlir::Value, std::pair<View, int64_t>> stood;
  const ConstantPool *pool = nullptr;
  int64_t residentBytes = 0;
  bool spreads = false;
  double blockShare = 1;
  int64_t numConstants = 0;
};

/// The ONNX name of a value, or nothing.
llvm::StringRef valueName(mlir::Value tensor);

/// Blocks of a tensor in SBUF.
int64_t numBlocks(const Layout &layout, llvm::ArrayRef<int64_t> shape);

/// Block number `index` of a tensor in SBUF, whole.
Block wholeBlock(const Layout &layout, llvm::ArrayRef<int64_t> shape,
                 int64_t index);

/// The block of a tensor whose dimensions `whole` has in their order, in HBM.
View blockOf(const View &whole, const Block &block);

/// Emits one structured op. Registered by op name in `Emitters.cpp`.
using Emitter = mlir::LogicalResult (*)(mlir::Operation *, Lowering &);

/// The emitter for an op, or null.
Emitter findEmitter(llvm::StringRef opName);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LOWERING_H
