/* SPDX-License-Identifier: Apache-2.0
 * Tilicho's C interface: compile ONNX models, load programs, run them.
 *
 * Rules for all of it:
 * - A function that can fail returns NULL, or an error that the caller frees.
 *   Outputs are written only on success.
 * - Structs that the caller fills begin with `struct_size`, which must be
 *   sizeof the struct; all else zero means the default. Later versions only
 *   append members, so that what was compiled against this one keeps working.
 * - Handles may be used from any thread, by several at once; only a state
 *   belongs to one run at a time. Nothing is shared between contexts.
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
#define TILICHO_API_VERSION 4

/** The TILICHO_API_VERSION that the library was built with. */
TILICHO_API uint32_t tilicho_api_version(void);
/** The library's version, as "0.1.0". */
TILICHO_API const char *tilicho_version(void);

/* Errors ------------------------------------------------------------------ */

typedef struct tilicho_error tilicho_error;

/** One line for each problem, without a line end after the last. */
TILICHO_API const char *tilicho_error_message(const tilicho_error *error);
TILICHO_API void tilicho_error_free(tilicho_error *error);

/** What kind of error it is. Later versions may add kinds. */
typedef enum tilicho_code {
  TILICHO_OK = 0,
  TILICHO_INVALID_ARGUMENT = 1, /**< of the call: a name, a size, an option */
  TILICHO_INVALID_MODEL = 2,    /**< not ONNX, or not valid ONNX */
  TILICHO_NOT_SUPPORTED = 3,    /**< valid, but not lowered to the machine */
  TILICHO_UNAVAILABLE = 4,      /**< the compiler library cannot be opened */
  TILICHO_FILE = 5,             /**< a file cannot be read or written */
  TILICHO_INVALID_PROGRAM = 6,  /**< damaged, or of another version */
  TILICHO_TRAP = 7,             /**< the program did what is not allowed */
  TILICHO_OUT_OF_MEMORY = 8,
  TILICHO_BUSY = 9,      /**< the state is in use by another run */
  TILICHO_INTERNAL = 10, /**< a fault of this library */
} tilicho_code;
/** TILICHO_OK for NULL. Since version 2. */
TILICHO_API tilicho_code tilicho_error_code(const tilicho_error *error);

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
  /* Since version 3: */
  /** Of an output, not 0 where each run decides how many rows there are:
   *  `shape` has the most, and tilicho_result_rows says how many. */
  uint32_t rows_vary;
  /* Since version 4: */
  /** The dimension that counts them, where `rows_vary` is not 0. */
  size_t rows_dimension;
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
  /* Since version 2: */
  /** Holds some inputs and outputs; their buffers are not looked at. */
  struct tilicho_state *state;
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
/** The rows of output `output` in this run, or whatever its
 *  `rows_dimension` counts. A row-major tensor of so many is at the front of
 * the buffer, and what is behind it means nothing. Since version 3. */
TILICHO_API tilicho_error *tilicho_result_rows(const tilicho_result *result,
                                               size_t output, int64_t *rows);
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

/* Contexts (since version 2) ---------------------------------------------- */

typedef enum tilicho_severity {
  TILICHO_LOG_DEBUG = 0,
  TILICHO_LOG_INFO = 1,
  TILICHO_LOG_WARNING = 2,
} tilicho_severity;

typedef struct tilicho_context_options {
  size_t struct_size;
  /** Handed to every callback, which any thread may call. */
  void *user;
  /** Memory of compiled programs and of states; both or neither. `allocate`
   *  returns NULL when there is none; `alignment` is a power of two. */
  void *(*allocate)(void *user, size_t bytes, size_t alignment);
  void (*release)(void *user, void *memory, size_t bytes, size_t alignment);
  /** Takes one line without a line end; NULL: nothing is logged. */
  void (*log)(void *user, tilicho_severity severity, const char *line);
  /** The compiler library; NULL: libtilicho-compiler.so beside this one. */
  const char *compiler;
  /** Not 0: each compile runs in a process of its own, the program
   *  tilicho-compile-worker, which cannot harm this one. */
  uint32_t compile_in_process_of_its_own;
} tilicho_context_options;

/** How to compile and where memory comes from. Where one is wanted, NULL
 *  stands for the defaults. What is made with a context keeps it. */
typedef struct tilicho_context tilicho_context;
TILICHO_API tilicho_error *
tilicho_context_create(const tilicho_context_options *options,
                       tilicho_context **context);
TILICHO_API void tilicho_context_free(tilicho_context *context);

/** Another handle of the same program, to be freed too. */
TILICHO_API tilicho_program *
tilicho_program_retain(const tilicho_program *program);
/** Loads a program from memory that stays the caller's: it is not copied, and
 *  has to be there until `release(user, bytes)` is called, after the program
 *  and all that holds on to it are gone; also when loading fails. `release` may
 *  be NULL. `bytes` must be at a multiple of 64. */
TILICHO_API tilicho_error *
tilicho_program_load_view(const void *bytes, size_t size,
                          void (*release)(void *user, const void *bytes),
                          void *user, tilicho_program **program);

/** Text that the caller frees. */
typedef struct tilicho_text tilicho_text;
TILICHO_API const char *tilicho_text_data(const tilicho_text *text);
TILICHO_API void tilicho_text_free(tilicho_text *text);

/* Models (since version 2) ------------------------------------------------ */

/** A tensor of the caller. */
typedef struct tilicho_tensor {
  size_t struct_size;
  const char *name;
  tilicho_dtype dtype;
  size_t rank;
  const int64_t *shape;
  /** Row-major without gaps; NULL where only the shape counts. */
  const void *data;
} tilicho_tensor;

/** An ONNX model: its bytes, or the path of its file. */
typedef struct tilicho_model {
  size_t struct_size;
  const void *bytes; /**< NULL: `path` is read */
  size_t size;
  const char *path;
  const char *name;   /**< for messages; NULL: the path */
  const char *folder; /**< of external data; NULL: that of the path */
  /** Inputs that become constants, by name. */
  const tilicho_tensor *constants;
  size_t constant_count;
} tilicho_model;

/** An option of tilicho-compile by its name, without dashes:
 *  `machine`, `set` (FIELD=VALUE, repeatable), `dim` (NAME=VALUE, repeatable),
 *  `precision`, `O` (0 to 3), `state` (auto, or INPUT=OUTPUT, repeatable:
 *  outputs that are their input with a part replaced are updated in place),
 *  `state-capacity` (rows: room of a state that runs add rows to). */
typedef struct tilicho_option {
  const char *key;
  const char *value;
} tilicho_option;

TILICHO_API tilicho_error *tilicho_compile_model(tilicho_context *context,
                                                 const tilicho_model *model,
                                                 const tilicho_option *options,
                                                 size_t option_count,
                                                 tilicho_program **program);

/** Says of each node which engine it would run on, why, and its share of MACs
 *  and time, as the JSON of `tilicho-compile --check --format=json`
 *  (docs/CApi.md). A model that is not supported is no error here. */
TILICHO_API tilicho_error *tilicho_check_model(tilicho_context *context,
                                               const tilicho_model *model,
                                               const tilicho_option *options,
                                               size_t option_count,
                                               tilicho_text **report);

/** Describes inputs and outputs as JSON (docs/CApi.md): names, types,
 *  dimensions (a number, a name, or null), and for inputs whether their values
 *  reach a shape, so that they have to be known when compiling. */
TILICHO_API tilicho_error *tilicho_describe_model(tilicho_context *context,
                                                  const tilicho_model *model,
                                                  const tilicho_option *options,
                                                  size_t option_count,
                                                  tilicho_text **description);

/* State kept on the device between runs (since version 2) ------------------ */

/** An output that is an input of the next run. */
typedef struct tilicho_state_pair {
  const char *input;
  const char *output;
} tilicho_state_pair;

/** Memory of inputs and outputs, which runs leave where it is. */
typedef struct tilicho_state tilicho_state;

/** Makes a state of zeros. The tensors of a pair have one type and shape. With
 *  NULL the pairs are those that the program updates in place. */
TILICHO_API tilicho_error *tilicho_state_create(tilicho_context *context,
                                                const tilicho_program *program,
                                                const tilicho_state_pair *pairs,
                                                size_t pair_count,
                                                tilicho_state **state);
TILICHO_API void tilicho_state_free(tilicho_state *state);
TILICHO_API size_t tilicho_state_count(const tilicho_state *state);
/** The pair's names, and not 0 in `in_place` where one memory serves both; any
 *  of the three may be NULL. */
TILICHO_API tilicho_error *
tilicho_state_pair_at(const tilicho_state *state, size_t index,
                      const char **input, const char **output, int *in_place);
/** What the next run reads as input `input`; the memory moves with runs. */
TILICHO_API tilicho_error *tilicho_state_buffer(tilicho_state *state,
                                                const char *input,
                                                tilicho_buffer *buffer);
/** Sets all to zero. */
TILICHO_API tilicho_error *tilicho_state_reset(tilicho_state *state);

/* Sessions (since version 2) ---------------------------------------------- */

typedef struct tilicho_session_options {
  size_t struct_size;
  /** Where programs are kept between processes; NULL: nowhere. Several
   *  processes may share it. */
  const char *cache_folder;
  uint64_t cache_bytes; /**< bound of the folder; 0: 4 GiB */
  /** Programs in memory; 0: 64. The one used longest ago goes. */
  uint32_t max_programs;
} tilicho_session_options;

/** A model with a program for each signature: the shapes of its inputs, and the
 *  values of those that reach a shape. */
typedef struct tilicho_session tilicho_session;

/** The model's bytes are copied; a file is mapped. */
TILICHO_API tilicho_error *
tilicho_session_create(tilicho_context *context, const tilicho_model *model,
                       const tilicho_option *options, size_t option_count,
                       const tilicho_session_options *session_options,
                       tilicho_session **session);
TILICHO_API void tilicho_session_free(tilicho_session *session);
/** As tilicho_describe_model; lives as long as the session. */
TILICHO_API const char *
tilicho_session_description(const tilicho_session *session);
/** The program for these inputs, one for each of the model's in any order, to
 *  be freed. It is compiled once, whoever asks at the same time. Inputs whose
 *  values reach a shape need `data`, and are no inputs of the program. */
TILICHO_API tilicho_error *tilicho_session_program(tilicho_session *session,
                                                   const tilicho_tensor *inputs,
                                                   size_t input_count,
                                                   tilicho_program **program);
/** What was compiled or found so far, as JSON (docs/CApi.md). */
TILICHO_API tilicho_text *
tilicho_session_compiled(const tilicho_session *session);

#ifdef __cplusplus
}
#endif

#endif /* TILICHO_TILICHO_H */
