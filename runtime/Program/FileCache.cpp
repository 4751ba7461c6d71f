// SPDX-License-Identifier: Apache-2.0
// Stores, finds and drops files.
#include "runtime/Program/FileCache.h"
#include "runtime/Program/AtomicFile.h"

#include "absl/strings/str_cat.h"

#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace tilicho {

std::string fileIdentity(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    return "";
  return absl::StrCat(info.st_size, " ", info.st_mtim.tv_sec, ".",
                      info.st_mtim.tv_nsec);
}

std::string FileCache::pathOf(const std::string &key) const {
  return fs::path(folder) / (key + extension);
}

void FileCache::touch(const std::string &key) const {
  utimensat(AT_FDCWD, pathOf(key).c_str(), nullptr, 0);
}

void FileCache::remove(const std::string &key) const {
  std::error_code ignored;
  fs::remove(pathOf(key), ignored);
}

static absl::Status
writeParts(const std::string &path,
           std::initializer_list<absl::Span<const uint8_t>> parts) {
  absl::StatusOr<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  for (absl::Span<const uint8_t> part : parts)
    if (absl::Status status = (*file)->append(part); !status.ok())
      return status;
  return (*file)->commit();
}

std::string
FileCache::store(const std::string &key,
                 std::initializer_list<absl::Span<const uint8_t>> parts) const {
  uint64_t bytes = 0;
  for (absl::Span<const uint8_t> part : parts)
    bytes += part.size();
  if (bytes > maxBytes)
    return absl::StrCat("a file of ", bytes, " bytes is larger than the cache");
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return absl::StrCat(folder, " cannot be made: ", error.message());
  return std::string(writeParts(pathOf(key), parts).message());
}

namespace {
struct CachedFile {
  fs::path path;
  uint64_t bytes;
  fs::file_time_type used;
};
} // namespace

static std::vector<CachedFile> listFiles(const std::string &folder,
                                         const std::string &extension) {
  std::vector<CachedFile> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    CachedFile file{at->path(), at->file_size(gone), {}};
    if (!gone)
      file.used = at->last_write_time(gone);
    if (!gone && file.path.extension() == extension)
      files.push_back(std::move(file));
  }
  return files;
}

/// One process at a time counts and drops.
void FileCache::evict() const {
  const std::string lockPath = fs::path(folder) / "lock";
  int lock = open(lockPath.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (lock < 0)
    return;
  if (flock(lock, LOCK_EX) == 0) {
    std::vector<CachedFile> files = listFiles(folder, extension);
    std::sort(files.begin(), files.end(),
              [](const auto &a, const auto &b) { return a.used < b.used; });
    uint64_t total = 0;
    for (const CachedFile &file : files)
      total += file.bytes;
    std::error_code ignored;
    for (const CachedFile &file : files) {
      if (total <= maxBytes)
        break;
      fs::remove(file.path, ignored);
      total -= file.bytes;
    }
  }
  close(lock);
}

} // namespace tilicho
