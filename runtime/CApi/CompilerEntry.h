// SPDX-License-Identifier: Apache-2.0
// What the runtime library calls in the compiler library.
#ifndef TILICHO_RUNTIME_CAPI_COMPILERENTRY_H
#define TILICHO_RUNTIME_CAPI_COMPILERENTRY_H

#include "tilicho/tilicho.h"

/// Memory for `size` bytes of text or program, which stays the caller's.
typedef void *tilicho_allocate(void *context, size_t size);

/// Compiles a model. Puts the program's bytes into memory of `program`, or the
/// problems, one a line, into memory of `problems`; returns whether it is the
/// program. `options` is of the caller's version.
typedef int tilicho_compiler_compile_1(const void *model, size_t size,
                                       const tilicho_compile_options *options,
                                       tilicho_allocate *allocateProgram,
                                       void *program,
                                       tilicho_allocate *allocateProblems,
                                       void *problems);
#define TILICHO_COMPILER_ENTRY "tilicho_compiler_compile"

#endif // TILICHO_RUNTIME_CAPI_COMPILERENTRY_H
