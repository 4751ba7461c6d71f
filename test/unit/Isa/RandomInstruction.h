// SPDX-License-Identifier: Apache-2.0
// Well-formed instructions from a seed.
#ifndef TILICHO_TEST_UNIT_ISA_RANDOMINSTRUCTION_H
#define TILICHO_TEST_UNIT_ISA_RANDOMINSTRUCTION_H

#include "runtime/Isa/Isa.h"

#include <array>
#include <random>

namespace tilicho::isa {

using Bytes = std::array<uint8_t, kInstructionBytes>;

/// An instruction that verify accepts, its fields drawn from all they may hold.
Bytes randomInstruction(const InstructionInfo &info, std::mt19937_64 &random);

} // namespace tilicho::isa

#endif
