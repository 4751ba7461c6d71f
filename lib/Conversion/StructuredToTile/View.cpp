// SPDX-License-Identifier: Apache-2.0
// Views are plain values; these make one from another.
#include "lib/Conversion/StructuredToTile/View.h"

#include "llvm/ADT/STLExtras.h"

namespace tilicho::compiler {

int64_t View::elements() const {
  int64_t product = 1;
  for (const Dim &dim : dims)
    product *= dim.count;
  return product;
}

View View::slice(unsigned dim, Range range) const {
  assert(dim < dims.size() && "no such dimension");
  View view = *this;
  view.offset += range.start * dims[dim].step * isa::sizeOf(dtype);
  view.dims[dim] = {range.count, dims[dim].step * range.step};
  return view;
}

View View::pick(unsigned dim, int64_t index) const {
  View view = slice(dim, {index, 1, 1});
  view.dims.erase(view.dims.begin() + dim);
  return view;
}

View View::slicePartitions(int64_t first, int64_t count) const {
  assert(first + count <= partitions && "partitions outside the view");
  View view = *this;
  if (isOnChip())
    view.partition += first;
  else
    view.offset += first * partitionStep * isa::sizeOf(dtype);
  view.partitions = count;
  return view;
}

View View::permute(llvm::ArrayRef<unsigned> order) const {
  View view = *this;
  for (auto [to, from] : llvm::enumerate(order))
    view.dims[to] = dims[from];
  return view;
}

View View::split(unsigned dim, int64_t inner) const {
  assert(dims[dim].count % inner == 0 && "the inner extent does not divide");
  View view = *this;
  Dim outer{dims[dim].count / inner, dims[dim].step * inner};
  view.dims[dim].count = inner;
  view.dims.insert(view.dims.begin() + dim, outer);
  return view;
}

View View::merge(unsigned first, unsigned last) const {
  View view = *this;
  for (unsigned dim = last; dim > first; --dim) {
    Dim &outer = view.dims[dim - 1], inner = view.dims[dim];
    assert((outer.count == 1 || outer.step == inner.step * inner.count) &&
           "dimensions are not dense");
    outer = {outer.count * inner.count, inner.step};
    view.dims.erase(view.dims.begin() + dim);
  }
  return view;
}

View View::repeat(unsigned dim, int64_t count) const {
  View view = *this;
  view.dims.insert(view.dims.begin() + dim, Dim{count, 0});
  return view;
}

View View::stretch(unsigned dim, int64_t count) const {
  assert(dims[dim].count == 1 && "only an extent of 1 stretches");
  View view = *this;
  view.dims[dim] = {count, 0};
  return view;
}

View View::toPartitions(unsigned dim) const {
  assert(!isOnChip() && partitions == 1 && "HBM views only");
  View view = *this;
  view.partitions = dims[dim].count;
  view.partitionStep = dims[dim].step;
  view.dims.erase(view.dims.begin() + dim);
  return view;
}

View View::bitcast(isa::DType other) const {
  assert(isa::sizeOf(dtype) == isa::sizeOf(other) && "sizes differ");
  View view = *this;
  view.dtype = other;
  return view;
}

} // namespace tilicho::compiler
