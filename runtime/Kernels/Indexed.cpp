// SPDX-License-Identifier: Apache-2.0
// Reading and writing at indices.
#include "runtime/Emulator/ElementOps.h"
#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

#include "absl/strings/str_cat.h"

#include <cstring>

namespace tilicho::kernels {

using isa::DType;
using isa::ReduceOp;

/// Indices counted from the front, each checked against the extent.
static absl::StatusOr<std::vector<int64_t>>
indicesWithin(const HostTensor &tensor, int64_t extent) {
  std::vector<int64_t> indices = readAll<int64_t>(tensor);
  for (int64_t &index : indices) {
    if (index < -extent || index >= extent)
      return absl::OutOfRangeError(absl::StrCat(
          "index ", index, " is outside the ", extent, " elements"));
    index += index < 0 ? extent : 0;
  }
  return indices;
}

absl::StatusOr<HostTensor> take(const HostTensor &data,
                                const HostTensor &indices, int64_t axis) {
  int64_t extent = data.shape()[axis];
  auto places = indicesWithin(indices, extent);
  if (!places.ok())
    return places.status();
  HostShape front(data.shape().begin(), data.shape().begin() + axis),
      back(data.shape().begin() + axis + 1, data.shape().end()), shape = front;
  shape.insert(shape.end(), indices.shape().begin(), indices.shape().end());
  shape.insert(shape.end(), back.begin(), back.end());
  HostTensor result = HostTensor::allocate(data.dtype(), shape);
  int64_t bytes = numElements(back) * isa::sizeOf(data.dtype());
  uint8_t *to = result.mutableBytes();
  for (int64_t outer = 0; outer < numElements(front); ++outer)
    for (int64_t place : *places) {
      std::memcpy(to, data.bytes() + (outer * extent + place) * bytes, bytes);
      to += bytes;
    }
  return result;
}

//===-- One element for each index ----------------------------------------===//

/// Calls `f(position, offset)` for every index in row-major order: `offset` is
/// where it points to in data.
template <class F>
static absl::Status forEachIndexed(const HostShape &dataShape,
                                   const HostTensor &indices, int64_t axis,
                                   F &&f) {
  auto places = indicesWithin(indices, dataShape[axis]);
  if (!places.ok())
    return places.status();
  Strides strides = rowMajor(dataShape);
  int64_t axisStride = strides[axis];
  strides[axis] = 0;
  StridedSpace space{indices.shape(), {strides}};
  space.shape.push_back(1);
  int64_t position = 0;
  forEachRow(space, [&](const int64_t *offset) {
    f(position, *offset + (*places)[position] * axisStride);
    ++position;
  });
  return absl::OkStatus();
}

absl::StatusOr<HostTensor>
takeElements(const HostTensor &data, const HostTensor &indices, int64_t axis) {
  HostTensor result = HostTensor::allocate(data.dtype(), indices.shape());
  int64_t size = isa::sizeOf(data.dtype());
  absl::Status status = forEachIndexed(
      data.shape(), indices, axis, [&](int64_t position, int64_t offset) {
        std::memcpy(result.mutableBytes() + position * size,
                    data.bytes() + offset * size, size);
      });
  if (!status.ok())
    return status;
  return result;
}

namespace {
/// Writes elements over, or joined to, those of a copy of the data.
class Updater {
public:
  Updater(const HostTensor &data, const HostTensor &updates,
          std::optional<ReduceOp> reduction)
      : updates(updates), reduction(reduction), size(isa::sizeOf(data.dtype())),
        copy(HostTensor::allocate(data.dtype(), data.shape())) {
    std::memcpy(copy.mutableBytes(), data.bytes(), data.sizeInBytes());
  }

  void update(int64_t offset, int64_t position) {
    uint8_t *to = copy.mutableBytes() + offset * size;
    const uint8_t *from = updates.bytes() + position * size;
    if (!reduction) {
      std::memcpy(to, from, size);
      return;
    }
    withCompute(exactCompute(copy.dtype()), [&](auto zero) {
      using T = decltype(zero);
      const ElementKernels<T> &table = loops<T>();
      size_t type = size_t(copy.dtype());
      T old, added, joined;
      table.read[type](to, size, &old, 1);
      table.read[type](from, size, &added, 1);
      table.binary[size_t(ops::joining(*reduction))](&old, 1, &added, 1,
                                                     &joined, 1);
      table.write[type](&joined, to, size, 1);
    });
  }

  HostTensor result() { return copy; }

private:
  const HostTensor &updates;
  std::optional<ReduceOp> reduction;
  int64_t size;
  HostTensor copy;
};
} // namespace

absl::StatusOr<HostTensor> put(const HostTensor &data,
                               const HostTensor &indices,
                               const HostTensor &updates,
                               std::optional<ReduceOp> reduction) {
  auto places = indicesWithin(indices, data.shape()[0]);
  if (!places.ok())
    return places.status();
  int64_t inner = 1;
  for (int64_t dim = 1; dim < data.rank(); ++dim)
    inner *= data.shape()[dim];
  Updater updater(data, updates, reduction);
  int64_t position = 0;
  for (int64_t place : *places)
    for (int64_t i = 0; i < inner; ++i)
      updater.update(place * inner + i, position++);
  return updater.result();
}

absl::StatusOr<HostTensor> putElements(const HostTensor &data,
                                       const HostTensor &indices,
                                       const HostTensor &updates, int64_t axis,
                                       std::optional<ReduceOp> reduction) {
  Updater updater(data, updates, reduction);
  absl::Status status = forEachIndexed(data.shape(), indices, axis,
                                       [&](int64_t position, int64_t offset) {
                                         updater.update(offset, position);
                                       });
  if (!status.ok())
    return status;
  return updater.result();
}

} // namespace tilicho::kernels
