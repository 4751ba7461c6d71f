// SPDX-License-Identifier: Apache-2.0
// The steps from tile to machine level in their order.
#include "lib/Conversion/TileToIsa/TileToIsa.h"

#include "dialects/Isa/IR/IsaDialect.h"
#include "lib/Conversion/TileToIsa/AssignAddresses.h"
#include "lib/Conversion/TileToIsa/AssignQueues.h"
#include "lib/Conversion/TileToIsa/Dependences.h"
#include "lib/Conversion/TileToIsa/Encode.h"
#include "lib/Conversion/TileToIsa/Moments.h"
#include "lib/Conversion/TileToIsa/Roll.h"

#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

namespace {

/// Writes an `isa.program` from the tables.
class ProgramBuilder {
public:
  ProgramBuilder(OpBuilder &builder, const InstructionList &list)
      : builder(builder) {
    for (const std::string &node : list.nodes)
      nodes.push_back(NameLoc::get(builder.getStringAttr(node)));
  }

  void build(const InstructionList &list, const Streams &streams,
             const MemoryPeaks &peaks) {
    auto program = ir::isa::ProgramOp::create(builder, builder.getUnknownLoc());
    program->setAttr("figures", figures(peaks));
    builder.setInsertionPointToStart(&program.getBody().front());
    for (const Buffer &buffer : list.buffers)
      if (buffer.segment)
        addSegment(buffer.segment);
    for (const QueueStream &stream : streams.queues)
      addQueue(stream);
    addValues(list, streams.places);
  }

private:
  DictionaryAttr figures(const MemoryPeaks &peaks) {
    auto figure = [&](StringRef name, int64_t value) {
      return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
    };
    return builder.getDictionaryAttr(
        {figure("psum_peak_bytes", peaks.psumBytes),
         figure("sbuf_live_bound_bytes", peaks.sbufLiveBytes),
         figure("sbuf_peak_bytes", peaks.sbufBytes)});
  }

  void addSegment(tile::SegmentOp segment) {
    auto encoded = ir::isa::SegmentOp::create(
        builder, segment.getLoc(), segment.getKind(), segment.getName(),
        segment.getTensor(), segment.getValueAttr(), segment.getStepsAttr());
    for (StringRef name : {"updates", "rows", "rows_dimension"})
      if (Attribute other = segment->getAttr(name))
        encoded->setAttr(name, other);
  }

  /// Memory in HBM keeps what it holds; on chip the box is looked at whenever
  /// it may have become whole.
  void addValues(const InstructionList &list, ArrayRef<Place> places) {
    auto moments = findMoments(list);
    for (auto [value, writers] : llvm::zip_equal(list.values, moments)) {
      const Buffer &buffer = list.buffers[value.buffer];
      if (buffer.segment)
        addValue(value.op, buffer, {}, {}, {});
      for (uint32_t writer : writers)
        addValue(
            value.op, buffer,
            builder.getStringAttr(queueName(list.instructions[writer].queue)),
            builder.getI64IntegerAttr(places[writer].index),
            builder.getI64IntegerAttr(places[writer].occurrence));
    }
  }

  void addValue(tile::ValueOp op, const Buffer &buffer, StringAttr queue,
                IntegerAttr instruction, IntegerAttr occurrence) {
    bool isHbm = buffer.segment != nullptr;
    int64_t place = isHbm ? buffer.address : op.getPartition();
    int64_t offset = op.getOffset() + (isHbm ? 0 : buffer.address);
    ir::isa::ValueOp::create(builder, op.getLoc(), op.getName(), op.getTensor(),
                             StringRef(isa::nameOf(buffer.space())), place,
                             offset, op.getFirst(), op.getCounts(),
                             op.getValueSteps(), op.getPartitionSteps(),
                             op.getByteSteps(), queue, instruction, occurrence);
  }

  void addQueue(const QueueStream &stream) {
    OpBuilder::InsertionGuard guard(builder);
    auto queue =
        ir::isa::QueueOp::create(builder, builder.getUnknownLoc(), stream.name);
    builder.setInsertionPointToStart(&queue.getBody().front());
    size_t count = stream.bytes.size() / isa::kInstructionBytes;
    auto run = stream.nodeMap.begin();
    for (size_t index = 0; index < count; ++index) {
      while (std::next(run) != stream.nodeMap.end() &&
             std::next(run)->first <= index)
        ++run;
      ir::isa::decodeInstruction(builder, nodes[run->node],
                                 &stream.bytes[index * isa::kInstructionBytes]);
    }
  }

  OpBuilder &builder;
  SmallVector<Location> nodes;
};

struct TileToIsa : PassWrapper<TileToIsa, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(TileToIsa)

  explicit TileToIsa(const Machine &machine) : machine(machine) {}
  TileToIsa(const TileToIsa &other)
      : PassWrapper(other), machine(other.machine) {}

  StringRef getArgument() const override { return "convert-tile-to-isa"; }
  StringRef getDescription() const override {
    return "give instructions on buffers their addresses, queues and waits";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<ir::isa::IsaDialect>();
  }

  void runOnOperation() override {
    auto functions = getOperation().getOps<func::FuncOp>();
    if (!llvm::hasSingleElement(functions)) {
      getOperation().emitError("expected exactly one function");
      return signalPassFailure();
    }
    if (failed(lower(*functions.begin())))
      signalPassFailure();
  }

  LogicalResult lower(func::FuncOp function) {
    FailureOr<InstructionList> list = listInstructions(function);
    if (failed(list))
      return failure();
    FailureOr<MemoryPeaks> peaks = assignAddresses(
        *list, machine, pack ? Placement::Packed : Placement::AheadOrPacked);
    if (failed(peaks))
      return failure();
    assignQueues(*list, machine);
    auto waits = findDependences(*list, numQueues(machine));
    auto streams = encodeStreams(*list, waits, numQueues(machine));
    if (failed(streams))
      return failure();
    // Waits within loops of run time count on a register.
    if (roll && list->borders.empty())
      rollStreams(*list, *streams);
    OpBuilder builder(function);
    ProgramBuilder(builder, *list).build(*list, *streams, *peaks);
    function.erase();
    return success();
  }

  Machine machine;
  Option<bool> roll{*this, "roll", llvm::cl::init(true),
                    llvm::cl::desc("make loops of what a queue repeats")};
  Option<bool> pack{
      *this, "pack", llvm::cl::init(false),
      llvm::cl::desc("take as little of SBUF as can be; nothing runs ahead")};
};

} // namespace

std::unique_ptr<Pass> createTileToIsa(const Machine &machine, bool roll,
                                      bool pack) {
  auto pass = std::make_unique<TileToIsa>(machine);
  pass->roll = roll;
  pass->pack = pack;
  return pass;
}

} // namespace tilicho::compiler
