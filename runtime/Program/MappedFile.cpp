// SPDX-License-Identifier: Apache-2.0
// Maps files, and reads what cannot be mapped.
#include "runtime/Program/MappedFile.h"

#include "absl/strings/str_cat.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace tilicho {

static absl::Status cannotRead(const std::string &path, int error) {
  return absl::NotFoundError(
      absl::StrCat("cannot read ", path, ": ", std::strerror(error)));
}

static absl::StatusOr<MappedFile> readAll(int descriptor,
                                          const std::string &path) {
  auto buffer = std::make_shared<std::vector<uint8_t>>();
  uint8_t block[1 << 16];
  for (;;) {
    ssize_t count = read(descriptor, block, sizeof(block));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return cannotRead(path, errno);
    if (count == 0)
      return MappedFile{{buffer->data(), buffer->size()}, buffer};
    buffer->insert(buffer->end(), block, block + count);
  }
}

static absl::StatusOr<MappedFile> mapAll(int descriptor, size_t size,
                                         const std::string &path) {
  void *memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (memory == MAP_FAILED)
    return cannotRead(path, errno);
  std::shared_ptr<const void> owner(
      memory, [size](void *mapped) { munmap(mapped, size); });
  return MappedFile{{static_cast<const uint8_t *>(memory), size}, owner};
}

absl::StatusOr<MappedFile> mapFile(const std::string &path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return cannotRead(path, errno);
  struct stat info;
  absl::StatusOr<MappedFile> file = MappedFile{};
  if (fstat(descriptor, &info) != 0)
    file = cannotRead(path, errno);
  else if (S_ISDIR(info.st_mode))
    file = cannotRead(path, EISDIR);
  else if (S_ISREG(info.st_mode) && info.st_size > 0)
    file = mapAll(descriptor, static_cast<size_t>(info.st_size), path);
  else
    file = readAll(descriptor, path);
  close(descriptor);
  return file;
}

} // namespace tilicho
