// SPDX-License-Identifier: Apache-2.0
// Softmax and normalisation over trailing dimensions, made of other kernels.
#include "runtime/Kernels/Kernels.h"

namespace tilicho::kernels {

using isa::AluOp;
using isa::Compute;
using isa::DType;
using isa::ReduceOp;

static HostTensor calculate(AluOp op, const Tensors &inputs,
                            DType dtype = DType::f32) {
  return elementwise(op, inputs, Compute::f32, dtype);
}

static HostTensor number(float value) {
  HostTensor tensor = HostTensor::allocate(DType::f32, {});
  *reinterpret_cast<float *>(tensor.mutableBytes()) = value;
  return tensor;
}

HostTensor softmax(const HostTensor &input, int64_t axis, bool logarithm) {
  HostTensor top = reduction(ReduceOp::max, AluOp::copy, input, {axis},
                             Compute::f32, DType::f32);
  HostTensor centred = calculate(AluOp::subtract, {input, top});
  HostTensor powers = calculate(AluOp::exp, {centred});
  HostTensor sum = reduction(ReduceOp::add, AluOp::copy, powers, {axis},
                             Compute::f32, DType::f32);
  if (logarithm)
    return calculate(AluOp::subtract, {centred, calculate(AluOp::log, {sum})},
                     input.dtype());
  return calculate(AluOp::divide, {powers, sum}, input.dtype());
}

static HostTensor mean(const HostTensor &input, const HostShape &axes,
                       AluOp elementOp) {
  float count = 1;
  for (int64_t axis : axes)
    count *= float(input.shape()[axis]);
  HostTensor sum = reduction(ReduceOp::add, elementOp, input, axes,
                             Compute::f32, DType::f32);
  return calculate(AluOp::multiply, {sum, number(1 / count)});
}

HostTensor normalization(const HostTensor &input, int64_t axis, float epsilon,
                         bool subtractMean) {
  HostShape axes;
  for (int64_t dim = axis; dim < input.rank(); ++dim)
    axes.push_back(dim);
  HostTensor centred = input;
  if (subtractMean)
    centred =
        calculate(AluOp::subtract, {input, mean(input, axes, AluOp::copy)});
  HostTensor variance = mean(centred, axes, AluOp::square);
  HostTensor shifted = calculate(AluOp::add, {variance, number(epsilon)});
  return calculate(AluOp::divide, {centred, calculate(AluOp::sqrt, {shifted})},
                   input.dtype());
}

HostTensor localNormalization(const HostTensor &input, int64_t size,
                              float scale, float bias, float exponent) {
  HostTensor squares = calculate(AluOp::square, {input});
  HostShape ones(input.rank() - 1, 1), zeros(ones.size(), 0);
  WindowOptions window{ones, ones, ones, zeros};
  window.window[0] = size;
  window.padLow[0] = (size - 1) / 2;
  HostTensor sum = windowReduction(ReduceOp::add, squares, window, DType::f32,
                                   input.shape());
  HostTensor scaled = calculate(AluOp::multiply, {sum, number(scale)});
  HostTensor base = calculate(AluOp::add, {scaled, number(bias)});
  HostTensor factor = calculate(AluOp::pow, {base, number(-exponent)});
  return calculate(AluOp::multiply, {input, factor}, input.dtype());
}

} // namespace tilicho::kernels
