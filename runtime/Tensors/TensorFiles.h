// SPDX-License-Identifier: Apache-2.0
// Tensors by the arguments that name files on a command line.
#ifndef TILICHO_RUNTIME_TENSORS_TENSORFILES_H
#define TILICHO_RUNTIME_TENSORS_TENSORFILES_H

#include "runtime/Tensors/Tensor.h"

namespace tilicho {

/// Tensors and, for messages, where they were read.
struct TensorSource {
  std::string place;
  std::vector<Tensor> tensors;
};

/// Reads what `argument` names: an `.npz` file; a list `NAME=FILE,...` of
/// `.npy` and `.pb` (ONNX TensorProto) files, or one such file without a name;
/// or a folder with files `PREFIX_0.pb`, `PREFIX_1.pb`, ... as in ONNX's
/// test_data_set_*. Tensors that no file names have an empty name and stand
/// for the input or output at their position.
absl::StatusOr<TensorSource> readTensors(const std::string &argument,
                                         const std::string &prefix);

/// Writes to an `.npz` file, or to the `.npy` files of a list `NAME=FILE,...`,
/// or to one `.npy` file if there is one tensor. Files appear whole or not at
/// all.
absl::Status writeTensors(const std::string &argument,
                          const std::vector<Tensor> &tensors);

/// Fails as `writeTensors` will where a file cannot be written, or none of
/// `tensors`, whatever they hold, is meant by it.
absl::Status checkTensorFiles(const std::string &argument,
                              const std::vector<Tensor> &tensors);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_TENSORFILES_H
