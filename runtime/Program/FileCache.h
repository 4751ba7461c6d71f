// SPDX-License-Identifier: Apache-2.0
// A folder of files, bounded, shared by processes.
#ifndef TILICHO_RUNTIME_PROGRAM_FILECACHE_H
#define TILICHO_RUNTIME_PROGRAM_FILECACHE_H

#include "absl/types/span.h"

#include <cstdint>
#include <initializer_list>
#include <string>

namespace tilicho {

/// Files KEY with one extension, each there whole or not at all. Those used
/// longest ago go when the folder is over its bound. A cache never fails: what
/// cannot be read or written is made again.
class FileCache {
public:
  /// An empty folder's name stands for no cache.
  FileCache(std::string folder, std::string extension, uint64_t maxBytes)
      : folder(std::move(folder)), extension(std::move(extension)),
        maxBytes(maxBytes) {}

  bool isOn() const { return !folder.empty(); }
  std::string pathOf(const std::string &key) const;
  /// Notes that a file was used.
  void touch(const std::string &key) const;
  /// Writes the parts one after the other; the folder may be over its bound
  /// until evict is called. Returns why the file was not kept, or "".
  std::string
  store(const std::string &key,
        std::initializer_list<absl::Span<const uint8_t>> parts) const;
  void remove(const std::string &key) const;
  /// Drops files until the folder is within its bound.
  void evict() const;

private:
  std::string folder, extension;
  uint64_t maxBytes;
};

/// Size and time of last change of a file, as text; "" when there is none.
std::string fileIdentity(const std::string &path);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_FILECACHE_H
