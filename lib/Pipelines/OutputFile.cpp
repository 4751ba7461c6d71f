// SPDX-License-Identifier: Apache-2.0
// Writes beside the output and renames.
#include "lib/Pipelines/OutputFile.h"

#include "llvm/Support/FileSystem.h"

using namespace llvm;

static Error failedTo(StringRef path, std::error_code code) {
  return createStringError(code,
                           "cannot write '" + path + "': " + code.message());
}

Error tilicho::compiler::writeOutput(
    StringRef path, function_ref<LogicalResult(raw_ostream &)> write,
    bool &written) {
  written = false;
  if (path == "-") {
    written = succeeded(write(outs()));
    outs().flush();
    std::error_code code = outs().error();
    outs().clear_error();
    return code ? createStringError(code, "cannot write to standard output: " +
                                              code.message())
                : Error::success();
  }
  // A device or pipe cannot be renamed onto.
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::exists(status) &&
      !sys::fs::is_regular_file(status)) {
    std::error_code code;
    raw_fd_ostream out(path, code);
    if (!code)
      written = succeeded(write(out));
    out.close();
    code = code ? code : out.error();
    out.clear_error();
    return code ? failedTo(path, code) : Error::success();
  }
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".tmp%%%%%%");
  if (!file)
    return failedTo(path, errorToErrorCode(file.takeError()));
  std::error_code code;
  {
    raw_fd_ostream out(file->FD, /*shouldClose=*/false);
    written = succeeded(write(out));
    out.flush();
    code = out.error();
    out.clear_error();
  }
  if (code || !written) {
    consumeError(file->discard());
    return code ? failedTo(path, code) : Error::success();
  }
  sys::fs::setPermissions(
      file->FD, static_cast<sys::fs::perms>(0666 & ~sys::fs::getUmask()));
  if (Error failure = file->keep(path))
    return failedTo(path, errorToErrorCode(std::move(failure)));
  return Error::success();
}
