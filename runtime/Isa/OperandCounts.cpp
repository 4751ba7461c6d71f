// SPDX-License-Identifier: Apache-2.0
// The spans of operands as counts.
#include "runtime/Isa/OperandCounts.h"

namespace tilicho::isa {

std::array<int64_t, 5> operandCounts(const OperandInfo &operand,
                                     const Header &header,
                                     const uint8_t *bytes) {
  std::array<int64_t, 5> counts = {header.partitions, header.counts[0],
                                   header.counts[1], header.counts[2],
                                   header.counts[3]};
  switch (operand.span) {
  case Span::Outer:
    for (int dim = 5 - decodeAs<TensorReduceInst>(bytes).axes; dim < 5; ++dim)
      counts[size_t(dim)] = 1;
    return counts;
  case Span::Column:
    return {counts[0], 1, 1, 1, 1};
  case Span::Row:
    counts[0] = 1;
    return counts;
  case Span::Array:
    counts[0] = decodeAs<MatmulInst>(bytes).cols;
    return counts;
  case Span::Transposed:
    return {counts[1] * counts[2] * counts[3] * counts[4], 1, 1, 1, counts[0]};
  case Span::Element:
    return {1, 1, 1, 1, 1};
  default:
    return counts;
  }
}

} // namespace tilicho::isa
