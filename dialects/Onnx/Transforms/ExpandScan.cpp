// SPDX-License-Identifier: Apache-2.0
// Puts the iterations of a Scan in its place.
#include "dialects/Onnx/Transforms/RegionMaker.h"
#include "dialects/Onnx/Transforms/VectorizeScan.h"

using namespace mlir;

namespace tilicho::ir::onnx {

namespace {
/// All iterations of a Scan.
class ScanExpansion {
public:
  explicit ScanExpansion(ScanOp op)
      : op(op), body(op.getBody()), inputs(op.getNumScanInputs()),
        states(op->getNumOperands() - inputs) {}

  Operation *expand();

private:
  static int64_t entry(std::optional<ArrayRef<int64_t>> attribute,
                       int64_t index) {
    return attribute ? (*attribute)[index] : 0;
  }
  int64_t axisOf(int64_t input);

  ScanOp op;
  Region &body;
  int64_t inputs, states;
};
} // namespace

int64_t ScanExpansion::axisOf(int64_t input) {
  int64_t axis = entry(op.getScanInputAxes(), input);
  auto type = cast<RankedTensorType>(op->getOperand(states + input).getType());
  return axis < 0 ? axis + type.getRank() : axis;
}

Operation *ScanExpansion::expand() {
  std::optional<int64_t> steps =
      isRecurrence(op) ? std::nullopt : countSteps(op);
  if (!steps || *steps * countOperations(op) >= maxUnrolled)
    return nullptr;
  Operation *before = op->getPrevNode();
  RegionMaker maker(op);
  SmallVector<Value> values(op->getOperands().take_front(states));
  int64_t scans = static_cast<int64_t>(op->getNumResults()) - states;
  SmallVector<SmallVector<Value>> pieces(scans);
  for (int64_t step = 0; step < *steps; ++step) {
    SmallVector<Value> arguments(values);
    for (int64_t input = 0; input < inputs; ++input) {
      bool reversed = entry(op.getScanInputDirections(), input) != 0;
      Value place = maker.constant(RankedTensorType::get({}, maker.i64()),
                                   {reversed ? *steps - 1 - step : step});
      Value data = op->getOperand(states + input);
      arguments.push_back(
          maker.make("Gather", {data, place},
                     RegionMaker::openLike(cast<TensorType>(data.getType())),
                     maker.axis(axisOf(input))));
    }
    SmallVector<Value> next = copyBody(body, arguments, maker.builder);
    values.assign(next.begin(), next.begin() + states);
    for (int64_t scan = 0; scan < scans; ++scan)
      pieces[scan].push_back(next[states + scan]);
  }
  for (int64_t scan = 0; scan < scans; ++scan) {
    if (entry(op.getScanOutputDirections(), scan) != 0)
      std::reverse(pieces[scan].begin(), pieces[scan].end());
    values.push_back(
        maker.stack(pieces[scan], entry(op.getScanOutputAxes(), scan)));
  }
  return replaceBy(op, values, before);
}

Operation *expandScan(ScanOp op) { return ScanExpansion(op).expand(); }

} // namespace tilicho::ir::onnx
