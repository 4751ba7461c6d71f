// SPDX-License-Identifier: Apache-2.0
// The files of a model, mapped: the model itself and its external data.
#ifndef TILICHO_LIB_IMPORT_MODELFILES_H
#define TILICHO_LIB_IMPORT_MODELFILES_H

#include "onnx/onnx_pb.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>
#include <vector>

namespace tilicho::compiler {

/// What is wrong with a model, one sentence each.
using Problems = std::vector<std::string>;

/// Bytes and whoever keeps them alive.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  llvm::ArrayRef<char> bytes;
};

class ModelFiles {
public:
  ModelFiles(std::shared_ptr<llvm::MemoryBuffer> model, llvm::StringRef folder)
      : model(std::move(model)), folder(folder) {}

  llvm::StringRef modelBytes() const { return model->getBuffer(); }

  /// The bytes that a tensor's external data names, `wanted` of them. None and
  /// `problem` when the file is missing, short, or outside the folder.
  std::optional<SharedBytes> find(const ::onnx::TensorProto &tensor,
                                  uint64_t wanted, std::string &problem);

private:
  std::shared_ptr<llvm::MemoryBuffer> model;
  std::string folder;
  llvm::StringMap<std::shared_ptr<llvm::MemoryBuffer>> external;

  std::shared_ptr<llvm::MemoryBuffer> open(llvm::StringRef location,
                                           std::string &problem);
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_IMPORT_MODELFILES_H
