// SPDX-License-Identifier: Apache-2.0
// Answers one request to the compiler library, whose path is the argument:
// the request is standard input, the answer standard output. Started by
// libtilicho-runtime.so, for compiles in a process of their own.
#include "Answer.h"

#include <cstdio>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct stat info;
  if (argc != 2 || fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode)) {
    std::fputs("tilicho-compile-worker: started by libtilicho-runtime.so, not "
               "by hand\n",
               stderr);
    return 1;
  }
  const size_t size = size_t(info.st_size);
  void *memory =
      size ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0)
           : nullptr;
  if (memory == MAP_FAILED)
    return 1;
  return answer(static_cast<const char *>(memory), size, argv[1]);
}
