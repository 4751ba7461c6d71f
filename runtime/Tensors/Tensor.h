// SPDX-License-Identifier: Apache-2.0
// Named tensors on the host, and the files they come from.
#ifndef TILICHO_RUNTIME_TENSORS_TENSOR_H
#define TILICHO_RUNTIME_TENSORS_TENSOR_H

#include "runtime/Isa/Isa.h"

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tilicho {

/// A row-major tensor without gaps.
struct Tensor {
  std::string name;
  isa::DType dtype = isa::DType::f32;
  /// NumPy files do not say which type of 1 or 2 bytes they hold when it is
  /// not one of NumPy's own: `dtype` is then a guess of the right size.
  bool isRaw = false;
  std::vector<int64_t> shape;
  absl::Span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

/// A tensor whose memory the caller fills, aligned to 64 bytes and zero.
struct NewTensor {
  Tensor tensor;
  uint8_t *data = nullptr;
};
NewTensor allocateTensor(std::string name, isa::DType dtype,
                         std::vector<int64_t> shape);

/// `f32 2x3`.
std::string typeText(isa::DType dtype, absl::Span<const int64_t> shape);

/// The element type of an ONNX TensorProto; fails for those that nothing here
/// holds.
absl::StatusOr<isa::DType> dtypeOfOnnx(int64_t onnxType);
/// ONNX's name for a type, for messages: FLOAT, BFLOAT16, ...
const char *onnxTypeName(int64_t onnxType);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_TENSOR_H
