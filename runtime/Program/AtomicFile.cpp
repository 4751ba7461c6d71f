// SPDX-License-Identifier: Apache-2.0
// Temporary files that become the file meant, or go.
#include "runtime/Program/AtomicFile.h"

#include "absl/strings/str_cat.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace tilicho {
namespace {

/// Names that a signal handler may remove: no lock, no allocation there.
constexpr int numSlots = 64;
std::atomic<const char *> pendingNames[numSlots];

int claimSlot(const char *name) {
  for (int slot = 0; slot < numSlots; ++slot) {
    const char *expected = nullptr;
    if (pendingNames[slot].compare_exchange_strong(expected, name))
      return slot;
  }
  return -1;
}

void removePending(int signal) {
  for (std::atomic<const char *> &name : pendingNames)
    if (const char *path = name.load())
      unlink(path);
  // The handler was installed for one delivery: this ends the process.
  raise(signal);
}

absl::Status cannotWrite(const std::string &path, int error) {
  return absl::UnavailableError(
      absl::StrCat("cannot write ", path, ": ", std::strerror(error)));
}

} // namespace

AtomicFile::AtomicFile(std::string path, std::string temporary, int descriptor)
    : path(std::move(path)), temporary(std::move(temporary)),
      descriptor(descriptor), slot(-1) {
  if (!this->temporary.empty())
    slot = claimSlot(this->temporary.c_str());
}

AtomicFile::~AtomicFile() {
  if (descriptor >= 0) {
    close(descriptor);
    if (!temporary.empty())
      unlink(temporary.c_str());
  }
  if (slot >= 0)
    pendingNames[slot] = nullptr;
}

absl::StatusOr<std::unique_ptr<AtomicFile>>
AtomicFile::create(const std::string &path) {
  static std::atomic<unsigned> serial{0};
  struct stat info;
  bool isThere = stat(path.c_str(), &info) == 0;
  if (isThere && S_ISDIR(info.st_mode))
    return cannotWrite(path, EISDIR);
  std::string meant = path, temporary;
  int flags = O_WRONLY | O_CLOEXEC;
  if (!isThere || S_ISREG(info.st_mode)) {
    // Through a link, so that the link stays one.
    std::error_code ignored;
    if (isThere)
      meant = std::filesystem::canonical(path, ignored);
    temporary = absl::StrCat(meant, ".", getpid(), "-", serial++, ".tmp");
    flags |= O_CREAT | O_EXCL;
  }
  const std::string &opened = temporary.empty() ? meant : temporary;
  int descriptor = open(opened.c_str(), flags, 0666);
  if (descriptor < 0)
    return cannotWrite(path, errno);
  return std::unique_ptr<AtomicFile>(
      new AtomicFile(std::move(meant), std::move(temporary), descriptor));
}

absl::Status AtomicFile::failure(int error) const {
  return cannotWrite(path, error);
}

absl::Status AtomicFile::append(absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR)
      return failure(errno);
    if (written > 0)
      bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::append(absl::string_view text) {
  return append(absl::MakeConstSpan(
      reinterpret_cast<const uint8_t *>(text.data()), text.size()));
}

absl::Status AtomicFile::patch(uint64_t offset,
                               absl::Span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = pwrite(descriptor, bytes.data(), bytes.size(),
                             static_cast<off_t>(offset));
    if (written < 0 && errno != EINTR)
      return failure(errno);
    if (written > 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
      offset += static_cast<uint64_t>(written);
    }
  }
  return absl::OkStatus();
}

absl::Status AtomicFile::commit() {
  // Some file systems report a full disk only here.
  int closed = close(descriptor);
  descriptor = -1;
  if (closed == 0 &&
      (temporary.empty() || rename(temporary.c_str(), path.c_str()) == 0))
    return absl::OkStatus();
  absl::Status status = failure(errno);
  if (!temporary.empty())
    unlink(temporary.c_str());
  return status;
}

void AtomicFile::removeOnSignals() {
  struct sigaction action = {};
  action.sa_handler = removePending;
  action.sa_flags = SA_RESETHAND;
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaction(signal, &action, nullptr);
}

absl::Status checkWritable(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode) &&
      !S_ISDIR(info.st_mode))
    return absl::OkStatus();
  return AtomicFile::create(path).status();
}

absl::Status writeFileAtomically(const std::string &path,
                                 absl::string_view text) {
  absl::StatusOr<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  if (absl::Status status = (*file)->append(text); !status.ok())
    return status;
  return (*file)->commit();
}

} // namespace tilicho
