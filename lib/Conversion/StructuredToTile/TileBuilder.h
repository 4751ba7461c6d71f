// SPDX-License-Identifier: Apache-2.0
// Builds instruction ops of the tile dialect from views.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBUILDER_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBUILDER_H

#include "lib/Conversion/StructuredToTile/View.h"
#include "runtime/Machine/Machine.h"

#include "mlir/IR/Builders.h"

#include <optional>

namespace tilicho::compiler {

/// A scalar operand: an immediate, or one f32 in each partition (a view of one
/// element; it must start at the same partition as the instruction's source).
struct ScalarOperand {
  ScalarOperand(float immediate = 0) : immediate(immediate) {}
  ScalarOperand(View column) : column(std::move(column)) {}
  float immediate = 0;
  /// For integer arithmetic: the immediate as an integer.
  std::optional<int32_t> integer;
  std::optional<View> column;
  static ScalarOperand ofInteger(int32_t value) {
    ScalarOperand scalar;
    scalar.integer = value;
    return scalar;
  }
};

/// The engine that an elementwise instruction runs on.
enum class Engine { Act, Vec, Pool };

/// Block-diagonal weights: `rows` x `cols` in each block; 0 for full ones.
struct Blocks {
  int64_t rows = 0;
  int64_t cols = 0;
};

/// Emits instructions. All views of one instruction have the same partitions
/// and the same counts; dimensions of extent 1 vanish, neighbours that lie
/// densely in every operand are merged, and what still has more dimensions or
/// larger counts than an instruction takes is split into several instructions.
class TileBuilder {
public:
  TileBuilder(mlir::OpBuilder &builder, const Machine &machine)
      : builder(builder), machine(machine) {}

  /// The node that what follows belongs to.
  void setLocation(mlir::Location location) { loc = location; }

  /// The operation that was built last, and where the next ones are built.
  mlir::Operation *lastOperation() const {
    return &*std::prev(builder.getInsertionPoint());
  }
  void resumeBehind(mlir::Operation *op) { builder.setInsertionPointAfter(op); }
  void resumeAtEnd() { builder.setInsertionPointToEnd(builder.getBlock()); }

  //===--------------------------------------------------------------------===//
  // Memory
  //===--------------------------------------------------------------------===//

  /// Dense memory of `shape` in each of `partitions`. Live from the first to
  /// the last instruction that touches it; there is nothing to free.
  View sbuf(isa::DType dtype, int64_t partitions, llvm::ArrayRef<int64_t> shape,
            int64_t partition = 0);
  View psum(isa::DType dtype, int64_t partitions, llvm::ArrayRef<int64_t> shape,
            int64_t partition = 0);
  /// Dense row-major memory in HBM for values between operators; the name is
  /// for messages.
  View hbm(isa::DType dtype, llvm::ArrayRef<int64_t> shape,
           llvm::StringRef name = "");
  /// From here on `view` holds elements of the ONNX value `name`, from element
  /// `first` on: a partition moves on by `partitionValueStep` elements of the
  /// value, a dimension of the view by its entry in `valueSteps`.
  void nameValue(llvm::StringRef name, mlir::Type tensor, const View &view,
                 int64_t partitionValueStep, llvm::ArrayRef<int64_t> valueSteps,
                 int64_t first);

  //===--------------------------------------------------------------------===//
  // Array. Partitions of `weights` and `moving` are the array's rows, those of
  // `acc` its columns.
  //===--------------------------------------------------------------------===//

  void loadStationary(const View &weights, int64_t column, Blocks blocks = {},
                      int64_t zero = 0);
  void matmul(const View &acc, const View &moving, bool accumulate,
              int64_t zero = 0);
  /// dst [elements of src, partitions of src] = transposed src, bit for bit.
  void transpose(const View &dst, const View &src);

  //===--------------------------------------------------------------------===//
  // Scalar, vector and general engine
  //===--------------------------------------------------------------------===//

  /// dst = func(src * scale + bias) on act (adding -0 changes nothing). `sum`,
  /// if given, receives the sum over the free elements ([partitions, 1] f32),
  /// added to it if `accumulate`.
  void activate(const View &dst, isa::AluOp func, const View &src,
                ScalarOperand scale = 1.0f, ScalarOperand bias = -0.0f,
                std::optional<View> sum = {}, bool accumulate = false);
  /// dst = src with a cast, on the engine that is best for it.
  void move(const View &dst, const View &src);
  void move(Engine engine, const View &dst, const View &src);
  /// dst = op(a, b).
  void tensorTensor(Engine engine, isa::AluOp op, const View &dst,
                    const View &a, const View &b,
                    isa::Compute compute = isa::Compute::f32);
  /// dst = op1(op0(a, s0), s1); `reverse` swaps the operands of op0 or op1.
  void tensorScalar(Engine engine, const View &dst, const View &a,
                    isa::AluOp op0, ScalarOperand s0 = 0.0f,
                    isa::AluOp op1 = isa::AluOp::copy, ScalarOperand s1 = 0.0f,
                    bool reverse0 = false, bool reverse1 = false,
                    isa::Compute compute = isa::Compute::f32);
  /// dst = op1(op0(a, s0), b).
  void scalarTensorTensor(Engine engine, const View &dst, const View &a,
                          isa::AluOp op0, ScalarOperand s0, isa::AluOp op1,
                          const View &b, bool reverse0 = false,
                          bool reverse1 = false,
                          isa::Compute compute = isa::Compute::f32);
  /// Where mask is not 0 (or, inverted, is 0): dst = src.
  void select(Engine engine, const View &dst, const View &mask, const View &src,
              bool invert = false);
  /// dst = op over the last `axes` dimensions of src, combined with what is in
  /// dst if `accumulate`. dst has the leading dimensions only. No splitting
  /// inside the reduced dimensions: at most four dimensions in all.
  void reduce(Engine engine, const View &dst, const View &src, isa::ReduceOp op,
              unsigned axes, isa::AluOp elementOp = isa::AluOp::copy,
              bool accumulate = false,
              isa::Compute compute = isa::Compute::f32);
  /// dst (i32) = position of the largest or smallest over the last dimensions.
  void argReduce(Engine engine, const View &dst, const View &src, bool largest,
                 unsigned axes, bool last, std::optional<View> value = {},
                 isa::Compute compute = isa::Compute::f32);
  /// Along the last dimension: state = op(state, src), dst = state.
  void scan(Engine engine, const View &dst, const View &src, isa::AluOp op,
            ScalarOperand initial, bool exclusive,
            isa::Compute compute = isa::Compute::f32);
  /// Along the last dimension: state = state * a + b, dst = state.
  void recur(Engine engine, const View &dst, const View &a, const View &b,
             ScalarOperand initial);
  void memset(Engine engine, const View &dst, ScalarOperand value);
  void iota(const View &dst, int32_t base, int32_t partitionStep,
            llvm::ArrayRef<int64_t> steps,
            isa::Compute compute = isa::Compute::i32);
  void partitionReduce(const View &dst, const View &src, isa::ReduceOp op,
                       isa::Compute compute = isa::Compute::f32);
  /// Sorts along the last dimension, stable.
  void sort(const View &values, const View &indices, const View &src,
            bool descending);
  void localGather(const View &dst, const View &src, const View &indices,
                   int64_t limit);

  //===--------------------------------------------------------------------===//
  // DMA, between HBM and SBUF in any combination, with a cast
  //===--------------------------------------------------------------------===//

  void copy(const View &dst, const View &src);
  /// What follows, up to `endWhile`, is repeated while the first byte of
  /// `condition` is not 0.
  void beginWhile(const View &condition);
  void endWhile();
  /// What follows, up to `otherwise`, is executed where the first byte of
  /// `condition` is not 0; what follows that, up to `endIf`, where it is.
  void beginIf(const View &condition);
  void otherwise();
  void endIf();
  /// src's element address moves on by index * indexStep elements, where
  /// `index` has the shape of dst. Negative ones count from `limit`.
  void gather(const View &dst, const View &src, const View &index,
              int64_t indexStep, int64_t limit);
  /// The same for dst; `reduction` combines with what is there.
  void scatter(const View &dst, const View &src, const View &index,
               int64_t indexStep, int64_t limit,
               std::optional<isa::ReduceOp> reduction = {});

  const Machine &getMachine() const { return machine; }

  /// A new segment of HBM; `kind` and the rest as in `tile.segment`.
  View segment(llvm::StringRef kind, llvm::StringRef name, isa::DType dtype,
               llvm::ArrayRef<int64_t> shape, mlir::ElementsAttr value = {},
               mlir::ArrayAttr steps = {});

  /// Of act and vec the one on which a move or a cheap operation is done
  /// earlier, by the work that both have so far.
  Engine lighter(const View &dst, isa::DType srcType, bool readsPsum) const;
  /// Forgets work so far: what follows is shared out the same way each time.
  void restartWork();
  /// Whether act can move values of this type without changing them.
  bool isMovable(isa::DType dtype) const;

private:
  using FieldList = llvm::ArrayRef<mlir::NamedAttribute>;

  View onChip(isa::Space space, isa::DType dtype, int64_t partitions,
              llvm::ArrayRef<int64_t> shape, int64_t partition);
  /// Counts an instruction's work.
  void load(Engine engine, const View &view, double factor = 1,
            bool usesPsum = false);
  double workNs(Engine engine, const View &view, double factor) const;
  /// How many times faster vec is between two 16-bit floats.
  double narrowSpeedup(isa::DType dst, isa::DType src, double speedup) const;

  /// Merges, splits and issues; `partitions` is the iteration's where it is not
  /// that of the first operand.
  void issue(llvm::StringRef mnemonic, llvm::StringRef queue,
             llvm::ArrayRef<View> operands, FieldList fields,
             int64_t partitions = 0);
  /// Issues what is merged already; loops over dimensions that are too many.
  void issueSplit(llvm::StringRef mnemonic, llvm::StringRef queue,
                  llvm::MutableArrayRef<View> views, FieldList fields,
                  int64_t partitions);
  /// The same where the last `axes` dimensions must stay apart and whole.
  void issueReduction(llvm::StringRef mnemonic, llvm::StringRef queue,
                      llvm::ArrayRef<View> operands, FieldList fields,
                      unsigned axes);
  /// The same where the last dimension is the innermost of the instruction.
  void issueAlongLast(llvm::StringRef mnemonic, llvm::StringRef queue,
                      llvm::ArrayRef<View> operands, FieldList fields);
  /// Issues just this instruction.
  void issueOne(llvm::StringRef mnemonic, llvm::StringRef queue,
                llvm::ArrayRef<View> operands, FieldList fields,
                int64_t partitions);

  mlir::OpBuilder &builder;
  const Machine &machine;
  mlir::Location loc = mlir::UnknownLoc::get(builder.getContext());
  int64_t numScratch = 0;
  /// Work of each engine, and of act and vec on PSUM where they share it.
  double busyNs[3] = {}, psumNs = 0;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_TILEBUILDER_H
