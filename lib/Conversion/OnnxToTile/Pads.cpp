// SPDX-License-Identifier: Apache-2.0
// Pad in all its modes, CenterCropPad.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

static std::pair<Shape, Shape> padsOf(const OnnxNode &node) {
  Shape pads = *node.constantIntegers(1);
  Shape axes = llvm::to_vector(llvm::seq<int64_t>(0, node.rank(0)));
  if (std::optional<Shape> known = node.constantIntegers(3))
    axes = *known;
  Shape low(node.rank(0), 0), high(node.rank(0), 0);
  for (auto [index, axis] : llvm::enumerate(axes)) {
    int64_t dim = fromFront(axis, node.rank(0));
    low[dim] = pads[index];
    high[dim] = pads[axes.size() + index];
  }
  return {low, high};
}

/// The element of an extent that a place beside it shows.
static int64_t sourceOf(StringRef mode, int64_t place, int64_t extent) {
  if (mode == "edge")
    return std::clamp<int64_t>(place, 0, extent - 1);
  auto modulo = [](int64_t value, int64_t by) {
    return ((value % by) + by) % by;
  };
  if (mode == "wrap")
    return modulo(place, extent);
  if (extent == 1)
    return 0;
  int64_t folded = modulo(place, 2 * (extent - 1));
  return std::min(folded, 2 * (extent - 1) - folded);
}

static Value padFromInside(const OnnxNode &node, StructuredBuilder &build,
                           StringRef mode) {
  auto [low, high] = padsOf(node);
  Value value = node.input(0);
  for (int64_t axis = 0; axis < node.rank(0); ++axis) {
    if (low[axis] == 0 && high[axis] == 0)
      continue;
    int64_t extent = node.shape(0)[axis];
    SmallVector<int64_t> indices;
    for (int64_t place = -low[axis]; place < extent + high[axis]; ++place)
      indices.push_back(sourceOf(mode, place, extent));
    value = build.pick(value, axis, indices);
  }
  return value;
}

/// A fill that is known only at run time is chosen where a mask of the padding
/// says so.
static Value padWithValue(const OnnxNode &node, StructuredBuilder &build) {
  auto [low, high] = padsOf(node);
  Type element = node.element(0), boolean = build.boolean();
  auto boolAttr = [&](bool value) { return IntegerAttr::get(boolean, value); };
  Value mask = build.pad(build.splat(boolean, node.shape(0), 1), low, high,
                         boolAttr(false));
  Value padded =
      build.pad(node.input(0), low, high, build.builder.getZeroAttr(element));
  Value fill = build.reshape(node.input(2), {});
  return build.select(mask, padded, fill);
}

static TypedAttr knownFill(const OnnxNode &node, StructuredBuilder &build) {
  Type element = node.element(0);
  if (!node.has(2))
    return build.builder.getZeroAttr(element);
  if (auto type = dyn_cast<FloatType>(element)) {
    auto value = node.constantReals(2);
    return value ? FloatAttr::get(type, value->front()) : TypedAttr();
  }
  auto value = node.constantIntegers(2);
  if (!value)
    return {};
  unsigned bits = element.getIntOrFloatBitWidth();
  return IntegerAttr::get(element, APInt(64, value->front(), true).trunc(bits));
}

static Values lowerPad(const OnnxNode &node, StructuredBuilder &build) {
  StringRef mode = node.text("mode", "constant");
  if (mode != "constant")
    return {padFromInside(node, build, mode)};
  TypedAttr fill = knownFill(node, build);
  if (!fill)
    return {padWithValue(node, build)};
  auto [low, high] = padsOf(node);
  return {build.pad(node.input(0), low, high, fill)};
}

/// Around the middle; of an odd difference the greater part is at the end.
static Values lowerCenterCropPad(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Shape low, high;
  for (auto [from, to] : llvm::zip(node.shape(0), node.resultShape())) {
    int64_t added = to - from;
    int64_t before = added < 0 ? -((-added) / 2) : added / 2;
    low.push_back(before);
    high.push_back(added - before);
  }
  return {build.pad(node.input(0), low, high,
                    build.builder.getZeroAttr(node.element(0)))};
}

static bool hasElementsToRepeat(const OnnxNode &node) {
  return node.text("mode", "constant") == "constant" ||
         !llvm::is_contained(node.shape(0), 0);
}

void addPads(LoweringRegistry &registry) {
  registry.add(
      "Pad", lowerPad,
      {{"the pads must be known when compiling", isKnown<1>},
       {"the axes must be known when compiling", isKnown<3>},
       {"an empty tensor has no elements to pad from", hasElementsToRepeat}});
  registry.add("CenterCropPad", lowerCenterCropPad);
}

} // namespace tilicho::compiler
