// SPDX-License-Identifier: Apache-2.0
// Conv and ConvTranspose.
#include "lib/Conversion/OnnxToTile/Convolutions.h"

#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

//===----------------------------------------------------------------------===//
// Windows of convolutions and pools
//===----------------------------------------------------------------------===//

static void setPads(Window &window, ArrayRef<int64_t> pads) {
  size_t spatial = window.window.size();
  window.padLow = Shape(pads.take_front(spatial));
  window.padHigh = Shape(pads.drop_front(spatial));
}

/// SAME pads so that there are as many results as strides fit into the input,
/// rounded up.
static void setSamePads(Window &window, ArrayRef<int64_t> input, bool upper) {
  for (size_t dim = 0; dim < window.window.size(); ++dim) {
    int64_t stride = window.strides[dim];
    int64_t count = (input[dim] + stride - 1) / stride;
    int64_t reach = (window.window[dim] - 1) * window.dilations[dim] + 1;
    int64_t total =
        std::max<int64_t>(0, (count - 1) * stride + reach - input[dim]);
    window.padLow[dim] = upper ? total / 2 : total - total / 2;
    window.padHigh[dim] = total - window.padLow[dim];
  }
}

Window windowOf(const OnnxNode &node, ArrayRef<int64_t> sizes) {
  size_t spatial = sizes.size();
  Shape ones(spatial, 1), zeros(spatial, 0);
  Window window{Shape(sizes),
                node.integers("strides", ones),
                node.integers("dilations", ones),
                ones,
                zeros,
                zeros};
  StringRef mode = node.text("auto_pad", "NOTSET");
  if (mode.starts_with("SAME"))
    setSamePads(window, node.shape(0).drop_front(2), mode == "SAME_UPPER");
  else if (mode != "VALID")
    setPads(window, node.integers("pads", Shape(2 * spatial, 0)));
  return window;
}

Value orderKernel(StructuredBuilder &build, Value kernel) {
  Shape order;
  for (int64_t dim = 2; dim < rankOf(kernel); ++dim)
    order.push_back(dim);
  order.append({1, 0});
  return build.transpose(kernel, order);
}

/// With a bias the sum of products stays in f32 until the bias is added.
static Value convolveAndAddBias(const OnnxNode &node, StructuredBuilder &build,
                                Value kernel, const Window &window) {
  Type element = node.resultElement();
  int64_t group = node.integer("group", 1);
  if (!node.has(2))
    return build.convolution(node.input(0), kernel, window, element, group);
  Value sum =
      build.convolution(node.input(0), kernel, window, build.f32(), group);
  Value bias = build.alongAxis(node.input(2), rankOf(sum), 1);
  return build.elementwise("add", {sum, bias}, "f32", element);
}

static Values lowerConv(const OnnxNode &node, StructuredBuilder &build) {
  Window window = windowOf(node, node.shape(1).drop_front(2));
  Value kernel = orderKernel(build, node.input(1));
  return {convolveAndAddBias(node, build, kernel, window)};
}

//===----------------------------------------------------------------------===//
// ConvTranspose: a convolution of the input spread apart by the strides
//===----------------------------------------------------------------------===//

/// `[c, o / group, window...]` to `[window... flipped, c / group, o]`.
static Value flipKernel(StructuredBuilder &build, Value kernel, int64_t group) {
  ArrayRef<int64_t> shape = shapeOf(kernel);
  int64_t channels = shape[0] / group, outputs = shape[1];
  ArrayRef<int64_t> window = shape.drop_front(2);
  int64_t spatial = static_cast<int64_t>(window.size());
  Shape split = {group, channels, outputs};
  split.append(window.begin(), window.end());
  Shape starts(spatial + 3, 0), dims, steps(spatial, -1), result(window);
  for (int64_t dim = 0; dim < spatial; ++dim) {
    starts[3 + dim] = window[dim] - 1;
    dims.push_back(3 + dim);
  }
  dims.append({1, 0, 2});
  steps.append({1, 1, 1});
  result.append({channels, group, outputs});
  Value flipped =
      build.restride(build.reshape(kernel, split), starts, dims, steps, result);
  result.truncate(result.size() - 2);
  result.push_back(group * outputs);
  return build.reshape(flipped, result);
}

/// ONNX's pads of the full result: begin, then end.
static std::pair<Shape, Shape> transposePads(const OnnxNode &node,
                                             const Window &forward,
                                             ArrayRef<int64_t> outputPadding) {
  StringRef mode = node.text("auto_pad", "NOTSET");
  std::optional<Shape> wanted = node.integers("output_shape");
  bool same = mode.starts_with("SAME");
  if (!wanted && !same)
    return {forward.padLow, forward.padHigh};
  Shape low, high;
  for (size_t dim = 0; dim < forward.window.size(); ++dim) {
    int64_t extent = node.shape(0)[2 + dim], stride = forward.strides[dim];
    int64_t reach = (forward.window[dim] - 1) * forward.dilations[dim] + 1;
    int64_t output =
        wanted ? (*wanted)[wanted->size() - forward.window.size() + dim]
               : extent * stride;
    int64_t total = stride * (extent - 1) + outputPadding[dim] + reach - output;
    total = std::max<int64_t>(0, total);
    low.push_back(mode == "SAME_UPPER" ? total / 2 : total - total / 2);
    high.push_back(total - low.back());
  }
  return {low, high};
}

static Window transposeWindow(const OnnxNode &node) {
  Window forward = windowOf(node, node.shape(1).drop_front(2));
  size_t spatial = forward.window.size();
  Shape extra = node.integers("output_padding", Shape(spatial, 0));
  auto [low, high] = transposePads(node, forward, extra);
  Window window = forward;
  window.inputDilations = forward.strides;
  window.strides = Shape(spatial, 1);
  for (size_t dim = 0; dim < spatial; ++dim) {
    int64_t reach = (forward.window[dim] - 1) * forward.dilations[dim];
    int64_t extent = node.shape(0)[2 + dim];
    window.padLow[dim] = reach - low[dim];
    // The result's extent rules: an output shape may ask for more.
    int64_t spread = (extent - 1) * window.inputDilations[dim] + 1;
    window.padHigh[dim] =
        node.resultShape()[2 + dim] + reach - spread - window.padLow[dim];
  }
  return window;
}

static Values lowerConvTranspose(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Value kernel = flipKernel(build, node.input(1), node.integer("group", 1));
  return {convolveAndAddBias(node, build, kernel, transposeWindow(node))};
}

static bool isOnArray(const OnnxNode &node) {
  return isArrayElement(node.element(0));
}

void addConvolutions(LoweringRegistry &registry) {
  Limit types = {"the element type must be f32, f16 or bf16: cast the input, "
                 "the weights and the bias",
                 isOnArray};
  registry.add("Conv", lowerConv, types);
  registry.add("ConvTranspose", lowerConvTranspose, types);
}

} // namespace tilicho::compiler
