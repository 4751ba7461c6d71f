// SPDX-License-Identifier: Apache-2.0
// A small program that uses every part of a program file.
#ifndef TILICHO_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H
#define TILICHO_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H

#include "runtime/Program/Program.h"

#include <vector>

namespace tilicho {

/// Owns the code and constants that `program` refers to.
struct SampleProgram {
  SampleProgram();
  SampleProgram(const SampleProgram &) = delete;

  /// Appends an instruction to a queue.
  template <class Inst> void add(size_t queue, const Inst &instruction) {
    std::vector<uint8_t> &bytes = code[queue];
    bytes.resize(bytes.size() + isa::kInstructionBytes);
    isa::encode(instruction, &bytes[bytes.size() - isa::kInstructionBytes]);
    program.queues[queue].bytes = bytes;
  }

  /// Adds the constant to the input through SBUF: queues dma0 and vec; segments
  /// x (input), y (output), weights (constant), spill (scratch).
  Program program;
  std::vector<uint8_t> code[2];
  std::vector<float> weights;
};

} // namespace tilicho

#endif // TILICHO_TEST_UNIT_PROGRAM_SAMPLEPROGRAM_H
