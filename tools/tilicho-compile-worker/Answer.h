// SPDX-License-Identifier: Apache-2.0
// One request to the compiler library.
#ifndef TILICHO_TOOLS_COMPILE_WORKER_ANSWER_H
#define TILICHO_TOOLS_COMPILE_WORKER_ANSWER_H

#include <cstddef>

/// Answers a request of `size` bytes (its length in 8 bytes, the request, the
/// model) by the compiler library at path `compiler`. Writes the code in 8
/// bytes and the result, or what is wrong, to standard output; gives the
/// process's exit status.
int answer(const char *bytes, size_t size, const char *compiler);

#endif // TILICHO_TOOLS_COMPILE_WORKER_ANSWER_H
