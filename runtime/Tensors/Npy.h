// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy format.
#ifndef TILICHO_RUNTIME_TENSORS_NPY_H
#define TILICHO_RUNTIME_TENSORS_NPY_H

#include "runtime/Tensors/Tensor.h"

namespace tilicho {

/// Reads the bytes of a .npy file, of any version, byte order and dimension
/// order. The result refers to `bytes` (kept by `owner`) where they can be used
/// as they are.
absl::StatusOr<Tensor> readNpy(absl::Span<const uint8_t> bytes,
                               std::shared_ptr<const void> owner,
                               std::string name);

/// The header of a .npy file; `Tensor::bytes` follow it.
std::string npyHeader(const Tensor &tensor);

} // namespace tilicho

#endif // TILICHO_RUNTIME_TENSORS_NPY_H
