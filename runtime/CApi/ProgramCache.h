// SPDX-License-Identifier: Apache-2.0
// A folder of program files, bounded, shared by processes.
#ifndef TILICHO_RUNTIME_CAPI_PROGRAMCACHE_H
#define TILICHO_RUNTIME_CAPI_PROGRAMCACHE_H

#include "absl/types/span.h"

#include <cstdint>
#include <string>

namespace tilicho::capi {

/// Files `KEY.tlx`, each there whole or not at all. Those used longest ago go
/// when the folder is over its bound. A cache never fails: what cannot be read
/// or written is compiled again.
class ProgramCache {
public:
  /// An empty folder's name stands for no cache.
  ProgramCache(std::string folder, uint64_t maxBytes)
      : folder(std::move(folder)), maxBytes(maxBytes) {}

  bool isOn() const { return !folder.empty(); }
  std::string pathOf(const std::string &key) const;
  /// Notes that a file was used.
  void touch(const std::string &key) const;
  /// Returns why the file was not kept, or "".
  std::string store(const std::string &key,
                    absl::Span<const uint8_t> bytes) const;
  void remove(const std::string &key) const;

private:
  void evict() const;

  std::string folder;
  uint64_t maxBytes;
};

/// Size and time of last change of a file, as text; "" when there is none.
std::string fileIdentity(const std::string &path);

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_PROGRAMCACHE_H
