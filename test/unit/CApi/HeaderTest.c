/* SPDX-License-Identifier: Apache-2.0
 * The C interface is C: this file is compiled as such. */
#include "tilicho/tilicho.h"

/* Loads, asks and frees, as a C program would. Returns the count of inputs. */
size_t countInputsFromC(const void *bytes, size_t size) {
  tilicho_program *program = NULL;
  tilicho_error *error = tilicho_program_load_memory(bytes, size, &program);
  size_t count;
  if (error) {
    tilicho_error_free(error);
    return 0;
  }
  count = tilicho_program_input_count(program);
  tilicho_program_free(program);
  return count;
}
