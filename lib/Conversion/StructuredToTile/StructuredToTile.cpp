// SPDX-License-Identifier: Apache-2.0
// The pass that calls the emitter of each structured op.
#include "lib/Conversion/StructuredToTile/StructuredToTile.h"

#include "dialects/Tile/IR/KeptValues.h"
#include "dialects/Tile/IR/Loops.h"
#include "dialects/Tile/IR/TileDialect.h"
#include "lib/Conversion/StructuredToTile/ArrayLimits.h"
#include "lib/Conversion/StructuredToTile/CheckTypes.h"
#include "lib/Conversion/StructuredToTile/ChooseLayouts.h"
#include "lib/Conversion/StructuredToTile/ConstantPool.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/FusePieces.h"
#include "lib/Conversion/StructuredToTile/Lowering.h"
#include "lib/Conversion/StructuredToTile/PlaceAtBorders.h"
#include "lib/Conversion/StructuredToTile/RecurrenceGroup.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"
#include "lib/Conversion/StructuredToTile/RowFollowers.h"
#include "lib/Conversion/StructuredToTile/SoftmaxOfProduct.h"
#include "lib/Conversion/StructuredToTile/TileBatch.h"
#include "lib/Conversion/StructuredToTile/TurnFactors.h"
#include "lib/Conversion/StructuredToTile/UpdateInPlace.h"
#include "lib/Conversion/TileToIsa/AssignAddresses.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

/// Lowers one function into `body`.
class FunctionLowering {
public:
  FunctionLowering(func::FuncOp function, OpBuilder &builder,
                   const StructuredToTileOptions &options,
                   ArrayRef<UpdateChain> chains, bool followsRows)
      : function(function), lowering(builder, options.machine), chains(chains),
        followsRows(followsRows) {
    lowering.setBlockShare(options.blockShare);
    lowering.setSpreadsWork(options.spreadWork);
    if (options.residentShare > 0) {
      residency =
          chooseLayouts(function, options.machine, options.residentShare);
      pool.emplace(function, options.machine);
      lowering.keptConstants = KeptConstants(
          keepConstants(function, options.machine, residency.residentBytes));
    }
    for (const UpdateChain &chain : chains)
      for (const ChainValue &link : chain.values)
        residency.layouts.erase(link.value);
    forgetAcrossBorders();
    for (auto &[value, layout] : residency.layouts)
      lowering.setLayout(value, layout);
  }

  LogicalResult run() {
    nameArguments();
    nameResults();
    for (const UpdateChain &chain : chains)
      shareMemory(chain);
    placeParts();
    placeAtBorders(function, lowering, outputs);
    if (pool) {
      pool->emit(lowering.tile);
      lowering.setPool(&*pool);
    }
    if (failed(emitAll()))
      return failure();
    copyLeftResults();
    return success();
  }

  bool followedRows() const { return hasFollowers; }

private:
  static StringRef nameOf(Attribute attr) {
    auto name = dyn_cast_or_null<StringAttr>(attr);
    return name ? name.getValue() : StringRef();
  }

  /// What is made on one side of a border of a loop or branch and read on the
  /// other lies in HBM, which no iteration reuses.
  void forgetAcrossBorders() {
    llvm::DenseMap<Operation *, int64_t> sections;
    int64_t section = 0;
    for (Operation &op : function.front()) {
      bool isBorder = tile::isBorder(&op);
      sections[&op] = isBorder ? ++section : section;
      section += isBorder;
    }
    SmallVector<Value> crossing;
    for (auto &[value, layout] : residency.layouts) {
      int64_t own = sections.lookup(value.getDefiningOp());
      for (Operation *user : value.getUsers())
        if (sections.lookup(user) != own) {
          crossing.push_back(value);
          break;
        }
    }
    for (Value value : crossing)
      residency.layouts.erase(value);
  }

  void nameArguments() {
    for (BlockArgument argument : function.getArguments()) {
      unsigned index = argument.getArgNumber();
      std::string name = nameOf(function.getArgAttr(index, "onnx.name")).str();
      if (name.empty())
        name = ("input" + Twine(index)).str();
      lowering.setHbm(argument, lowering.tile.segment(
                                    "input", name, Lowering::dtypeOf(argument),
                                    Lowering::shapeOf(argument)));
    }
  }

  std::string resultName(unsigned index) {
    StringRef name = nameOf(function.getResultAttr(index, "onnx.name"));
    return name.empty() ? ("output" + Twine(index)).str() : name.str();
  }

  /// What counts the rows of outputs lies in scratch, in front of them. Returns
  /// its name by output.
  llvm::SmallDenseMap<unsigned, std::string> nameCounts() {
    llvm::SmallDenseMap<unsigned, std::string> names;
    auto results = function.front().getTerminator()->getOperands();
    for (auto [index, result] : llvm::enumerate(results)) {
      auto counted = function.getResultAttrOfType<DenseI32ArrayAttr>(
          index, tile::rowsOfName);
      if (!counted)
        continue;
      std::string name = "rows of " + resultName(counted[0]);
      placeResult(result, lowering.tile.hbm(Lowering::dtypeOf(result),
                                            Lowering::shapeOf(result), name));
      for (int32_t output : counted.asArrayRef())
        names[output] = name;
    }
    return names;
  }

  void nameResults() {
    auto counts = nameCounts();
    auto results = function.front().getTerminator()->getOperands();
    for (auto [index, result] : llvm::enumerate(results)) {
      if (function.getResultAttr(index, tile::rowsOfName))
        continue;
      View view = lowering.tile.segment("output", resultName(index),
                                        Lowering::dtypeOf(result),
                                        Lowering::shapeOf(result));
      if (auto count = counts.find(index); count != counts.end())
        view.buffer.getDefiningOp()->setAttr(
            "rows", StringAttr::get(function.getContext(), count->second));
      if (Attribute dimension =
              function.getResultAttr(index, tile::rowsDimensionName))
        view.buffer.getDefiningOp()->setAttr("rows_dimension", dimension);
      placeResult(result, view);
    }
  }

  /// A value that is returned is written to its output at once; what cannot be
  /// is copied at the end.
  void placeResult(Value result, const View &view) {
    bool isOwn = result.getDefiningOp() && !Lowering::constantOf(result) &&
                 outputs.insert(result).second;
    if (isOwn)
      lowering.setHbm(result, view);
    else
      copies.emplace_back(view, result);
  }

  /// Every value of a chain lies in the memory of the output, which holds the
  /// argument at first.
  void shareMemory(const UpdateChain &chain) {
    View memory = lowering.hbm(chain.values.back().value);
    Attribute name =
        function.getArgAttr(chain.argument.getArgNumber(), "onnx.name");
    memory.buffer.getDefiningOp()->setAttr("updates", name);
    for (const ChainValue &link : chain.values) {
      View view = memory;
      view.dims = link.dims;
      lowering.setHbm(link.value, view);
      outputs.insert(link.value);
      if (link.isView)
        inMemory.insert(link.value.getDefiningOp());
    }
  }

  /// Parts of a batch are written to where they lie in the whole.
  void placeParts() {
    for (auto whole : function.front().getOps<tile::AssembleOp>()) {
      if (!isInPlace(whole))
        continue;
      lowering.tile.setLocation(whole.getLoc());
      View view = lowering.hbmResult(whole.getResult());
      int64_t first = 0;
      for (Value part : whole.getPieces()) {
        int64_t count = Lowering::shapeOf(part)[0];
        lowering.setHbm(part, view.slice(0, {first, count, 1}));
        first += count;
      }
    }
  }

  /// Constants are read where they are used; a kept one can be looked at.
  void emitConstant(Operation *op) {
    if (!tile::isKept(op))
      return;
    lowering.hbm(op->getResult(0));
    nameResultsOf(op);
  }

  /// Outputs have their names by their segments.
  void nameResultsOf(Operation *op) {
    for (Value result : op->getResults())
      if (!outputs.contains(result))
        lowering.nameValue(result);
  }

  /// A cast of what the function is given that only convolutions read is done
  /// by their loads.
  bool castsWhileLoading(Operation *op) {
    auto cast = dyn_cast<tile::ElementwiseOp>(op);
    if (!cast || cast.getOp() != "copy" || cast.getInputs().size() != 1 ||
        op->hasAttr("onnx.values") || tile::isKept(op))
      return false;
    Value from = cast.getInputs()[0], to = cast.getResult();
    auto restride = from.getDefiningOp<tile::RestrideOp>();
    bool isGiven = llvm::isa<BlockArgument>(
        restride && isInPlace(restride) ? restride.getOperand() : from);
    bool isFloat = isa::isFloat(Lowering::dtypeOf(from)) &&
                   isa::isFloat(Lowering::dtypeOf(to));
    return isGiven && isFloat && !lowering.layoutOf(to) &&
           Lowering::shapeOf(from) == Lowering::shapeOf(to) &&
           llvm::all_of(to.getUses(), [&](OpOperand &use) {
             if (!llvm::isa<tile::ConvolutionOp>(use.getOwner()) ||
                 use.getOperandNumber() != 0)
               return false;
             auto types =
                 arrayTypes(lowering.machine, Lowering::dtypeOf(to),
                            Lowering::dtypeOf(use.getOwner()->getOperand(1)));
             return types && types->a == Lowering::dtypeOf(to);
           });
  }

  /// Whether the results have no elements, so that only their names count.
  static bool makesNothing(Operation *op) {
    return !tile::isBorder(op) && op->getNumResults() != 0 &&
           llvm::all_of(op->getResults(), [](Value result) {
             return llvm::is_contained(Lowering::shapeOf(result), 0);
           });
  }

  LogicalResult emitAll() {
    bool isMissing = false;
    for (auto [index, op] :
         llvm::enumerate(function.front().without_terminator())) {
      if (llvm::isa<tile::ConstantOp>(op)) {
        emitConstant(&op);
        continue;
      }
      if (inMemory.contains(&op))
        continue;
      if (castsWhileLoading(&op)) {
        lowering.setHbm(op.getResult(0), lowering.hbm(op.getOperand(0)));
        continue;
      }
      if (!emitsNothing(&op))
        followRows(&op, index);
      if (index < residency.residentBytes.size())
        lowering.setResidentBytes(residency.residentBytes[index] +
                                  followers.bytes + (pool ? pool->bytes() : 0));
      Emitter emit = findEmitter(op.getName().getStringRef());
      if (!emit) {
        op.emitOpError("has no lowering to instructions");
        isMissing = true;
        continue;
      }
      lowering.tile.setLocation(op.getLoc());
      lowering.enterOperation();
      if (makesNothing(&op))
        llvm::for_each(op.getResults(),
                       [&](Value result) { lowering.hbmResult(result); });
      else if (failed(emit(&op, lowering)))
        return failure();
      lowering.tile.resumeAtEnd();
      nameResultsOf(&op);
    }
    return failure(isMissing);
  }

  /// Before an operation is lowered: what it does to rows stands behind what
  /// leaves them, if it follows a product, and the next ones' may stand behind
  /// its own.
  void followRows(Operation *op, size_t index) {
    auto &operations = followers.operations;
    auto at = llvm::find(operations, op);
    bool isFollower = at != operations.end();
    if (isFollower) {
      lowering.rowOrder.begin(op == operations.front() ? followed : previous);
    } else {
      followers = findRowFollowers(op, lowering);
      if (!followsRows || !hasRoomForFollowers(index))
        followers = {};
      hasFollowers |= !followers.operations.empty();
      lowering.rowOrder.begin({});
      followed = op->getNumResults() ? op->getResult(0) : Value();
    }
    bool isFollowed =
        isFollower ? op != operations.back() : !operations.empty();
    lowering.rowOrder.follow(isFollowed ? op->getResult(0) : Value());
    lowering.reservedBanks =
        isFollower || operations.empty() ? 0 : followers.banks;
    previous = op->getNumResults() ? op->getResult(0) : Value();
  }

  void copyLeftResults() {
    for (auto &[view, result] : copies) {
      lowering.tile.setLocation(result.getLoc());
      lowering.tile.copy(view, lowering.hbm(result));
    }
  }

  /// What follows a product is on chip while that is; its blocks need the rest.
  bool hasRoomForFollowers(size_t index) const {
    constexpr double mostResident = 0.7;
    return index < residency.residentBytes.size() &&
           residency.residentBytes[index] + followers.bytes <=
               mostResident * lowering.machine.sbufUsableBytes;
  }

  func::FuncOp function;
  Lowering lowering;
  Residency residency;
  std::optional<ConstantPool> pool;
  /// Operators on the rows of the last product, and what they read: that
  /// product, and the result of the last operation.
  RowFollowers followers;
  Value followed, previous;
  SmallVector<std::pair<View, Value>> copies;
  /// Values that are written to an output's segment.
  llvm::DenseSet<Value> outputs;
  ArrayRef<UpdateChain> chains;
  /// Whether operators on rows may stand between a product's blocks, and some
  /// do.
  bool followsRows, hasFollowers = false;
  /// What the chains' memory holds without being moved.
  llvm::DenseSet<Operation *> inMemory;
};

struct StructuredToTile
    : PassWrapper<StructuredToTile, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(StructuredToTile)

  explicit StructuredToTile(StructuredToTileOptions options)
      : options(std::move(options)) {}

  StringRef getArgument() const override {
    return "convert-structured-to-tile";
  }
  StringRef getDescription() const override {
    return "lower structured ops on tensors to instructions on buffers";
  }

  void runOnOperation() override {
    auto functions = getOperation().getOps<func::FuncOp>();
    if (!llvm::hasSingleElement(functions)) {
      getOperation().emitError("expected exactly one function");
      return signalPassFailure();
    }
    func::FuncOp function = *functions.begin();
    if (failed(checkTypes(function)))
      return signalPassFailure();
    if (options.fuseEpilogues) {
      fuseEpilogues(function, options.machine);
      fuseRowChains(function, options.machine);
      fuseSoftmaxOfProducts(function, options.machine);
      fuseRecurrences(function, options.machine);
      fusePieces(function, options.machine);
    }
    auto found = findUpdates(function, options);
    if (failed(found))
      return signalPassFailure();
    chains = std::move(*found);
    tileRuns(function);
    if (options.residentShare > 0)
      turnFactors(function);
    FailureOr<func::FuncOp> lowered = lowerToFit(function);
    if (failed(lowered))
      return signalPassFailure();
    lowered->setName(function.getName());
    function.erase();
  }

  /// What is updated in place stays whole.
  void tileRuns(func::FuncOp function) {
    if (options.residentShare == 0)
      return;
    llvm::DenseSet<Operation *> pinned;
    for (const UpdateChain &chain : chains)
      for (const ChainValue &link : chain.values)
        if (Operation *op = link.value.getDefiningOp())
          pinned.insert(op);
    double share = options.residentShare * options.machine.sbufUsableBytes;
    tileBatch(function, options.machine, static_cast<int64_t>(share), pinned);
  }

  /// Emitters plan with sums of bytes, and gaps between buffers may be too
  /// small all the same: then nothing is put between a product's blocks, fewer
  /// values stay on chip, and blocks get smaller.
  FailureOr<func::FuncOp> lowerToFit(func::FuncOp function) {
    struct Attempt {
      double residentShare, blockShare;
      bool followsRows = false;
    };
    const Attempt attempts[] = {
        {1, 1, true}, {1, 1}, {0.5, 0.75}, {0, 0.75}, {0, 0.4}};
    for (const Attempt &attempt : attempts) {
      bool isLast = &attempt == std::end(attempts) - 1;
      bool isSame = attempt.residentShare == 1 && !attempt.followsRows;
      if (isSame && !hasFollowers)
        continue;
      StructuredToTileOptions some = options;
      some.residentShare *= attempt.residentShare;
      some.blockShare *= attempt.blockShare;
      FailureOr<func::FuncOp> lowered =
          lower(function, some, attempt.followsRows);
      if (failed(lowered) || isLast || fits(*lowered))
        return lowered;
      lowered->erase();
    }
    llvm_unreachable("the last attempt returns");
  }

  FailureOr<func::FuncOp> lower(func::FuncOp function,
                                const StructuredToTileOptions &some,
                                bool followsRows) {
    OpBuilder builder(function);
    auto lowered = func::FuncOp::create(builder, function.getLoc(), "lowered",
                                        builder.getFunctionType({}, {}));
    builder.setInsertionPointToStart(lowered.addEntryBlock());
    FunctionLowering lowering(function, builder, some, chains, followsRows);
    if (failed(lowering.run()))
      return failure();
    hasFollowers = lowering.followedRows();
    func::ReturnOp::create(builder, function.getLoc());
    return lowered;
  }

  bool fits(func::FuncOp lowered) {
    ScopedDiagnosticHandler quiet(&getContext(),
                                  [](Diagnostic &) { return success(); });
    FailureOr<InstructionList> list = listInstructions(lowered);
    return succeeded(list) &&
           succeeded(assignAddresses(*list, options.machine, Placement::Ahead));
  }

  StructuredToTileOptions options;
  SmallVector<UpdateChain> chains;
  /// Whether something stands between a product's blocks.
  bool hasFollowers = false;
};

} // namespace

std::unique_ptr<Pass> createStructuredToTile(StructuredToTileOptions options) {
  return std::make_unique<StructuredToTile>(std::move(options));
}

} // namespace tilicho::compiler
