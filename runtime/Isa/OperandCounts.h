// SPDX-License-Identifier: Apache-2.0
// How many elements an operand has along each dimension.
#ifndef TILICHO_RUNTIME_ISA_OPERANDCOUNTS_H
#define TILICHO_RUNTIME_ISA_OPERANDCOUNTS_H

#include "runtime/Isa/Isa.h"

#include <array>
#include <cstdint>

namespace tilicho::isa {

/// What `operand` spans of the iterations of the verified instruction at
/// `bytes`, whose header is `header`: partitions, then the free dimensions.
std::array<int64_t, 5> operandCounts(const OperandInfo &operand,
                                     const Header &header,
                                     const uint8_t *bytes);

} // namespace tilicho::isa

#endif // TILICHO_RUNTIME_ISA_OPERANDCOUNTS_H
