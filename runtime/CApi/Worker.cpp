// SPDX-License-Identifier: Apache-2.0
// Compiles in a process of its own: a request and its answer are two files in
// memory, which are the worker's standard input and output.
#include "runtime/CApi/Context.h"
#include "runtime/CApi/WriteAll.h"
#include "runtime/Program/MappedFile.h"

#include "absl/strings/str_cat.h"

#include <cerrno>
#include <filesystem>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

extern char **environ;

namespace tilicho::capi {
namespace {

/// A file without a name, which goes when it is closed.
struct MemoryFile {
  explicit MemoryFile(const char *name)
      : descriptor(memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor >= 0)
      close(descriptor);
  }
  MemoryFile(const MemoryFile &) = delete;

  bool append(const void *bytes, size_t size) {
    return writeAll(descriptor, bytes, size);
  }

  int descriptor;
};

} // namespace

static std::string workerPath() {
  return fs::path(libraryPath()).parent_path().parent_path() / "bin" /
         "tilicho-compile-worker";
}

/// Runs the worker to its end and returns how it ended, as waitpid says it.
static absl::StatusOr<int> runWorker(const std::string &compiler, int input,
                                     int output) {
  const std::string worker = workerPath();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  char *arguments[] = {const_cast<char *>(worker.c_str()),
                       const_cast<char *>(compiler.c_str()), nullptr};
  pid_t process = 0;
  int error = posix_spawn(&process, worker.c_str(), &actions, nullptr,
                          arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error)
    return absl::UnavailableError(
        absl::StrCat(worker, " cannot be started: ", std::strerror(error)));
  int state = 0;
  while (waitpid(process, &state, 0) < 0)
    if (errno != EINTR)
      return absl::InternalError("the compiler process cannot be waited for");
  return state;
}

/// The answer, which the worker wrote behind a code.
static absl::StatusOr<AlignedCopy> readAnswer(const Context &context,
                                              int descriptor) {
  auto file = mapFile(absl::StrCat("/proc/self/fd/", descriptor));
  if (!file.ok())
    return file.status();
  absl::Span<const uint8_t> bytes = file->bytes;
  if (bytes.size() < sizeof(uint64_t))
    return makeStatus(TILICHO_INTERNAL, "the compiler process gave no answer");
  uint64_t code;
  std::memcpy(&code, bytes.data(), sizeof(code));
  bytes.remove_prefix(sizeof(code));
  if (code != TILICHO_OK)
    return makeStatus(
        static_cast<tilicho_code>(code),
        {reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  AlignedCopy answer = context.allocate(bytes.size());
  if (!answer.owner)
    return absl::ResourceExhaustedError("out of memory");
  std::memcpy(const_cast<uint8_t *>(answer.bytes.data()), bytes.data(),
              bytes.size());
  return answer;
}

absl::StatusOr<AlignedCopy> askWorker(const Context &context,
                                      const std::string &compiler,
                                      const std::string &request,
                                      absl::Span<const uint8_t> model) {
  MemoryFile input("tilicho-request"), output("tilicho-answer");
  const uint64_t size = request.size();
  if (output.descriptor < 0 || !input.append(&size, sizeof(size)) ||
      !input.append(request.data(), request.size()) ||
      !input.append(model.data(), model.size()))
    return absl::ResourceExhaustedError(
        "there is no memory for a request to the compiler process");
  lseek(input.descriptor, 0, SEEK_SET);
  auto state = runWorker(compiler, input.descriptor, output.descriptor);
  if (!state.ok())
    return state.status();
  if (WIFSIGNALED(*state))
    return makeStatus(TILICHO_INTERNAL,
                      absl::StrCat("the compiler process was ended by signal ",
                                   WTERMSIG(*state)));
  if (WEXITSTATUS(*state) != 0)
    return makeStatus(TILICHO_INTERNAL,
                      absl::StrCat("the compiler process ended with status ",
                                   WEXITSTATUS(*state), " and gave no answer"));
  return readAnswer(context, output.descriptor);
}

} // namespace tilicho::capi
