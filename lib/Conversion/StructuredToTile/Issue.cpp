// SPDX-License-Identifier: Apache-2.0
// From common dimensions to instructions that the ISA's fields can hold.
#include "lib/Conversion/StructuredToTile/IterationSpace.h"
#include "lib/Conversion/StructuredToTile/TileBuilder.h"

#include "dialects/Tile/IR/TileDialect.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace tilicho::ir;

namespace tilicho::compiler {

static bool isEmpty(const View &view) {
  return view.partitions == 0 || view.elements() == 0;
}

/// Calls `issue` for every index of the first dimension, which goes away.
template <class Function>
static void forEachOfFirstDim(ArrayRef<View> operands, Function issue) {
  for (int64_t index = 0, n = operands[0].dims[0].count; index < n; ++index) {
    SmallVector<View> inner;
    for (const View &view : operands)
      inner.push_back(view.pick(0, index));
    issue(inner);
  }
}

/// The first dimension becomes the partitions, if all operands are in HBM.
static bool promoteFirstDim(MutableArrayRef<View> operands) {
  for (const View &view : operands)
    if (view.isOnChip() || view.partitions != 1 || view.dims.empty() ||
        view.dims[0].count > maxCount)
      return false;
  for (View &view : operands)
    view = view.toPartitions(0);
  return true;
}

static SmallVector<View> sliceAll(ArrayRef<View> operands, unsigned dim,
                                  Range range) {
  SmallVector<View> slices;
  for (const View &view : operands)
    slices.push_back(view.slice(dim, range));
  return slices;
}

void TileBuilder::issue(StringRef mnemonic, StringRef queue,
                        ArrayRef<View> operands, FieldList fields,
                        int64_t partitions) {
  if (llvm::any_of(operands, isEmpty))
    return;
  if (!partitions)
    partitions = operands[0].partitions;
  SmallVector<View> views(operands);
  mergeCommonDims(views, 0, views[0].dims.size());
  auto again = [&](ArrayRef<View> part) {
    issue(mnemonic, queue, part, fields, partitions);
  };
  for (auto [dim, extent] : llvm::enumerate(views[0].dims)) {
    if (extent.count <= maxCount)
      continue;
    int64_t inner = largestDivisor(extent.count, maxCount);
    if (inner < maxCount / 64) {
      inner = maxCount / 2 + 1;
      int64_t whole = extent.count / inner * inner;
      again(sliceAll(views, dim, {whole, extent.count - whole}));
      return again(sliceAll(views, dim, {0, whole}));
    }
    for (View &view : views)
      view = view.split(dim, inner);
    return issueSplit(mnemonic, queue, views, fields, partitions);
  }
  issueSplit(mnemonic, queue, views, fields, partitions);
}

void TileBuilder::issueSplit(StringRef mnemonic, StringRef queue,
                             MutableArrayRef<View> views, FieldList fields,
                             int64_t partitions) {
  bool tooLong = !views[0].dims.empty() && views[0].dims[0].count > maxCount;
  if (views[0].dims.size() > maxDims || tooLong) {
    if (!promoteFirstDim(views))
      return forEachOfFirstDim(views, [&](MutableArrayRef<View> part) {
        issueSplit(mnemonic, queue, part, fields, partitions);
      });
    partitions = views[0].partitions;
    if (views[0].dims.size() > maxDims)
      return forEachOfFirstDim(views, [&](ArrayRef<View> part) {
        issueOne(mnemonic, queue, part, fields, partitions);
      });
  }
  issueOne(mnemonic, queue, views, fields, partitions);
}

void TileBuilder::issueReduction(StringRef mnemonic, StringRef queue,
                                 ArrayRef<View> operands, FieldList fields,
                                 unsigned axes) {
  if (llvm::any_of(operands, isEmpty))
    return;
  SmallVector<View> views(operands);
  unsigned rank = views[0].dims.size();
  unsigned inner = mergeCommonDims(views, rank - axes, rank);
  if (!inner) {
    for (View &view : views)
      view.dims.push_back({1, 0});
    inner = 1;
  }
  unsigned outer = mergeCommonDims(views, 0, views[0].dims.size() - inner);
  assert(inner <= maxDims && "too many reduced dimensions");
  if (outer + inner > maxDims)
    return forEachOfFirstDim(views, [&](ArrayRef<View> part) {
      issueReduction(mnemonic, queue, part, fields, inner);
    });
  SmallVector<NamedAttribute> list(fields);
  list.push_back(
      builder.getNamedAttr("axes", builder.getI64IntegerAttr(inner)));
  issueOne(mnemonic, queue, views, list, views[0].partitions);
}

void TileBuilder::issueAlongLast(StringRef mnemonic, StringRef queue,
                                 ArrayRef<View> operands, FieldList fields) {
  if (llvm::any_of(operands, isEmpty))
    return;
  SmallVector<View> views(operands);
  unsigned outer = mergeCommonDims(views, 0, views[0].dims.size() - 1);
  if (outer + 1 > maxDims)
    return forEachOfFirstDim(views, [&](ArrayRef<View> part) {
      issueAlongLast(mnemonic, queue, part, fields);
    });
  issueOne(mnemonic, queue, views, fields, views[0].partitions);
}

void TileBuilder::issueOne(StringRef mnemonic, StringRef queue,
                           ArrayRef<View> operands, FieldList fields,
                           int64_t partitions) {
  MLIRContext *context = builder.getContext();
  bool isDma = queue == "dma";
  SmallVector<Value> buffers;
  SmallVector<Attribute> accesses;
  for (const View &view : operands) {
    SmallVector<int64_t> steps;
    if (isDma)
      steps.push_back(view.isOnChip() ? std::max<int64_t>(view.partitionStep, 1)
                                      : view.partitionStep);
    for (const Dim &dim : view.dims)
      steps.push_back(dim.step);
    buffers.push_back(view.buffer);
    accesses.push_back(tile::AccessAttr::get(context, view.dtype,
                                             view.partition, view.offset, steps,
                                             ArrayRef<int64_t>()));
  }
  SmallVector<int64_t> counts;
  for (const Dim &dim : operands[0].dims)
    counts.push_back(dim.count);
  tile::IssueOp::create(builder, loc, mnemonic, queue, buffers, ValueRange(),
                        builder.getArrayAttr(accesses), partitions, counts,
                        fields.empty() ? DictionaryAttr()
                                       : builder.getDictionaryAttr(fields));
}

} // namespace tilicho::compiler
