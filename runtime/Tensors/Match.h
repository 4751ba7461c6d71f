// SPDX-License-Identifier: Apache-2.0
// Given tensors against a program's inputs or outputs.
#ifndef TILICHO_RUNTIME_TENSORS_MATCH_H
#define TILICHO_RUNTIME_TENSORS_MATCH_H

#include "runtime/Program/Program.h"
#include "runtime/Tensors/TensorFiles.h"

namespace tilicho {

/// The tensors of `source` in the order of the program's segments of `kind`.
/// Fails with one line for each that is missing, unknown, given twice or of
/// another type or shape.
absl::StatusOr<std::vector<Tensor>> matchTensors(const TensorSource &source,
                                                 const Program &program,
                                                 Segment::Kind kind);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_MATCH_H
