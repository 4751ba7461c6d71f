// SPDX-License-Identifier: Apache-2.0
// Discrete Fourier transforms, as products with constant matrices.
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;

namespace tilicho::compiler {

namespace {
/// A transform of `length` points. Of complex numbers there are two parts, of
/// real ones there is one.
struct Transform {
  int64_t length;
  bool inverse;
  int64_t rows, rowParts, cols, colParts;

  /// How often a row counts: a spectrum's second half mirrors its first.
  double weight(int64_t row) const {
    if (!inverse)
      return 1;
    bool mirrors = colParts == 1 && row && 2 * row != length;
    return (mirrors ? 2.0 : 1.0) / static_cast<double>(length);
  }
  SmallVector<double> matrix() const;
};
} // namespace

/// Element (row, part), (col, part): of `x * exp(-+2 pi i row col / length)`.
SmallVector<double> Transform::matrix() const {
  SmallVector<double> values;
  const double turn = (inverse ? 2 : -2) * M_PI / static_cast<double>(length);
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t rowPart = 0; rowPart < rowParts; ++rowPart)
      for (int64_t col = 0; col < cols; ++col)
        for (int64_t colPart = 0; colPart < colParts; ++colPart) {
          double angle = turn * static_cast<double>(row * col % length);
          double value = rowPart == colPart ? std::cos(angle)
                         : rowPart          ? -std::sin(angle)
                                            : std::sin(angle);
          values.push_back(weight(row) * value);
        }
  return values;
}

/// Transforms rows [..., points, parts] to [..., points, parts] in f32.
static Value apply(StructuredBuilder &build, Value rows,
                   const Transform &transform) {
  Shape shape(shapeOf(rows));
  int64_t inner = transform.rows * transform.rowParts;
  int64_t outer = 1;
  for (int64_t size : ArrayRef(shape).drop_back(2))
    outer *= size;
  int64_t cols = transform.cols * transform.colParts;
  Value matrix = build.reals(build.f32(), {inner, cols}, transform.matrix());
  Value product = build.contract(
      build.cast(build.reshape(rows, {outer, inner}), build.f32()), matrix,
      build.f32());
  shape[shape.size() - 2] = transform.cols;
  shape.back() = transform.colParts;
  return build.reshape(product, shape);
}

/// The dimensions of `rank` with `axis` last but one.
static Shape orderFor(int64_t rank, int64_t axis) {
  Shape order;
  for (int64_t dim = 0; dim + 1 < rank; ++dim)
    if (dim != axis)
      order.push_back(dim);
  order.push_back(axis);
  order.push_back(rank - 1);
  return order;
}

static Shape inverseOf(ArrayRef<int64_t> order) {
  Shape inverse(order.size());
  for (auto [place, dim] : llvm::enumerate(order))
    inverse[dim] = static_cast<int64_t>(place);
  return inverse;
}

static int64_t dftAxis(const OnnxNode &node) {
  int64_t axis = node.has(2) ? node.constantIntegers(2)->front() : -2;
  return fromFront(axis, node.rank(0));
}

static Values lowerDft(const OnnxNode &node, StructuredBuilder &build) {
  int64_t axis = dftAxis(node), rank = node.rank(0);
  bool inverse = node.integer("inverse", 0) != 0;
  int64_t size = node.shape(0)[axis];
  Transform transform;
  transform.inverse = inverse;
  transform.cols = node.resultShape()[axis];
  transform.colParts = node.resultShape().back();
  // Points that are missing are zeros, which add nothing.
  transform.length = inverse       ? transform.cols
                     : node.has(1) ? node.constantIntegers(1)->front()
                                   : size;
  // The second half of a real signal's spectrum is in the first already.
  bool mirrors = inverse && transform.colParts == 1;
  transform.rows =
      std::min(size, mirrors ? transform.length / 2 + 1 : transform.length);
  transform.rowParts = node.shape(0).back();
  Value input = build.slice(node.input(0), axis, 0, transform.rows);
  Shape order = orderFor(rank, axis);
  Value result = apply(build, build.transpose(input, order), transform);
  return {build.cast(build.transpose(result, inverseOf(order)),
                     node.resultElement())};
}

//===----------------------------------------------------------------------===//
// STFT
//===----------------------------------------------------------------------===//

static int64_t frameLength(const OnnxNode &node) {
  if (node.has(3))
    return node.constantIntegers(3)->front();
  return node.has(2) ? node.shape(2)[0] : node.shape(0)[1];
}

/// A frame's transform is a product with what a kernel covers that slides along
/// the signal. The kernel is the transform's matrix, each row weighed by the
/// window.
static Values lowerStft(const OnnxNode &node, StructuredBuilder &build) {
  int64_t length = frameLength(node), parts = node.shape(0)[2];
  ArrayRef<int64_t> result = node.resultShape();
  Transform transform{length, false, length, parts, result[2], 2};
  Value kernel = build.reals(build.f32(), {length, parts, result[2] * 2},
                             transform.matrix());
  if (node.has(2))
    kernel = build.elementwise("multiply",
                               {kernel, build.alongAxis(node.input(2), 3, 0)},
                               "f32", build.f32());
  Value signal =
      build.cast(build.transpose(node.input(0), {0, 2, 1}), build.f32());
  int64_t step = node.constantIntegers(1)->front();
  Value spectra =
      build.convolution(signal, kernel, {{length}, {step}, {1}, {1}, {0}, {0}},
                        node.resultElement());
  return {build.reshape(build.transpose(spectra, {0, 2, 1}), result)};
}

static bool hasOneLength(const OnnxNode &node) {
  return !node.has(2) || node.shape(2)[0] == frameLength(node);
}

static bool hasFrames(const OnnxNode &node) {
  return node.rank(0) == 3 && node.constantIntegers(1)->front() > 0 &&
         frameLength(node) > 0 && frameLength(node) <= node.shape(0)[1];
}

static bool mirrorsOnlyReals(const OnnxNode &node) {
  return node.integer("onesided", 1) == 0 || node.shape(0).back() == 1;
}

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

static bool isFloatOfArray(const OnnxNode &node) {
  return llvm::isa<FloatType>(node.element(0)) &&
         isArrayElement(node.element(0));
}

static bool hasPoints(const OnnxNode &node) {
  if (!isKnown<2>(node))
    return true; // That is another limit's to say.
  return dftAxis(node) + 1 < node.rank(0) &&
         node.resultShape()[dftAxis(node)] > 0;
}

static constexpr Limit floats = {
    "elements must be of a float type that the array multiplies",
    isFloatOfArray};

void addFourier(LoweringRegistry &registry) {
  registry.add("DFT", lowerDft,
               {floats,
                {"the length must be known when compiling", isKnown<1>},
                {"the axis must be known when compiling", isKnown<2>},
                {"the axis must have points, and be none of the parts of "
                 "complex numbers",
                 hasPoints}});
  registry.add(
      "STFT", lowerStft,
      {floats,
       {"the step between frames must be known when compiling", isKnown<1>},
       {"the frame's length must be known when compiling", isKnown<3>},
       {"the frame's length must be the window's", hasOneLength},
       {"frames must fit into the signal, a step of at least 1 apart",
        hasFrames},
       {"only a real signal's spectrum has one side (attribute "
        "onesided = 0)",
        mirrorsOnlyReals}});
}

} // namespace tilicho::compiler
