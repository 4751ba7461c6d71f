// SPDX-License-Identifier: Apache-2.0
// One kernel for each structured operator of the tile dialect, on the host.
// What an operator means is written in dialects/Tile/IR/StructuredOps.td.
#ifndef TILICHO_RUNTIME_KERNELS_KERNELS_H
#define TILICHO_RUNTIME_KERNELS_KERNELS_H

#include "runtime/Kernels/HostTensor.h"

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <optional>

namespace tilicho::kernels {

using Tensors = std::vector<HostTensor>;

// Elementwise. The operation must be defined in the compute type.
HostTensor elementwise(isa::AluOp op, const Tensors &inputs,
                       isa::Compute compute, isa::DType dtype);
HostTensor select(const HostTensor &condition, const HostTensor &x,
                  const HostTensor &y, isa::Compute compute, isa::DType dtype);
/// `copy` in the compute type that loses least: the ISA's cast.
HostTensor cast(const HostTensor &input, isa::DType dtype);
/// f32: as many equal parts as there are factors, each times its factor in f64,
/// rounded once.
HostTensor scaleRows(const HostTensor &input, absl::Span<const double> factors);

struct ContractOptions {
  bool transA = false, transB = false;
  int64_t zeroA = 0, zeroB = 0;
};
HostTensor contract(const HostTensor &a, const HostTensor &b,
                    const ContractOptions &options, isa::DType dtype);

struct ConvolutionOptions {
  HostShape strides, dilations, inputDilations, padLow, padHigh;
  int64_t group = 1, zeroInput = 0, zeroKernel = 0;
};
HostTensor convolution(const HostTensor &input, const HostTensor &kernel,
                       const ConvolutionOptions &options, isa::DType dtype,
                       const HostShape &resultShape);

HostTensor reduction(isa::ReduceOp op, isa::AluOp elementOp,
                     const HostTensor &input, const HostShape &axes,
                     isa::Compute compute, isa::DType dtype);
HostTensor argument(bool largest, bool selectLast, const HostTensor &input,
                    int64_t axis, isa::Compute compute, isa::DType dtype);

struct WindowOptions {
  HostShape window, strides, dilations, padLow;
};
/// `op` is add or max.
HostTensor windowReduction(isa::ReduceOp op, const HostTensor &input,
                           const WindowOptions &options, isa::DType dtype,
                           const HostShape &resultShape);

HostTensor softmax(const HostTensor &input, int64_t axis, bool logarithm);
HostTensor normalization(const HostTensor &input, int64_t axis, float epsilon,
                         bool subtractMean);
/// x * (bias + scale * sum)^-exponent, with the sum of the squares of `size`
/// channels around each.
HostTensor localNormalization(const HostTensor &input, int64_t size,
                              float scale, float bias, float exponent);

HostTensor restride(const HostTensor &input, const HostShape &starts,
                    const HostShape &dims, const HostShape &steps,
                    HostShape resultShape);
/// `fill` has one element; it is absent where the pieces cover the result.
HostTensor assemble(const Tensors &pieces, const HostShape &offsets,
                    const HostShape &steps,
                    const std::optional<HostTensor> &fill, isa::DType dtype,
                    HostShape resultShape);

// Indices outside their extent are an error.
absl::StatusOr<HostTensor> take(const HostTensor &data,
                                const HostTensor &indices, int64_t axis);
absl::StatusOr<HostTensor>
takeElements(const HostTensor &data, const HostTensor &indices, int64_t axis);
absl::StatusOr<HostTensor> put(const HostTensor &data,
                               const HostTensor &indices,
                               const HostTensor &updates,
                               std::optional<isa::ReduceOp> reduction);
absl::StatusOr<HostTensor> putElements(const HostTensor &data,
                                       const HostTensor &indices,
                                       const HostTensor &updates, int64_t axis,
                                       std::optional<isa::ReduceOp> reduction);

/// `op` is add or multiply.
HostTensor scan(isa::AluOp op, const HostTensor &input, isa::Compute compute,
                int64_t axis, bool exclusive, bool reverse);
/// state = state * decay + fresh along the last axis of `shape`, in f32: all
/// states, and the last. `decay` and `fresh` broadcast to `shape`.
std::pair<HostTensor, HostTensor>
recurrence(const HostTensor &decay, const HostTensor &fresh,
           const HostTensor &initial, isa::DType dtype, const HostShape &shape);
/// Values, and indices as i64.
std::pair<HostTensor, HostTensor> topK(const HostTensor &input, int64_t axis,
                                       int64_t count, bool largest);

} // namespace tilicho::kernels

#endif // TILICHO_RUNTIME_KERNELS_KERNELS_H
