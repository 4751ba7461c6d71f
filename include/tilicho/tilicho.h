/* SPDX-License-Identifier: Apache-2.0
 * Tilicho's C interface: compile ONNX models, load programs, run them.
 *
 * Rules for all of it:
 * - A function that can fail returns NULL, or an error that the caller frees.
 *   Outputs are written only on success.
 * - Structs that the caller fills begin with `struct_size`, which must be
 *   sizeof the struct; all else zero means the default. Later versions only
 *   append members, so that what was compiled against this one keeps working.
 * - Handles may be used from any thread; a program by several at once.
 * - Strings are UTF-8. Text that a handle gives lives as long as the handle.
 */
#ifndef TILICHO_TILICHO_H
#define TILICHO_TILICHO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TILICHO_API __attribute__((visibility("default")))
#define TILICHO_API_VERSION 1

/** The TILICHO_API_VERSION that the library was built with. */
TILICHO_API uint32_t tilicho_api_version(void);
/** The library's version, as "0.1.0". */
TILICHO_API const char *tilicho_version(void);

/* Errors ------------------------------------------------------------------ */

typedef struct tilicho_error tilicho_error;

/** One line for each problem, without a line end after the last. */
TILICHO_API const char *tilicho_error_message(const tilicho_error *error);
TILICHO_API void tilicho_error_free(tilicho_error *error);

/* Programs ---------------------------------------------------------------- */

/** A program that has been loaded and verified; never changes. */
typedef struct tilicho_program tilicho_program;

/** Maps the program file at `path`. */
TILICHO_API tilicho_error *tilicho_program_load(const char *path,
                                                tilicho_program **program);
/** Loads a program file from memory, which is copied. */
TILICHO_API tilicho_error *
tilicho_program_load_memory(const void *bytes, size_t size,
                            tilicho_program **program);
TILICHO_API void tilicho_program_free(tilicho_program *program);

/** The bytes of the program file; they belong to the program. */
TILICHO_API void tilicho_program_file(const tilicho_program *program,
                                      const void **bytes, size_t *size);
/** Writes the program file; it is there whole or not at all. */
TILICHO_API tilicho_error *tilicho_program_save(const tilicho_program *program,
                                                const char *path);

/** The machine it was compiled for: lines `field=value`, the name first. */
TILICHO_API const char *tilicho_program_machine(const tilicho_program *program);
/** The compiler's options, as on the command line. */
TILICHO_API const char *tilicho_program_flags(const tilicho_program *program);
/** What is known without a run, as JSON; keys in docs/Statistics.md. */
TILICHO_API const char *
tilicho_program_statistics(const tilicho_program *program);

/** Types of elements. */
typedef enum tilicho_dtype {
  TILICHO_F32 = 0,
  TILICHO_TF32 = 1, /**< in 4 bytes */
  TILICHO_BF16 = 2,
  TILICHO_F16 = 3,
  TILICHO_F8E4M3FN = 4,
  TILICHO_F8E5M2 = 5,
  TILICHO_I8 = 6,
  TILICHO_U8 = 7,
  TILICHO_I16 = 8,
  TILICHO_U16 = 9,
  TILICHO_I32 = 10,
  TILICHO_U32 = 11,
  TILICHO_BOOL = 12, /**< one byte, 0 or 1 */
  TILICHO_I64 = 13,
  TILICHO_U64 = 14,
  TILICHO_F64 = 15
} tilicho_dtype;

/** A tensor of a program; its pointers belong to the program. */
typedef struct tilicho_tensor_info {
  size_t struct_size;
  const char *name; /**< the ONNX name */
  tilicho_dtype dtype;
  size_t rank;
  const int64_t *shape;
  size_t bytes; /**< row-major without gaps */
} tilicho_tensor_info;

/** Inputs and outputs in the order of the ONNX graph. */
TILICHO_API size_t tilicho_program_input_count(const tilicho_program *program);
TILICHO_API size_t tilicho_program_output_count(const tilicho_program *program);
TILICHO_API tilicho_error *tilicho_program_input(const tilicho_program *program,
                                                 size_t index,
                                                 tilicho_tensor_info *info);
TILICHO_API tilicho_error *
tilicho_program_output(const tilicho_program *program, size_t index,
                       tilicho_tensor_info *info);

/** Values inside the graph that a run can hand out. */
TILICHO_API size_t tilicho_program_value_count(const tilicho_program *program);
TILICHO_API tilicho_error *tilicho_program_value(const tilicho_program *program,
                                                 size_t index,
                                                 tilicho_tensor_info *info);

/* Runs -------------------------------------------------------------------- */

typedef enum tilicho_timing {
  TILICHO_TIMING_ON = 0,  /**< values and time */
  TILICHO_TIMING_OFF = 1, /**< values only */
  TILICHO_TIMING_ONLY = 2 /**< time only: buffers are neither read nor written
                           */
} tilicho_timing;

/** Memory of the caller. */
typedef struct tilicho_buffer {
  void *data;
  size_t bytes;
} tilicho_buffer;

typedef struct tilicho_run_options {
  size_t struct_size;
  uint32_t threads;       /**< 0: as many as the host has */
  uint32_t timing;        /**< a tilicho_timing */
  uint32_t sanitize;      /**< not 0: trap on uninitialised reads and races */
  const char *trace_path; /**< Chrome trace JSON is written here, or NULL */
  /** Values inside the graph to hand out, by index. */
  const size_t *values;
  size_t value_count;
} tilicho_run_options;

/** What a run leaves behind beside its outputs. */
typedef struct tilicho_result tilicho_result;

/** Runs on the caller's buffers: one for each input and output, in order and of
 *  exactly the tensor's size. They are used in place. `options` and `result`
 *  may be NULL. */
TILICHO_API tilicho_error *
tilicho_run(const tilicho_program *program, const tilicho_run_options *options,
            const tilicho_buffer *inputs, size_t input_count,
            const tilicho_buffer *outputs, size_t output_count,
            tilicho_result **result);
/** The statistics as JSON; keys in docs/Statistics.md. */
TILICHO_API const char *tilicho_result_statistics(const tilicho_result *result);
/** A value asked for by `tilicho_run_options::values`, by its position there.
 */
TILICHO_API tilicho_error *tilicho_result_value(const tilicho_result *result,
                                                size_t position,
                                                tilicho_buffer *value);
TILICHO_API void tilicho_result_free(tilicho_result *result);

/* Compiling --------------------------------------------------------------- */

typedef struct tilicho_compile_options {
  size_t struct_size;
  const char *name;    /**< of the model, for messages */
  const char *folder;  /**< of external data; NULL: the model has none */
  const char *machine; /**< a shipped name or a file; NULL: trn1 */
  /** `FIELD=VALUE`, as of the option --set. */
  const char *const *settings;
  size_t setting_count;
  /** `NAME=VALUE`, as of the option --dim. */
  const char *const *dims;
  size_t dim_count;
  const char *precision;    /**< f32, bf16, ...; NULL: f32 */
  const char *optimization; /**< O0 to O3; NULL: O2 */
} tilicho_compile_options;

/** Compiles the bytes of an ONNX model. Opens libtilicho-compiler.so beside
 *  this library when first called. */
TILICHO_API tilicho_error *
tilicho_compile(const void *model, size_t size,
                const tilicho_compile_options *options,
                tilicho_program **program);

#ifdef __cplusplus
}
#endif

#endif /* TILICHO_TILICHO_H */
