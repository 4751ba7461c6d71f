// SPDX-License-Identifier: Apache-2.0
// What the runtime library calls in the compiler library.
#ifndef TILICHO_RUNTIME_CAPI_COMPILERENTRY_H
#define TILICHO_RUNTIME_CAPI_COMPILERENTRY_H

#include "tilicho/tilicho.h"

/// Memory for `size` bytes, which stays the caller's; NULL when there is none.
typedef void *tilicho_allocate(void *context, size_t size);

/// Answers a request (Wire.h) about a model. Puts the answer (a program file,
/// JSON, or a description) into memory of `answer`, or the problems, one a
/// line, into memory of `problems`. Returns a tilicho_code.
typedef int tilicho_compiler_answer(const void *request, size_t requestSize,
                                    const void *model, size_t modelSize,
                                    tilicho_allocate *allocateAnswer,
                                    void *answer,
                                    tilicho_allocate *allocateProblems,
                                    void *problems);
#define TILICHO_COMPILER_ENTRY "tilicho_compiler_answer_2"

#endif // TILICHO_RUNTIME_CAPI_COMPILERENTRY_H
