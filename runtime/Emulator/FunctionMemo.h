// SPDX-License-Identifier: Apache-2.0
// Results of functions for all elements of 16 bits.
#ifndef TILICHO_RUNTIME_EMULATOR_FUNCTIONMEMO_H
#define TILICHO_RUNTIME_EMULATOR_FUNCTIONMEMO_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Isa/Isa.h"

#include <deque>
#include <vector>

namespace tilicho {

/// f(x * scale + bias) in f32 where x has 16 bits and the others are the same
/// for all: a program that asks for more values than there are x has them
/// calculated once, by the loops that would calculate each.
class FunctionMemo {
public:
  /// The results by the bits of x, or null while `elements` more have not been
  /// worth it. Scale and bias are bits of f32.
  const float *find(isa::AluOp op, isa::DType dtype, uint32_t scale,
                    uint32_t bias, int64_t elements, CpuLevel level);

private:
  struct Table {
    isa::AluOp op;
    isa::DType dtype;
    uint32_t scale, bias;
    int64_t asked = 0;
    std::vector<float> results = {};
  };

  std::deque<Table> tables;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_FUNCTIONMEMO_H
