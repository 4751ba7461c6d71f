// SPDX-License-Identifier: Apache-2.0
// The instructions of one queue held against the program they are part of.
#ifndef TILICHO_RUNTIME_PROGRAM_VERIFYCODE_H
#define TILICHO_RUNTIME_PROGRAM_VERIFYCODE_H

#include "runtime/Program/Program.h"

namespace tilicho {

/// How deep loops may be nested in a queue.
inline constexpr unsigned maxLoopDepth = 8;

/// Checks that every instruction decodes, that loops close, that branches,
/// semaphores, segments and first partitions are there, and that no input or
/// constant is written. Names queue, instruction and ONNX node.
absl::Status verifyCode(const Program &program, const QueueCode &queue,
                        isa::QueueKind kind);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_VERIFYCODE_H
