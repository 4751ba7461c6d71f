// SPDX-License-Identifier: Apache-2.0
// What of a graph is sums of products, and what it costs on the array.
#include "lib/Bounds/Products.h"

#include <algorithm>
#include <cmath>

namespace tilicho::compiler::bounds {

using Products = std::vector<Product>;

static double product(const std::vector<int64_t> &dims, size_t begin,
                      size_t end) {
  double product = 1;
  for (size_t dim = begin; dim < end; ++dim)
    product *= double(dims[dim]);
  return product;
}

//===----------------------------------------------------------------------===//
// Convolutions
//===----------------------------------------------------------------------===//

static double windowReuse(const Node &node, const Tensor &weights) {
  double reuse = product(weights.dims, 2, weights.dims.size());
  for (int64_t stride : node.attributes("strides"))
    reuse /= double(stride);
  return std::max(reuse, 1.0);
}

static Products convolution(const Node &node, const Tensor *weights) {
  const Tensor *out = node.output();
  if (!weights || !out || weights->rank() < 3 || out->rank() < 3)
    return {};
  Product conv;
  conv.groups = double(node.attribute("group", 1));
  conv.taps = product(weights->dims, 2, weights->dims.size());
  conv.m = double(out->dim(0)) * product(out->dims, 2, out->dims.size());
  conv.n = double(weights->dim(0)) / conv.groups;
  conv.k = double(weights->dim(1)) * conv.taps;
  conv.windowReuse = windowReuse(node, *weights);
  return {conv};
}

/// Each input element meets every tap once.
static Products transposedConvolution(const Node &node) {
  const Tensor *in = node.input(0), *weights = node.input(1);
  if (!in || !weights || weights->rank() < 3)
    return {};
  Product conv;
  double taps = product(weights->dims, 2, weights->dims.size());
  conv.groups = double(node.attribute("group", 1));
  conv.m = double(in->dim(0)) * product(in->dims, 2, in->dims.size());
  conv.n = double(weights->dim(1)) * taps;
  conv.k = double(weights->dim(0)) / conv.groups;
  return {conv};
}

//===----------------------------------------------------------------------===//
// Matrix products
//===----------------------------------------------------------------------===//

static Products gemm(const Node &node) {
  const Tensor *a = node.input(0), *out = node.output();
  if (!a || !out || a->rank() != 2 || out->rank() != 2)
    return {};
  Product gemm;
  gemm.m = double(out->dim(0));
  gemm.n = double(out->dim(1));
  gemm.k = double(a->dim(node.attribute("transA", 0) ? 0 : 1));
  return {gemm};
}

/// A batch that only one operand has makes that operand longer.
static Products matMul(const Tensor *a, const Tensor *b) {
  if (!a || !b || a->rank() == 0 || b->rank() == 0)
    return {};
  std::vector<int64_t> left = a->dims, right = b->dims;
  if (left.size() == 1)
    left.insert(left.begin(), 1);
  if (right.size() == 1)
    right.push_back(1);
  size_t leftBatch = left.size() - 2, rightBatch = right.size() - 2;
  Product matMul;
  matMul.m = double(left[leftBatch]);
  matMul.k = double(left[leftBatch + 1]);
  matMul.n = double(right[rightBatch + 1]);
  double leftCount = product(left, 0, leftBatch);
  double rightCount = product(right, 0, rightBatch);
  if (rightCount == 1) {
    matMul.m *= leftCount;
    return {matMul};
  }
  if (leftCount == 1) {
    matMul.n *= rightCount;
    return {matMul};
  }
  for (size_t dim = 0; dim < std::max(leftBatch, rightBatch); ++dim) {
    double l = dim < leftBatch ? double(left[leftBatch - 1 - dim]) : 1;
    double r = dim < rightBatch ? double(right[rightBatch - 1 - dim]) : 1;
    matMul.count *= std::max(l, r);
  }
  return {matMul};
}

/// Letters of both operands and the result are batch, of both operands alone
/// summed.
static Products einsum(const Node &node) {
  std::string equation = node.text("equation");
  equation.erase(std::remove(equation.begin(), equation.end(), ' '),
                 equation.end());
  size_t comma = equation.find(','), arrow = equation.find("->");
  const Tensor *a = node.input(0), *b = node.input(1);
  bool isPair = node.inputs.size() == 2 && comma != std::string::npos &&
                arrow != std::string::npos &&
                equation.find('.') == std::string::npos;
  if (!a || !b || !isPair)
    return {};
  std::string left = equation.substr(0, comma);
  std::string right = equation.substr(comma + 1, arrow - comma - 1);
  std::string out = equation.substr(arrow + 2);
  if (left.size() != a->dims.size() || right.size() != b->dims.size())
    return {};
  auto has = [](const std::string &letters, char letter) {
    return letters.find(letter) != std::string::npos;
  };
  Product einsum;
  einsum.m = einsum.n = einsum.k = 1;
  for (size_t i = 0; i < left.size(); ++i) {
    double size = double(a->dims[i]);
    if (!has(right, left[i]))
      einsum.m *= size;
    else if (has(out, left[i]))
      einsum.count *= size;
    else
      einsum.k *= size;
  }
  for (size_t i = 0; i < right.size(); ++i)
    if (!has(left, right[i]))
      einsum.n *= double(b->dims[i]);
  return {einsum};
}

//===----------------------------------------------------------------------===//
// Recurrence and attention
//===----------------------------------------------------------------------===//

static Products recurrent(const Node &node) {
  const Tensor *x = node.input(0), *w = node.input(1), *r = node.input(2);
  if (!x || !w || !r || x->rank() != 3 || w->rank() != 3 || r->rank() != 3)
    return {};
  bool batchFirst = node.attribute("layout", 0) != 0;
  double steps = double(x->dim(batchFirst ? 1 : 0));
  double batch = double(x->dim(batchFirst ? 0 : 1));
  Product input, state;
  input.count = double(w->dim(0));
  input.m = steps * batch;
  input.n = double(w->dim(1));
  input.k = double(w->dim(2));
  state.count = double(r->dim(0)) * steps;
  state.steps = steps;
  state.m = batch;
  state.n = double(r->dim(1));
  state.k = double(r->dim(2));
  return {input, state};
}

/// Scores and context of each head, over the keys of this call.
static Products attention(const Node &node) {
  const Tensor *q = node.input(0), *k = node.input(1), *v = node.input(2);
  if (!q || !k || !v || q->rank() < 3)
    return {};
  bool isSplit = q->rank() == 4;
  double heads =
      isSplit ? double(q->dim(1)) : double(node.attribute("q_num_heads", 1));
  double keyHeads =
      isSplit ? double(k->dim(1)) : double(node.attribute("kv_num_heads", 1));
  auto depth = [&](const Tensor *tensor, double count) {
    double last = double(tensor->dims.back());
    return isSplit ? last : last / count;
  };
  Product scores, context;
  scores.count = context.count = double(q->dim(0)) * heads;
  scores.m = context.m = double(q->dim(q->rank() - 2));
  scores.n = context.k = double(k->dim(k->rank() - 2));
  scores.k = depth(q, heads);
  context.n = depth(v, keyHeads);
  return {scores, context};
}

Products productsOf(const Node &node) {
  if (node.isConstant || !node.isLive)
    return {};
  if (node.is("Conv") || node.is("ConvInteger"))
    return convolution(node, node.input(1));
  if (node.is("QLinearConv"))
    return convolution(node, node.input(3));
  if (node.is("ConvTranspose"))
    return transposedConvolution(node);
  if (node.is("Gemm"))
    return gemm(node);
  if (node.is("MatMul") || node.is("MatMulInteger"))
    return matMul(node.input(0), node.input(1));
  if (node.is("QLinearMatMul"))
    return matMul(node.input(0), node.input(3));
  if (node.is("Einsum"))
    return einsum(node);
  if (node.is("LSTM") || node.is("GRU") || node.is("RNN"))
    return recurrent(node);
  if (node.is("Attention"))
    return attention(node);
  return {};
}

//===----------------------------------------------------------------------===//
// The array
//===----------------------------------------------------------------------===//

/// Blocks that lie in the array at once, each with one tap.
static double blocksAtOnce(const Product &product, const Machine &machine) {
  double rows = std::floor(machine.arrayRows / (product.k / product.taps));
  double cols = std::floor(machine.arrayCols / product.n);
  return std::max(1.0, std::min(rows, cols));
}

static double moves(double k, double columns, double length,
                    const Machine &machine) {
  return std::ceil(k / machine.arrayRows) *
         std::ceil(columns / machine.arrayCols) *
         std::max(length, machine.arrayMinCycles);
}

ArrayCycles arrayCycles(const Product &product, const Machine &machine) {
  double m = product.m, n = product.n, k = product.k;
  if (product.groups == 1) {
    double right = moves(k, n, m, machine), left = moves(k, m, n, machine);
    return {product.count * std::min(left, right), product.count * right};
  }
  double turns = std::ceil(product.groups / blocksAtOnce(product, machine));
  double cycles = product.count * turns *
                  (product.taps * moves(k / product.taps, n, m, machine));
  return {cycles, cycles};
}

double Product::outputColumns(const Machine &machine) const {
  auto tiles = [&](double size) {
    return std::ceil(size / machine.psumPartitions);
  };
  double right = tiles(groups * n) * m;
  double left = groups == 1 ? tiles(m) * n : right;
  return count * std::min(left, right);
}

} // namespace tilicho::compiler::bounds
