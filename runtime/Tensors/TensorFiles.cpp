// SPDX-License-Identifier: Apache-2.0
// Chooses the format by the name, and adds the file to each message.
#include "runtime/Tensors/TensorFiles.h"
#include "runtime/Program/AtomicFile.h"
#include "runtime/Program/MappedFile.h"
#include "runtime/Tensors/Npy.h"
#include "runtime/Tensors/OnnxTensor.h"
#include "runtime/Tensors/Zip.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <filesystem>

namespace tilicho {
namespace {

namespace fs = std::filesystem;

absl::Status inFile(const std::string &path, const absl::Status &status) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", status.message()));
}

absl::StatusOr<std::vector<Tensor>> readNpz(const std::string &path) {
  absl::StatusOr<MappedFile> file = mapFile(path);
  if (!file.ok())
    return file.status();
  absl::StatusOr<std::vector<ZipMember>> members =
      readZip(file->bytes, file->owner);
  if (!members.ok())
    return inFile(path, members.status());
  std::vector<Tensor> tensors;
  for (const ZipMember &member : *members) {
    std::string name(absl::StripSuffix(member.name, ".npy"));
    absl::StatusOr<Tensor> tensor = readNpy(member.bytes, member.owner, name);
    if (!tensor.ok())
      return inFile(absl::StrCat(path, ", ", name), tensor.status());
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

absl::StatusOr<Tensor> readOne(const std::string &path) {
  absl::StatusOr<MappedFile> file = mapFile(path);
  if (!file.ok())
    return file.status();
  absl::StatusOr<Tensor> tensor = absl::EndsWith(path, ".pb")
                                      ? readOnnxTensor(file->bytes, file->owner)
                                      : readNpy(file->bytes, file->owner, "");
  if (!tensor.ok())
    return inFile(path, tensor.status());
  return tensor;
}

absl::StatusOr<std::vector<Tensor>> readFolder(const std::string &folder,
                                               const std::string &prefix) {
  std::vector<Tensor> tensors;
  for (int i = 0;; ++i) {
    std::string path = fs::path(folder) / absl::StrCat(prefix, "_", i, ".pb");
    if (!fs::exists(path))
      break;
    absl::StatusOr<Tensor> tensor = readOne(path);
    if (!tensor.ok())
      return tensor.status();
    tensors.push_back(std::move(*tensor));
  }
  if (tensors.empty())
    return absl::NotFoundError(absl::StrCat(folder, ": the folder has no ",
                                            prefix,
                                            "_0.pb; a folder is read as "
                                            "ONNX's test_data_set_*"));
  return tensors;
}

struct NamedFile {
  std::string name, path;
};

/// `NAME=FILE,...`; names may hold `=`, files may not.
std::vector<NamedFile> splitList(const std::string &argument) {
  std::vector<NamedFile> files;
  for (absl::string_view part : absl::StrSplit(argument, ',')) {
    size_t equals = part.rfind('=');
    if (equals == absl::string_view::npos)
      files.push_back({"", std::string(part)});
    else
      files.push_back({std::string(part.substr(0, equals)),
                       std::string(part.substr(equals + 1))});
  }
  return files;
}

absl::StatusOr<std::vector<Tensor>> readList(const std::string &argument) {
  std::vector<Tensor> tensors;
  for (const NamedFile &file : splitList(argument)) {
    if (!absl::EndsWith(file.path, ".npy") && !absl::EndsWith(file.path, ".pb"))
      return absl::InvalidArgumentError(
          absl::StrCat(file.path, ": cannot tell what it holds; .npz, .npy, "
                                  ".pb and folders are read"));
    absl::StatusOr<Tensor> tensor = readOne(file.path);
    if (!tensor.ok())
      return tensor.status();
    if (!file.name.empty())
      tensor->name = file.name;
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

absl::Span<const uint8_t> bytesOf(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

absl::Status writeNpz(const std::string &path,
                      const std::vector<Tensor> &tensors) {
  absl::StatusOr<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  ZipWriter zip(
      [&](absl::Span<const uint8_t> bytes) { return (*file)->append(bytes); });
  for (const Tensor &tensor : tensors) {
    const std::string header = npyHeader(tensor);
    absl::Status status = zip.add(absl::StrCat(tensor.name, ".npy"),
                                  {bytesOf(header), tensor.bytes});
    if (!status.ok())
      return status;
  }
  absl::Status status = zip.finish();
  return status.ok() ? (*file)->commit() : status;
}

absl::Status writeNpy(const std::string &path, const Tensor &tensor) {
  absl::StatusOr<std::unique_ptr<AtomicFile>> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  absl::Status status = (*file)->append(npyHeader(tensor));
  if (status.ok())
    status = (*file)->append(tensor.bytes);
  return status.ok() ? (*file)->commit() : status;
}

absl::StatusOr<const Tensor *> tensorFor(const NamedFile &file,
                                         const std::vector<Tensor> &tensors) {
  if (!absl::EndsWith(file.path, ".npy"))
    return absl::InvalidArgumentError(absl::StrCat(
        file.path, ": cannot tell what to write; .npz and .npy are written"));
  if (file.name.empty() && tensors.size() == 1)
    return &tensors[0];
  if (file.name.empty())
    return absl::InvalidArgumentError(
        absl::StrCat(file.path, ": holds one of ", tensors.size(),
                     " outputs; write NAME=", file.path, " or an .npz file"));
  for (const Tensor &tensor : tensors)
    if (tensor.name == file.name)
      return &tensor;
  return absl::NotFoundError(
      absl::StrCat(file.path, ": there is no output named ", file.name));
}

} // namespace

absl::StatusOr<TensorSource> readTensors(const std::string &argument,
                                         const std::string &prefix) {
  std::error_code ignored;
  absl::StatusOr<std::vector<Tensor>> tensors =
      fs::is_directory(argument, ignored) ? readFolder(argument, prefix)
      : absl::EndsWith(argument, ".npz")  ? readNpz(argument)
                                          : readList(argument);
  if (!tensors.ok())
    return tensors.status();
  return TensorSource{argument, std::move(*tensors)};
}

absl::Status writeTensors(const std::string &argument,
                          const std::vector<Tensor> &tensors) {
  if (absl::EndsWith(argument, ".npz"))
    return writeNpz(argument, tensors);
  for (const NamedFile &file : splitList(argument)) {
    auto tensor = tensorFor(file, tensors);
    absl::Status status =
        tensor.ok() ? writeNpy(file.path, **tensor) : tensor.status();
    if (!status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status checkTensorFiles(const std::string &argument,
                              const std::vector<Tensor> &tensors) {
  if (absl::EndsWith(argument, ".npz"))
    return checkWritable(argument);
  for (const NamedFile &file : splitList(argument)) {
    absl::Status status = tensorFor(file, tensors).status();
    if (status.ok())
      status = checkWritable(file.path);
    if (!status.ok())
      return status;
  }
  return absl::OkStatus();
}

} // namespace tilicho
