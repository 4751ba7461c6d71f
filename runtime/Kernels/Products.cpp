// SPDX-License-Identifier: Apache-2.0
// Matrix products and convolutions.
#include "runtime/Kernels/Arithmetic.h"
#include "runtime/Kernels/Kernels.h"
#include "runtime/Kernels/Strided.h"

#include <algorithm>
#include <type_traits>

#if defined(__x86_64__)
#define TILICHO_FOR_EACH_CPU                                                   \
  __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TILICHO_FOR_EACH_CPU
#endif

namespace tilicho::kernels {

using isa::DType;

//===-- Sums of rows ------------------------------------------------------===//

/// sums[j] += factors[k] * rows[k * stride + j].
TILICHO_FOR_EACH_CPU
static void addRows(float *sums, const float *factors, int64_t factorStep,
                    const float *rows, int64_t stride, int64_t numRows,
                    int64_t count) {
  for (int64_t k = 0; k < numRows; ++k) {
    float factor = factors[k * factorStep];
    const float *row = rows + k * stride;
    for (int64_t j = 0; j < count; ++j)
      sums[j] += factor * row[j];
  }
}

/// The same modulo 2^32.
TILICHO_FOR_EACH_CPU
static void addRows(uint32_t *sums, const uint32_t *factors, int64_t factorStep,
                    const uint32_t *rows, int64_t stride, int64_t numRows,
                    int64_t count) {
  for (int64_t k = 0; k < numRows; ++k) {
    uint32_t factor = factors[k * factorStep];
    const uint32_t *row = rows + k * stride;
    for (int64_t j = 0; j < count; ++j)
      sums[j] += factor * row[j];
  }
}

/// The elements less the zero point, in the type of the sums.
template <class T>
static std::vector<T> readFactors(const HostTensor &tensor, int64_t zero) {
  if constexpr (std::is_same_v<T, float>)
    return readAll<float>(tensor);
  std::vector<int32_t> values = readAll<int32_t>(tensor);
  std::vector<T> factors(values.begin(), values.end());
  for (T &factor : factors)
    factor -= T(zero);
  return factors;
}

/// Sums modulo 2^32 are signed numbers.
static HostTensor writeSums(const std::vector<uint32_t> &sums, DType dtype,
                            HostShape shape) {
  return writeAll(std::vector<int32_t>(sums.begin(), sums.end()), dtype,
                  std::move(shape));
}

static HostTensor writeSums(const std::vector<float> &sums, DType dtype,
                            HostShape shape) {
  return writeAll(sums, dtype, std::move(shape));
}

static bool isIntegral(DType dtype) { return !isa::isFloat(dtype); }

//===-- Matrix products ---------------------------------------------------===//

static HostTensor untransposed(const HostTensor &matrix) {
  HostShape shape = matrix.shape(), dims, starts(shape.size(), 0),
            steps(shape.size(), 1);
  for (size_t dim = 0; dim < shape.size(); ++dim)
    dims.push_back(int64_t(dim));
  std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
  std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
  return restride(matrix, starts, dims, steps, shape);
}

static HostShape batchOf(const HostTensor &matrix) {
  return HostShape(matrix.shape().begin(), matrix.shape().end() - 2);
}

static HostShape batchShape(const HostTensor &a, const HostTensor &b) {
  HostShape left = batchOf(a), right = batchOf(b);
  if (left.size() < right.size())
    left.insert(left.begin(), right.size() - left.size(), 1);
  size_t added = left.size() - right.size();
  for (size_t dim = 0; dim < right.size(); ++dim)
    if (right[dim] != 1)
      left[added + dim] = right[dim];
  return left;
}

template <class T>
static HostTensor multiplyMatrices(const HostTensor &a, const HostTensor &b,
                                   const ContractOptions &options,
                                   DType dtype) {
  std::vector<T> left = readFactors<T>(a, options.zeroA);
  std::vector<T> right = readFactors<T>(b, options.zeroB);
  HostShape shape = batchShape(a, b);
  StridedSpace space{shape,
                     {rowMajor(shape), broadcastStrides(batchOf(a), shape),
                      broadcastStrides(batchOf(b), shape)}};
  space.shape.push_back(1);
  int64_t rows = a.shape()[a.rank() - 2], depth = a.shape().back(),
          cols = b.shape().back();
  shape.insert(shape.end(), {rows, cols});
  std::vector<T> sums(numElements(shape), T(0));
  forEachRow(space, [&](const int64_t *offsets) {
    for (int64_t row = 0; row < rows; ++row)
      addRows(sums.data() + (offsets[0] * rows + row) * cols,
              left.data() + (offsets[1] * rows + row) * depth, 1,
              right.data() + offsets[2] * depth * cols, cols, depth, cols);
  });
  return writeSums(sums, dtype, shape);
}

HostTensor contract(const HostTensor &a, const HostTensor &b,
                    const ContractOptions &options, DType dtype) {
  HostTensor left = options.transA ? untransposed(a) : a;
  HostTensor right = options.transB ? untransposed(b) : b;
  return isIntegral(a.dtype())
             ? multiplyMatrices<uint32_t>(left, right, options, dtype)
             : multiplyMatrices<float>(left, right, options, dtype);
}

//===-- Convolutions ------------------------------------------------------===//

namespace {
/// The geometry of one convolution; spatial indices are flattened.
struct Geometry {
  int64_t batch, channels, outputs, group;
  HostShape input, window, result;
};
} // namespace

static void unflatten(int64_t number, const HostShape &shape,
                      HostShape &index) {
  for (size_t dim = shape.size(); dim-- > 0;) {
    index[dim] = number % shape[dim];
    number /= shape[dim];
  }
}

/// Where a tap reads the input, or -1 where it reads padding.
static int64_t readPlace(const Geometry &geometry,
                         const ConvolutionOptions &options, const HostShape &at,
                         const HostShape &tap) {
  int64_t place = 0;
  for (size_t dim = 0; dim < at.size(); ++dim) {
    int64_t dilated = at[dim] * options.strides[dim] - options.padLow[dim] +
                      tap[dim] * options.dilations[dim];
    int64_t spread = options.inputDilations[dim];
    if (dilated < 0 || dilated % spread != 0 ||
        dilated / spread >= geometry.input[dim])
      return -1;
    place = place * geometry.input[dim] + dilated / spread;
  }
  return place;
}

/// `[n, spatial, c]` by `[window, c / group, o]` to `[n, spatial, o]`.
template <class T>
static std::vector<T>
convolve(const std::vector<T> &input, const std::vector<T> &kernel,
         const Geometry &geometry, const ConvolutionOptions &options) {
  int64_t places = numElements(geometry.result),
          taps = numElements(geometry.window),
          inputs = numElements(geometry.input),
          depth = geometry.channels / geometry.group,
          width = geometry.outputs / geometry.group;
  std::vector<T> sums(geometry.batch * places * geometry.outputs, T(0));
  HostShape at(geometry.result.size()), tap(geometry.window.size());
  for (int64_t place = 0; place < places; ++place) {
    unflatten(place, geometry.result, at);
    for (int64_t k = 0; k < taps; ++k) {
      unflatten(k, geometry.window, tap);
      int64_t read = readPlace(geometry, options, at, tap);
      if (read < 0)
        continue;
      for (int64_t n = 0; n < geometry.batch; ++n)
        for (int64_t g = 0; g < geometry.group; ++g)
          addRows(sums.data() + (n * places + place) * geometry.outputs +
                      g * width,
                  input.data() + (n * inputs + read) * geometry.channels +
                      g * depth,
                  1, kernel.data() + k * depth * geometry.outputs + g * width,
                  geometry.outputs, depth, width);
    }
  }
  return sums;
}

/// The channels, dimension 1, last.
static HostTensor channelsLast(const HostTensor &tensor) {
  HostShape dims = {0}, shape = {tensor.shape()[0]};
  for (int64_t dim = 2; dim < tensor.rank(); ++dim) {
    dims.push_back(dim);
    shape.push_back(tensor.shape()[dim]);
  }
  dims.push_back(1);
  shape.push_back(tensor.shape()[1]);
  HostShape starts(dims.size(), 0), steps(dims.size(), 1);
  return restride(tensor, starts, dims, steps, shape);
}

static HostTensor channelsSecond(const HostTensor &tensor) {
  int64_t rank = tensor.rank();
  HostShape dims = {0, rank - 1},
            shape = {tensor.shape()[0], tensor.shape().back()};
  for (int64_t dim = 1; dim < rank - 1; ++dim) {
    dims.push_back(dim);
    shape.push_back(tensor.shape()[dim]);
  }
  HostShape starts(dims.size(), 0), steps(dims.size(), 1);
  return restride(tensor, starts, dims, steps, shape);
}

template <class T>
static HostTensor convolveAs(const HostTensor &input, const HostTensor &kernel,
                             const ConvolutionOptions &options, DType dtype,
                             const HostShape &resultShape) {
  Geometry geometry{input.shape()[0],
                    input.shape()[1],
                    resultShape[1],
                    options.group,
                    HostShape(input.shape().begin() + 2, input.shape().end()),
                    HostShape(kernel.shape().begin(), kernel.shape().end() - 2),
                    HostShape(resultShape.begin() + 2, resultShape.end())};
  std::vector<T> sums =
      convolve(readFactors<T>(channelsLast(input), options.zeroInput),
               readFactors<T>(kernel, options.zeroKernel), geometry, options);
  HostShape shape = {geometry.batch};
  shape.insert(shape.end(), geometry.result.begin(), geometry.result.end());
  shape.push_back(geometry.outputs);
  return channelsSecond(writeSums(sums, dtype, shape));
}

HostTensor convolution(const HostTensor &input, const HostTensor &kernel,
                       const ConvolutionOptions &options, DType dtype,
                       const HostShape &resultShape) {
  return isIntegral(input.dtype())
             ? convolveAs<uint32_t>(input, kernel, options, dtype, resultShape)
             : convolveAs<float>(input, kernel, options, dtype, resultShape);
}

} // namespace tilicho::kernels
