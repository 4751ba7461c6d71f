// SPDX-License-Identifier: Apache-2.0
// Prints the page of operators from the registry of lowerings.
#include "lib/Pipelines/SupportedOps.h"

#include "dialects/Onnx/Schema/Schema.h"
#include "dialects/Onnx/Transforms/ExpandRegions.h"
#include "dialects/Onnx/Transforms/RowSources.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <set>

using namespace tilicho::compiler;
using namespace tilicho::ir::onnx;
using llvm::raw_ostream;
using llvm::StringRef;

namespace {
/// What is missing for an operator to run.
struct Missing {
  std::set<std::string> operators;
  /// Bodies that are built for each node.
  bool dependsOnNode = false;
};
} // namespace

using Limits = std::vector<std::pair<StringRef, StringRef>>;

static Limits countedOperators() {
  Limits all;
  for (const RowOperator *known : rowOperators())
    all.emplace_back(known->name, known->limits);
  return all;
}

/// Constants are values, not work, and control flow becomes what it holds.
static bool isLowered(StringRef name) {
  auto isIn = [&](auto entries) {
    return llvm::any_of(entries,
                        [&](const auto &entry) { return entry.first == name; });
  };
  return name == "Constant" || hasLowering(name) || isIn(expandedOperators()) ||
         isIn(countedOperators());
}

/// Goes into bodies until there are lowerings.
static void collectMissing(const std::string &name, Missing &missing) {
  if (isLowered(name))
    return;
  std::optional<Body> body = findBody(name);
  if (!body) {
    missing.operators.insert(name);
    return;
  }
  missing.dependsOnNode |= body->dependsOnNode;
  for (const std::string &inner : body->operators)
    collectMissing(inner, missing);
}

static void printLowered(raw_ostream &out) {
  out << "| operator | limits |\n| --- | --- |\n";
  for (const auto &[name, limits] : supportedOperators())
    // Operators of the dialect's own are written small.
    if (!std::islower(name.front()))
      out << "| " << name << " | " << llvm::join(limits, "; ") << " |\n";
}

static void
printReplaced(raw_ostream &out,
              llvm::ArrayRef<std::pair<StringRef, StringRef>> operators) {
  out << "| operator | limits |\n| --- | --- |\n";
  for (const auto &[name, limits] : operators)
    out << "| " << name << " | " << limits << " |\n";
}

static void printBodies(raw_ostream &out) {
  out << "| operator | missing |\n| --- | --- |\n";
  for (const std::string &name : listOperators()) {
    if (isLowered(name) || !findBody(name))
      continue;
    Missing missing;
    collectMissing(name, missing);
    out << "| " << name << " | " << llvm::join(missing.operators, ", ")
        << (missing.operators.empty() && missing.dependsOnNode
                ? "depends on the node"
                : "")
        << " |\n";
  }
}

static void printUnsupported(raw_ostream &out) {
  StringRef separator = "";
  for (const std::string &name : listOperators()) {
    if (isLowered(name) || findBody(name))
      continue;
    out << separator << name;
    separator = ",\n";
  }
  out << ".\n";
}

std::string tilicho::compiler::printSupportedOps() {
  std::string page;
  llvm::raw_string_ostream out(page);
  out << "<!-- SPDX-License-Identifier: Apache-2.0 -->\n# Operators\n\n"
         "Printed by `tilicho-compile --supported-ops`, from the compiler's "
         "table of\nlowerings and ONNX's schemas (ai.onnx, opset "
      << newestOpset()
      << "). Older operators are lifted\nto this opset first. Every tensor "
         "has a shape that is known when compiling and\nelements of a type of "
         "the machine; `tilicho-compile --check` says of a model what\nin it "
         "is not supported, and why.\n\n## Lowered\n\n";
  printLowered(out);
  out << "\n## Control flow\n\nThese become the operators that they hold.\n\n";
  printReplaced(out, expandedOperators());
  out << "\n## With as many rows as a run decides\n\nOf what is made of each "
         "row "
         "of their results there may be outputs of the model,\nwhose rows a "
         "run "
         "counts. Nothing else may read them, unless folding knows them.\n\n";
  printReplaced(out, countedOperators());
  out << "\n## By their bodies\n\nONNX's schemas give these as functions of "
         "other operators, and so they run, with\nthe limits of those. What "
         "is missing for it is not lowered; where the body is\nbuilt for each "
         "node, it depends on the node.\n\n";
  printBodies(out);
  out << "\n## Not supported\n\n"
         "These run only where folding removes them.\n\n";
  printUnsupported(out);
  return page;
}
