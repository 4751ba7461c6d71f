// SPDX-License-Identifier: Apache-2.0
// Einsum: operands are joined from the left, each pair as a matrix product or a
// product that broadcasts.
#include "lib/Conversion/OnnxToTile/Lowering.h"
#include "lib/Conversion/OnnxToTile/MatMuls.h"

#include "llvm/ADT/MapVector.h"

#include <map>
#include <set>

using namespace mlir;

namespace tilicho::compiler {

namespace {
using Labels = SmallVector<int>;

/// A value and what each of its dimensions is called.
struct Term {
  Value value;
  Labels labels;
};

struct Equation {
  SmallVector<Labels> inputs;
  Labels output;
};
} // namespace

/// Dimensions under an ellipsis are called by their distance from its end.
static constexpr int ellipsis = 1 << 8;

//===----------------------------------------------------------------------===//
// Equations
//===----------------------------------------------------------------------===//

static Labels parseTerm(StringRef text, int ellipsisRank) {
  Labels labels;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int dim = ellipsisRank; dim-- > 0;)
        labels.push_back(ellipsis + dim);
      continue;
    }
    labels.push_back(static_cast<unsigned char>(text.front()));
    text = text.drop_front();
  }
  return labels;
}

static int lettersIn(StringRef text) {
  return static_cast<int>(text.size()) - (text.contains("...") ? 3 : 0);
}

/// Without an arrow: the ellipsis, then what occurs once, by the alphabet.
static Labels implicitOutput(ArrayRef<Labels> inputs, int ellipsisRank) {
  std::map<int, int> counts;
  for (const Labels &labels : inputs)
    for (int label : labels)
      ++counts[label];
  Labels output;
  for (int dim = ellipsisRank; dim-- > 0;)
    output.push_back(ellipsis + dim);
  for (auto [label, count] : counts)
    if (label < ellipsis && count == 1)
      output.push_back(label);
  return output;
}

static Equation parseEquation(const OnnxNode &node) {
  std::string text;
  for (char c : node.text("equation", ""))
    if (c != ' ')
      text += c;
  auto [left, right] = StringRef(text).split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  int widest = 0;
  for (auto [index, term] : llvm::enumerate(terms))
    if (term.contains("..."))
      widest = std::max(widest,
                        static_cast<int>(node.rank(index)) - lettersIn(term));
  Equation equation;
  for (auto [index, term] : llvm::enumerate(terms)) {
    int own = static_cast<int>(node.rank(index)) - lettersIn(term);
    equation.inputs.push_back(parseTerm(term, own));
  }
  bool hasArrow = StringRef(text).contains("->");
  equation.output = hasArrow ? parseTerm(right, widest)
                             : implicitOutput(equation.inputs, widest);
  return equation;
}

//===----------------------------------------------------------------------===//
// One term
//===----------------------------------------------------------------------===//

static Term reorder(StructuredBuilder &build, const Term &term,
                    const Labels &labels) {
  Shape order;
  for (int label : labels)
    order.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return {build.transpose(term.value, order), labels};
}

/// The diagonal of two dimensions that are called the same.
static Term takeDiagonal(StructuredBuilder &build, Term term, size_t first,
                         size_t second) {
  int64_t rank = rankOf(term.value), extent = shapeOf(term.value)[first];
  Shape order = {static_cast<int64_t>(first), static_cast<int64_t>(second)};
  Labels labels = {term.labels[first]};
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != static_cast<int64_t>(first) &&
        dim != static_cast<int64_t>(second)) {
      order.push_back(dim);
      labels.push_back(term.labels[dim]);
    }
  Value value = build.transpose(term.value, order);
  Shape flat(shapeOf(value).drop_front(1));
  flat[0] = extent * extent;
  value = build.slice(build.reshape(value, flat), 0, 0, extent, extent + 1);
  return {value, labels};
}

static Term takeDiagonals(StructuredBuilder &build, Term term) {
  for (size_t first = 0; first < term.labels.size(); ++first)
    for (size_t second = first + 1; second < term.labels.size(); ++second)
      if (term.labels[first] == term.labels[second])
        return takeDiagonals(build, takeDiagonal(build, term, first, second));
  return term;
}

/// Sums over what nothing else names.
static Term sumOthers(StructuredBuilder &build, const Term &term,
                      const std::set<int> &kept) {
  Arithmetic math(build, elementOf(term.value));
  Shape axes, shape;
  Labels labels;
  for (auto [dim, label] : llvm::enumerate(term.labels)) {
    if (!kept.count(label)) {
      axes.push_back(static_cast<int64_t>(dim));
      continue;
    }
    labels.push_back(label);
    shape.push_back(shapeOf(term.value)[dim]);
  }
  if (axes.empty())
    return term;
  Value sum = math.as(elementOf(term.value), math.sum(term.value, axes));
  return {build.reshape(sum, shape), labels};
}

//===----------------------------------------------------------------------===//
// Two terms
//===----------------------------------------------------------------------===//

namespace {
/// What a pair's dimensions are to their product.
struct Roles {
  Labels batch, rows, columns, summed;
};
} // namespace

static Roles rolesOf(const Term &a, const Term &b, const std::set<int> &kept) {
  Roles roles;
  for (int label : a.labels) {
    bool shared = llvm::is_contained(b.labels, label);
    Labels &role = !shared             ? roles.rows
                   : kept.count(label) ? roles.batch
                                       : roles.summed;
    role.push_back(label);
  }
  for (int label : b.labels)
    if (!llvm::is_contained(a.labels, label))
      roles.columns.push_back(label);
  return roles;
}

static int64_t extentOf(const Term &term, int label) {
  auto place = llvm::find(term.labels, label);
  return place == term.labels.end()
             ? 1
             : shapeOf(term.value)[place - term.labels.begin()];
}

static Labels joined(ArrayRef<Labels> parts) {
  Labels result;
  for (const Labels &part : parts)
    result.append(part);
  return result;
}

/// `term` with its dimensions in this order, of extent 1 where it has none.
static Value aligned(StructuredBuilder &build, const Term &term,
                     const Labels &labels) {
  Labels own;
  Shape shape;
  for (int label : labels) {
    shape.push_back(extentOf(term, label));
    if (llvm::is_contained(term.labels, label))
      own.push_back(label);
  }
  return build.reshape(reorder(build, term, own).value, shape);
}

/// Repeats the dimensions in which the other term is wider.
static Term widened(StructuredBuilder &build, const Term &term,
                    const Term &other) {
  Shape shape;
  for (int label : term.labels)
    shape.push_back(std::max(extentOf(term, label), extentOf(other, label)));
  return {build.broadcast(term.value, shape), term.labels};
}

static int64_t extents(const Term &term, const Labels &labels) {
  int64_t product = 1;
  for (int label : labels)
    product *= extentOf(term, label);
  return product;
}

static Term matrixTerm(StructuredBuilder &build, const Term &a, const Term &b,
                       const Roles &roles) {
  Type element = elementOf(a.value);
  Value left =
      reorder(build, a, joined({roles.batch, roles.rows, roles.summed})).value;
  Value right =
      reorder(build, b, joined({roles.batch, roles.summed, roles.columns}))
          .value;
  int64_t batch = extents(a, roles.batch), rows = extents(a, roles.rows),
          summed = extents(a, roles.summed),
          columns = extents(b, roles.columns);
  Value product =
      matrixProduct(build, build.reshape(left, {batch, rows, summed}),
                    build.reshape(right, {batch, summed, columns}), element);
  Shape shape;
  for (int label : joined({roles.batch, roles.rows}))
    shape.push_back(extentOf(a, label));
  for (int label : roles.columns)
    shape.push_back(extentOf(b, label));
  return {build.reshape(product, shape),
          joined({roles.batch, roles.rows, roles.columns})};
}

static Term multiply(StructuredBuilder &build, Term a, Term b,
                     const std::set<int> &kept) {
  Roles roles = rolesOf(a, b, kept);
  Labels all = joined({roles.batch, roles.rows, roles.columns});
  if (roles.summed.empty()) {
    Type element = elementOf(a.value);
    Value product = build.elementwise(
        "multiply", {aligned(build, a, all), aligned(build, b, all)},
        computeFor(element), element);
    return {product, all};
  }
  a = widened(build, a, b);
  b = widened(build, b, a);
  return matrixTerm(build, a, b, roles);
}

static Values lowerEinsum(const OnnxNode &node, StructuredBuilder &build) {
  Equation equation = parseEquation(node);
  SmallVector<Term> terms;
  for (auto [index, labels] : llvm::enumerate(equation.inputs))
    terms.push_back(takeDiagonals(
        build, {node.input(static_cast<unsigned>(index)), labels}));
  Term result;
  for (size_t index = 0; index < terms.size(); ++index) {
    std::set<int> kept(equation.output.begin(), equation.output.end());
    for (size_t later = index + 1; later < terms.size(); ++later)
      kept.insert(terms[later].labels.begin(), terms[later].labels.end());
    std::set<int> needed = kept;
    needed.insert(result.labels.begin(), result.labels.end());
    Term term = sumOthers(build, terms[index], needed);
    result = index == 0 ? term : multiply(build, result, term, kept);
  }
  std::set<int> wanted(equation.output.begin(), equation.output.end());
  result = sumOthers(build, result, wanted);
  return {reorder(build, result, equation.output).value};
}

/// Each once, and in an input.
static bool hasResultIndices(const OnnxNode &node) {
  Equation equation = parseEquation(node);
  std::set<int> known;
  for (const auto &labels : equation.inputs)
    known.insert(labels.begin(), labels.end());
  return llvm::all_of(equation.output,
                      [&](int label) { return known.erase(label) == 1; });
}

void addEinsum(LoweringRegistry &registry) {
  registry.add(
      "Einsum", lowerEinsum,
      Limit{"the result's indices must be different ones of the inputs'",
            hasResultIndices});
}

} // namespace tilicho::compiler
