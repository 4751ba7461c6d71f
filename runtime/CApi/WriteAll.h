// SPDX-License-Identifier: Apache-2.0
// Whole writes to a file, for both ends of the compiler process.
#ifndef TILICHO_RUNTIME_CAPI_WRITEALL_H
#define TILICHO_RUNTIME_CAPI_WRITEALL_H

#include <cerrno>
#include <cstddef>
#include <unistd.h>

namespace tilicho::capi {

/// Writes all of `bytes`; false when there is no room, or no file.
inline bool writeAll(int descriptor, const void *bytes, size_t size) {
  const char *next = static_cast<const char *>(bytes);
  while (size > 0) {
    ssize_t count = write(descriptor, next, size);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    next += count;
    size -= size_t(count);
  }
  return true;
}

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_WRITEALL_H
