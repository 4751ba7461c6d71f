// SPDX-License-Identifier: Apache-2.0
// Copies boxes of elements out of the machine's memories.
#include "runtime/Session/ValueRecorder.h"

#include <cstring>

namespace tilicho {
namespace {

/// The first element of a piece, and what a step of a digit adds.
struct Source {
  const uint8_t *data;
  int64_t partitionStride;
};

Source sourceOf(const State &state, const DumpPiece &piece) {
  const auto offset = static_cast<int64_t>(piece.offset);
  if (piece.space == isa::Space::Hbm)
    return {state.hbm[piece.place].data + offset, 0};
  const OnChipMemory &memory =
      piece.space == isa::Space::Sbuf ? state.sbuf : state.psum;
  return {memory.at(piece.place, offset), memory.partitionStride()};
}

class PieceCopy {
public:
  PieceCopy(const State &state, const DumpPiece &piece, unsigned size,
            uint8_t *to)
      : piece(piece), source(sourceOf(state, piece)), size(size), to(to) {}

  /// Copies the digits from `dim` on.
  void run(size_t dim, int64_t element, int64_t byte) const {
    if (dim == piece.dims.size()) {
      std::memcpy(to + element * size, source.data + byte, size);
      return;
    }
    const DumpDim &digit = piece.dims[dim];
    if (dim + 1 == piece.dims.size() && isContiguous(digit)) {
      std::memcpy(to + element * size, source.data + byte,
                  static_cast<size_t>(digit.count) * size);
      return;
    }
    const int64_t byteStep =
        digit.count == 1
            ? 0
            : digit.byteStep + digit.partitionStep * source.partitionStride;
    for (int64_t i = 0; i < digit.count; ++i)
      run(dim + 1, element + i * digit.valueStep, byte + i * byteStep);
  }

private:
  bool isContiguous(const DumpDim &digit) const {
    return digit.valueStep == 1 && digit.partitionStep == 0 &&
           digit.byteStep == size;
  }

  const DumpPiece &piece;
  Source source;
  unsigned size;
  uint8_t *to;
};

} // namespace

ValueRecorder::ValueRecorder(const Program &program,
                             const std::vector<size_t> &values) {
  for (size_t index : values) {
    const DumpPoint &value = program.values[index];
    tensors.push_back(allocateTensor(value.name, value.dtype, value.shape));
    for (const DumpPiece &piece : value.pieces) {
      Wanted wanted{&piece, isa::sizeOf(value.dtype), tensors.back().data,
                    piece.occurrence};
      if (piece.queue == DumpPiece::atEnd)
        atEnd.push_back(wanted);
      else
        moments[Place(piece.queue) << 32 | piece.instruction].push_back(wanted);
    }
  }
}

void ValueRecorder::onEnd(const Event &event) {
  auto found = moments.find(Place(event.queue) << 32 | event.index);
  if (found == moments.end())
    return;
  for (Wanted &wanted : found->second)
    if (wanted.remaining-- == 0)
      PieceCopy(event.context.state, *wanted.piece, wanted.elementBytes,
                wanted.to)
          .run(0, wanted.piece->firstElement, 0);
}

std::vector<Tensor> ValueRecorder::finish(const State &state) {
  for (const Wanted &wanted : atEnd)
    PieceCopy(state, *wanted.piece, wanted.elementBytes, wanted.to)
        .run(0, wanted.piece->firstElement, 0);
  std::vector<Tensor> values;
  for (NewTensor &made : tensors)
    values.push_back(std::move(made.tensor));
  return values;
}

} // namespace tilicho
