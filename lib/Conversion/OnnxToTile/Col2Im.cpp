// SPDX-License-Identifier: Apache-2.0
// Col2Im: adds blocks up where they lie in an image.
#include "lib/Conversion/OnnxToTile/Convolutions.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include "dialects/Tile/IR/TileDialect.h"

using namespace mlir;
using tilicho::ir::tile::numElements;

namespace tilicho::compiler {

static Window blockWindow(const OnnxNode &node) {
  return windowOf(node, *node.constantIntegers(2));
}

/// How many blocks there are along each axis.
static Shape blockCounts(const OnnxNode &node, const Window &window) {
  Shape counts;
  for (auto [axis, extent] : llvm::enumerate(node.resultShape().drop_front(2)))
    counts.push_back(ir::tile::windowPositions(
        {extent, window.window[axis], window.strides[axis],
         window.dilations[axis], 1, window.padLow[axis],
         window.padHigh[axis]}));
  return counts;
}

namespace {
/// One element of all blocks, and where these lie along the image's axes: from
/// `offset` on, a stride apart.
struct Piece {
  Value value;
  Shape offset;
};

class BlockAdder {
public:
  BlockAdder(const OnnxNode &node, StructuredBuilder &build)
      : node(node), build(build), window(blockWindow(node)),
        image(node.resultShape().drop_front(2)),
        spatial(static_cast<int64_t>(image.size())),
        counts(blockCounts(node, window)) {}

  Value add();

private:
  bool isTiled() const;
  Value tiles();
  std::optional<Piece> pieceOf(int64_t tap);
  bool overlap(const Piece &a, const Piece &b) const;
  SmallVector<SmallVector<Piece>> layers();
  Value assemble(ArrayRef<Piece> pieces);

  const OnnxNode &node;
  StructuredBuilder &build;
  Window window;
  ArrayRef<int64_t> image;
  int64_t spatial;
  Shape counts;
};
} // namespace

/// Whether each block begins where the one before it ends.
bool BlockAdder::isTiled() const {
  return window.window == window.strides &&
         llvm::all_of(window.dilations, [](int64_t step) { return step == 1; });
}

/// Blocks side by side are another order of the same elements.
Value BlockAdder::tiles() {
  Shape parted = {node.resultShape()[0], node.resultShape()[1]};
  Shape order = {0, 1}, merged = parted, low = {0, 0}, high = {0, 0};
  llvm::append_range(parted, window.window);
  llvm::append_range(parted, counts);
  for (int64_t axis = 0; axis < spatial; ++axis) {
    order.append({2 + spatial + axis, 2 + axis});
    merged.push_back(counts[axis] * window.window[axis]);
    low.push_back(-window.padLow[axis]);
    high.push_back(image[axis] + window.padLow[axis] - merged.back());
  }
  Value turned = build.transpose(build.reshape(node.input(0), parted), order);
  return build.pad(build.reshape(turned, merged), low, high,
                   build.builder.getZeroAttr(node.element(0)));
}

/// What of an element of the blocks lies inside the image, if anything does.
std::optional<Piece> BlockAdder::pieceOf(int64_t tap) {
  ArrayRef<int64_t> sizes = window.window;
  Shape parted = {node.resultShape()[0], node.resultShape()[1],
                  numElements(sizes)};
  llvm::append_range(parted, counts);
  Piece piece{build.slice(build.reshape(node.input(0), parted), 2, tap, 1), {}};
  for (int64_t axis = 0; axis < spatial; ++axis) {
    int64_t inner = numElements(sizes.drop_front(axis + 1));
    int64_t stride = window.strides[axis];
    int64_t start = tap / inner % sizes[axis] * window.dilations[axis] -
                    window.padLow[axis];
    int64_t first = start < 0 ? (-start + stride - 1) / stride : 0;
    int64_t end = image[axis] <= start
                      ? 0
                      : std::min(counts[axis],
                                 (image[axis] - start + stride - 1) / stride);
    if (first >= end)
      return std::nullopt;
    piece.value = build.slice(piece.value, 3 + axis, first, end - first);
    piece.offset.push_back(start + first * stride);
  }
  Shape shape(shapeOf(piece.value));
  shape.erase(shape.begin() + 2);
  piece.value = build.reshape(piece.value, shape);
  return piece;
}

bool BlockAdder::overlap(const Piece &a, const Piece &b) const {
  for (int64_t axis = 0; axis < spatial; ++axis) {
    int64_t stride = window.strides[axis];
    auto last = [&](const Piece &piece) {
      return piece.offset[axis] + (shapeOf(piece.value)[2 + axis] - 1) * stride;
    };
    if ((a.offset[axis] - b.offset[axis]) % stride != 0 ||
        last(a) < b.offset[axis] || last(b) < a.offset[axis])
      return false;
  }
  return true;
}

/// Pieces by whether they lie beside each other.
SmallVector<SmallVector<Piece>> BlockAdder::layers() {
  SmallVector<SmallVector<Piece>> layers;
  for (int64_t tap = 0; tap < numElements(window.window); ++tap) {
    std::optional<Piece> piece = pieceOf(tap);
    if (!piece)
      continue;
    auto fits = [&](ArrayRef<Piece> layer) {
      return llvm::none_of(
          layer, [&](const Piece &other) { return overlap(*piece, other); });
    };
    auto layer = llvm::find_if(layers, fits);
    if (layer == layers.end()) {
      layers.emplace_back();
      layer = std::prev(layers.end());
    }
    layer->push_back(*piece);
  }
  return layers;
}

/// An image with zeros where no piece lies.
Value BlockAdder::assemble(ArrayRef<Piece> pieces) {
  Values values;
  Shape offsets, steps;
  for (const Piece &piece : pieces) {
    values.push_back(piece.value);
    offsets.append({0, 0});
    llvm::append_range(offsets, piece.offset);
    steps.append({1, 1});
    llvm::append_range(steps, window.strides);
  }
  return ir::tile::AssembleOp::create(
      build.builder, build.loc, node.resultType(), values, offsets, steps,
      build.builder.getZeroAttr(node.element(0)));
}

Value BlockAdder::add() {
  if (isTiled())
    return tiles();
  Arithmetic math(build, node.element(0));
  Value sum;
  for (ArrayRef<Piece> layer : layers()) {
    Value one = assemble(layer);
    sum = sum ? math("add", {sum, one}) : one;
  }
  if (!sum)
    return build.splat(node.element(0), node.resultShape(), 0);
  return math.as(node.resultElement(), sum);
}

static Values lowerCol2Im(const OnnxNode &node, StructuredBuilder &build) {
  return {BlockAdder(node, build).add()};
}

static bool fillsImage(const OnnxNode &node) {
  return node.shape(0)[2] == numElements(blockCounts(node, blockWindow(node)));
}

void addCol2Im(LoweringRegistry &registry) {
  registry.add("Col2Im", lowerCol2Im,
               {{"the block's shape must be known when compiling", isKnown<2>},
                {"there must be as many blocks as the image has places for",
                 fillsImage}});
}

} // namespace tilicho::compiler
