// SPDX-License-Identifier: Apache-2.0
// ONNX TensorProto files, without Protobuf.
#ifndef TILICHO_RUNTIME_TENSORS_ONNXTENSOR_H
#define TILICHO_RUNTIME_TENSORS_ONNXTENSOR_H

#include "runtime/Tensors/Tensor.h"

namespace tilicho {

/// Reads a serialised TensorProto, as in ONNX's test_data_set_* folders. The
/// result may refer to `bytes`, which `owner` keeps. Its name may be empty.
absl::StatusOr<Tensor> readOnnxTensor(absl::Span<const uint8_t> bytes,
                                      std::shared_ptr<const void> owner);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_ONNXTENSOR_H
