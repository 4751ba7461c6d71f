// SPDX-License-Identifier: Apache-2.0
// Pools: windows that slide, and pools over all spatial dimensions.
#include "lib/Conversion/OnnxToTile/Convolutions.h"
#include "lib/Conversion/OnnxToTile/Lowering.h"

#include <cmath>

using namespace mlir;

namespace tilicho::compiler {

static Shape spatialAxes(const OnnxNode &node) {
  return llvm::to_vector(llvm::seq<int64_t>(2, node.rank(0)));
}

/// The window with as much padding above as the results reach: `ceil_mode` may
/// reach further than the attribute says, strides less far.
static Window reachingWindow(const OnnxNode &node) {
  Window window = windowOf(node, *node.integers("kernel_shape"));
  for (size_t dim = 0; dim < window.window.size(); ++dim) {
    int64_t last = (node.resultShape()[2 + dim] - 1) * window.strides[dim];
    int64_t reach = (window.window[dim] - 1) * window.dilations[dim] + 1;
    window.padHigh[dim] =
        last + reach - node.shape(0)[2 + dim] - window.padLow[dim];
  }
  return window;
}

/// For each position of the window along one dimension the elements in it.
static SmallVector<SmallVector<int64_t>> positions(const Window &window,
                                                   size_t dim, int64_t count) {
  SmallVector<SmallVector<int64_t>> result(count);
  for (int64_t position = 0; position < count; ++position)
    for (int64_t tap = 0; tap < window.window[dim]; ++tap)
      result[position].push_back(position * window.strides[dim] -
                                 window.padLow[dim] +
                                 tap * window.dilations[dim]);
  return result;
}

//===----------------------------------------------------------------------===//
// AveragePool, LpPool
//===----------------------------------------------------------------------===//

/// How many elements the average is over, at each position of one dimension.
static SmallVector<int64_t> countsAlong(const OnnxNode &node, size_t dim) {
  Window window = windowOf(node, *node.integers("kernel_shape"));
  bool withPads = node.integer("count_include_pad", 0) != 0;
  int64_t low = withPads ? -window.padLow[dim] : 0;
  int64_t high = node.shape(0)[2 + dim] + (withPads ? window.padHigh[dim] : 0);
  SmallVector<int64_t> counts;
  for (auto &taps : positions(window, dim, node.resultShape()[2 + dim]))
    counts.push_back(llvm::count_if(
        taps, [&](int64_t index) { return index >= low && index < high; }));
  return counts;
}

/// One over the number of elements: one number where all are equal.
static Value averageFactor(const OnnxNode &node, StructuredBuilder &build) {
  SmallVector<double> factors = {1.0};
  for (int64_t dim = 0; dim + 2 < node.rank(0); ++dim) {
    SmallVector<double> wider;
    for (double outer : factors)
      for (int64_t count : countsAlong(node, dim))
        wider.push_back(count == 0 ? 0 : outer / static_cast<double>(count));
    factors = std::move(wider);
  }
  if (llvm::all_equal(factors) && !factors.empty())
    return build.scalar(build.f32(), factors.front());
  return build.reals(build.f32(), node.resultShape().drop_front(2), factors);
}

static Values lowerAveragePool(const OnnxNode &node, StructuredBuilder &build) {
  Value sum = build.windowReduce("add", node.input(0), reachingWindow(node),
                                 build.f32());
  return {build.elementwise("multiply", {sum, averageFactor(node, build)},
                            "f32", node.resultElement())};
}

/// |x|^p.
static Value powerOf(Arithmetic &math, Value x, double p) {
  if (p == 1)
    return math("abs", x);
  if (p == 2)
    return math("square", x);
  return math("pow", {math("abs", x), math.number(p)});
}

/// x^(1/p), written as `element`.
static Value rootOf(Arithmetic &math, Value x, double p, Type element) {
  if (p == 1)
    return math.as(element, x);
  if (p == 2)
    return math.into(element, "sqrt", x);
  return math.into(element, "pow", {x, math.number(1 / p)});
}

static Values lowerLpPool(const OnnxNode &node, StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  double p = static_cast<double>(node.integer("p", 2));
  Value sum = build.windowReduce("add", powerOf(math, node.input(0), p),
                                 reachingWindow(node), math.type);
  return {rootOf(math, sum, p, node.resultElement())};
}

//===----------------------------------------------------------------------===//
// MaxPool, with the places of the largest
//===----------------------------------------------------------------------===//

/// Indices into the flattened spatial dimensions: row-major for reading, and as
/// ONNX counts them for the result.
namespace {
struct WindowTable {
  SmallVector<int64_t> read, name;
  int64_t positions, taps;
};
} // namespace

static SmallVector<int64_t> stridesOf(ArrayRef<int64_t> shape,
                                      bool columnMajor) {
  SmallVector<int64_t> strides(shape.size(), 1);
  int64_t step = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    size_t dim = columnMajor ? i : shape.size() - 1 - i;
    strides[dim] = step;
    step *= shape[dim];
  }
  return strides;
}

/// Splits a row-major number into indices.
static Shape unflatten(int64_t number, ArrayRef<int64_t> shape) {
  Shape index(shape.size());
  for (size_t dim = shape.size(); dim-- > 0;) {
    index[dim] = number % shape[dim];
    number /= shape[dim];
  }
  return index;
}

/// A tap in the padding repeats the first one inside, which changes neither the
/// maximum nor where it is found first.
static int64_t insideTap(ArrayRef<int64_t> taps, int64_t tap, int64_t extent) {
  auto inside = [&](int64_t index) { return index >= 0 && index < extent; };
  if (inside(taps[tap]))
    return taps[tap];
  auto first = llvm::find_if(taps, inside);
  return first == taps.end() ? 0 : *first;
}

static WindowTable tableOf(const OnnxNode &node, const Window &window) {
  ArrayRef<int64_t> input = node.shape(0).drop_front(2);
  ArrayRef<int64_t> output = node.resultShape().drop_front(2);
  SmallVector<SmallVector<SmallVector<int64_t>>> taps;
  for (size_t dim = 0; dim < input.size(); ++dim)
    taps.push_back(positions(window, dim, output[dim]));
  auto readStrides = stridesOf(input, false);
  auto nameStrides = stridesOf(input, node.integer("storage_order", 0) != 0);
  WindowTable table{{},
                    {},
                    ir::tile::numElements(output),
                    ir::tile::numElements(window.window)};
  for (int64_t position = 0; position < table.positions; ++position)
    for (int64_t tap = 0; tap < table.taps; ++tap) {
      Shape at = unflatten(position, output),
            in = unflatten(tap, window.window);
      int64_t read = 0, name = 0;
      for (size_t dim = 0; dim < input.size(); ++dim) {
        int64_t index = insideTap(taps[dim][at[dim]], in[dim], input[dim]);
        read += index * readStrides[dim];
        name += index * nameStrides[dim];
      }
      table.read.push_back(read);
      table.name.push_back(name);
    }
  return table;
}

/// ONNX counts through batch and channel too.
static Value flattenedIndices(const OnnxNode &node, StructuredBuilder &build,
                              const Window &window) {
  WindowTable table = tableOf(node, window);
  int64_t batch = node.shape(0)[0], channels = node.shape(0)[1];
  int64_t plane = ir::tile::numElements(node.shape(0).drop_front(2));
  Value flat = build.reshape(node.input(0), {batch, channels, plane});
  Value read =
      build.integers(build.i32(), {table.positions, table.taps}, table.read);
  Value patches = build.take(flat, read, 2);
  Value tap = build.reduce("arg_max", patches, {3}, computeFor(node.element(0)),
                           build.i32());
  Value names = build.integers(build.i64(), {1, 1, table.positions, table.taps},
                               table.name);
  Shape repeated = {batch, channels, table.positions, table.taps};
  Value place = build.takeElements(build.broadcast(names, repeated), tap, 3);
  SmallVector<int64_t> offsets;
  for (int64_t i = 0; i < batch * channels; ++i)
    offsets.push_back(i * plane);
  Value base = build.integers(build.i64(), {batch, channels, 1, 1}, offsets);
  Value total = build.elementwise("add", {place, base}, "i64", build.i64());
  return build.reshape(total, node.resultShape(1));
}

static Values lowerMaxPool(const OnnxNode &node, StructuredBuilder &build) {
  Window window = reachingWindow(node);
  Value largest =
      build.windowReduce("max", node.input(0), window, node.resultElement());
  if (!node.uses(1))
    return {largest, Value()};
  return {largest, flattenedIndices(node, build, window)};
}

/// The shape in which MaxUnpool's indices count: what its attributes give.
static Shape unpooledShape(const OnnxNode &node) {
  Window window = windowOf(node, *node.integers("kernel_shape"));
  Shape shape(node.shape(0));
  for (size_t dim = 0; dim < window.window.size(); ++dim)
    shape[2 + dim] = (shape[2 + dim] - 1) * window.strides[dim] +
                     window.window[dim] - window.padLow[dim] -
                     window.padHigh[dim];
  return shape;
}

/// Indices that count in one shape, counted in another of the same rank.
static Value renumber(StructuredBuilder &build, Value index,
                      ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  Arithmetic math(build, "i64");
  auto number = [&](int64_t value) {
    return math.number(static_cast<double>(value));
  };
  Value result = number(0), rest = index;
  for (size_t dim = 0; dim < from.size(); ++dim) {
    Value stride = number(ir::tile::numElements(from.drop_front(dim + 1)));
    Value place = math("divide", {rest, stride});
    rest = math("mod", {rest, stride});
    Value step = number(ir::tile::numElements(to.drop_front(dim + 1)));
    result = math("add", {result, math("multiply", {place, step})});
  }
  return result;
}

/// Puts each element where MaxPool found it; all else is 0.
static Values lowerMaxUnpool(const OnnxNode &node, StructuredBuilder &build) {
  Type element = node.element(0);
  int64_t total = ir::tile::numElements(node.resultShape());
  int64_t count = ir::tile::numElements(node.shape(0));
  Value zeros = build.splat(element, {total}, 0);
  Value index = build.reshape(node.input(1), {count});
  Shape counted = unpooledShape(node);
  if (node.resultShape() != ArrayRef<int64_t>(counted))
    index = renumber(build, index, counted, node.resultShape());
  Value put = build.putElements(zeros, index,
                                build.reshape(node.input(0), {count}), 0, "");
  return {build.reshape(put, node.resultShape())};
}

//===----------------------------------------------------------------------===//
// Pools over all spatial dimensions
//===----------------------------------------------------------------------===//

static Values lowerGlobalAveragePool(const OnnxNode &node,
                                     StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  Value sum = math.sum(node.input(0), spatialAxes(node));
  double count =
      static_cast<double>(ir::tile::numElements(node.shape(0).drop_front(2)));
  return {math.into(node.resultElement(), "multiply",
                    {sum, math.number(1 / count)})};
}

static Values lowerGlobalMaxPool(const OnnxNode &node,
                                 StructuredBuilder &build) {
  Type element = node.element(0);
  return {build.reduce("max", node.input(0), spatialAxes(node),
                       computeFor(element), element)};
}

static Values lowerGlobalLpPool(const OnnxNode &node,
                                StructuredBuilder &build) {
  Arithmetic math(build, node.element(0));
  double p = static_cast<double>(node.integer("p", 2));
  Value sum = math.sum(powerOf(math, node.input(0), p), spatialAxes(node));
  return {rootOf(math, sum, p, node.resultElement())};
}

static bool isNotDouble(const OnnxNode &node) {
  return !node.element(0).isF64();
}

void addPools(LoweringRegistry &registry) {
  Limit types = {"windows slide over f64 on no engine: cast to f32",
                 isNotDouble};
  registry.add("AveragePool", lowerAveragePool, types);
  registry.add("LpPool", lowerLpPool, types);
  registry.add("MaxPool", lowerMaxPool, types);
  registry.add("MaxUnpool", lowerMaxUnpool);
  registry.add("GlobalAveragePool", lowerGlobalAveragePool);
  registry.add("GlobalMaxPool", lowerGlobalMaxPool);
  registry.add("GlobalLpPool", lowerGlobalLpPool);
}

} // namespace tilicho::compiler
