/* SPDX-License-Identifier: Apache-2.0
 * Compiles an ONNX model of f32 tensors and runs it once, on inputs of ones:
 *
 *   run-model MODEL.onnx [KEY=VALUE ...]
 *
 * KEY=VALUE are options of the compiler, for example dim=batch=4 or
 * precision=bf16. Prints the outputs' first elements and the modelled time.
 */
#include <tilicho/tilicho.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TENSORS = 16, MAX_OPTIONS = 16 };

/* Prints an error and frees it; returns whether there was one. */
static int failed(tilicho_error *error) {
  if (!error)
    return 0;
  fprintf(stderr, "run-model: error %d: %s\n", (int)tilicho_error_code(error),
          tilicho_error_message(error));
  tilicho_error_free(error);
  return 1;
}

static void log_line(void *user, tilicho_severity severity, const char *line) {
  if (severity >= TILICHO_LOG_INFO)
    fprintf((FILE *)user, "run-model: %s\n", line);
}

typedef tilicho_error *(*describe)(const tilicho_program *, size_t,
                                   tilicho_tensor_info *);

/* Memory for each input or output. */
static int make_buffers(const tilicho_program *program, size_t count,
                        describe describe_one, float value,
                        tilicho_buffer *buffers) {
  for (size_t i = 0; i < count; ++i) {
    tilicho_tensor_info info = {.struct_size = sizeof info};
    if (failed(describe_one(program, i, &info)))
      return 0;
    if (info.dtype != TILICHO_F32) {
      fprintf(stderr, "run-model: %s is not of f32\n", info.name);
      return 0;
    }
    buffers[i].bytes = info.bytes;
    buffers[i].data = malloc(info.bytes ? info.bytes : 1);
    if (!buffers[i].data)
      return 0;
    for (size_t k = 0; k < info.bytes / sizeof(float); ++k)
      ((float *)buffers[i].data)[k] = value;
  }
  return 1;
}

/* The figure of a key in statistics, which are JSON. */
static double figure(const char *statistics, const char *key) {
  const char *at = strstr(statistics, key);
  return at ? strtod(strchr(at, ':') + 1, NULL) : 0;
}

static int run(const tilicho_program *program) {
  size_t inputs = tilicho_program_input_count(program);
  size_t outputs = tilicho_program_output_count(program);
  if (inputs > MAX_TENSORS || outputs > MAX_TENSORS) {
    fprintf(stderr, "run-model: the model has too many inputs or outputs\n");
    return 1;
  }
  tilicho_buffer in[MAX_TENSORS] = {{0}}, out[MAX_TENSORS] = {{0}};
  tilicho_result *result = NULL;
  int status = 1;
  if (make_buffers(program, inputs, tilicho_program_input, 1, in) &&
      make_buffers(program, outputs, tilicho_program_output, 0, out) &&
      !failed(tilicho_run(program, NULL, in, inputs, out, outputs, &result))) {
    for (size_t i = 0; i < outputs; ++i) {
      tilicho_tensor_info info = {.struct_size = sizeof info};
      if (failed(tilicho_program_output(program, i, &info)))
        break;
      printf("%s:", info.name);
      for (size_t k = 0; k < info.bytes / sizeof(float) && k < 8; ++k)
        printf(" %g", ((float *)out[i].data)[k]);
      printf("\n");
    }
    printf("%g us\n",
           figure(tilicho_result_statistics(result), "\"makespan_us\""));
    status = 0;
  }
  tilicho_result_free(result);
  for (size_t i = 0; i < MAX_TENSORS; ++i) {
    free(in[i].data);
    free(out[i].data);
  }
  return status;
}

int main(int argc, char **argv) {
  if (argc < 2 || argc > 2 + MAX_OPTIONS) {
    fprintf(stderr, "usage: run-model MODEL.onnx [KEY=VALUE ...]\n");
    return 1;
  }
  tilicho_option options[MAX_OPTIONS];
  size_t count = 0;
  for (int i = 2; i < argc; ++i) {
    char *equals = strchr(argv[i], '=');
    if (!equals) {
      fprintf(stderr, "run-model: %s: KEY=VALUE is wanted\n", argv[i]);
      return 1;
    }
    *equals = 0;
    options[count].key = argv[i];
    options[count++].value = equals + 1;
  }
  tilicho_context_options context_options = {
      .struct_size = sizeof context_options, .user = stderr, .log = log_line};
  tilicho_context *context = NULL;
  if (failed(tilicho_context_create(&context_options, &context)))
    return 1;
  tilicho_model model = {.struct_size = sizeof model, .path = argv[1]};
  tilicho_program *program = NULL;
  int status =
      failed(tilicho_compile_model(context, &model, options, count, &program));
  if (!status)
    status = run(program);
  tilicho_program_free(program);
  tilicho_context_free(context);
  return status;
}
