// SPDX-License-Identifier: Apache-2.0
// The registry from ONNX operators to their lowerings, with their limits.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_LOWERING_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_LOWERING_H

#include "lib/Conversion/OnnxToTile/OnnxNode.h"
#include "lib/Conversion/OnnxToTile/StructuredBuilder.h"

#include "llvm/ADT/StringMap.h"

namespace tilicho::compiler {

using Values = llvm::SmallVector<mlir::Value>;

/// Builds an operator's results, one for each of ONNX's: null where nothing
/// reads it. The limits hold when it is called.
using LowerFunction = Values (*)(const OnnxNode &, StructuredBuilder &);

/// What must hold for an operator to be lowered, and the sentence that the user
/// reads when it does not.
struct Limit {
  llvm::StringLiteral sentence;
  bool (*holds)(const OnnxNode &);
};

struct Lowering {
  LowerFunction lower;
  llvm::SmallVector<Limit, 2> limits;
};

class LoweringRegistry {
public:
  /// All operators that have a lowering.
  static const LoweringRegistry &get();

  void add(llvm::StringRef name, LowerFunction lower,
           llvm::ArrayRef<Limit> limits = {});
  const Lowering *find(llvm::StringRef name) const;
  /// The names, sorted.
  llvm::SmallVector<llvm::StringRef> names() const;

private:
  llvm::StringMap<Lowering> lowerings;
};

/// Whether operand `index` is absent or known when compiling.
template <unsigned index> bool isKnown(const OnnxNode &node) {
  return !node.has(index) || node.constantReals(index).has_value();
}

/// Whether nothing reads the results from `index` on.
template <unsigned index> bool readsNoneFrom(const OnnxNode &node) {
  for (unsigned result = index; result < node.numResults(); ++result)
    if (node.uses(result))
      return false;
  return true;
}

inline bool isArrayElement(mlir::Type element) {
  return element.isF32() || element.isF16() || element.isBF16() ||
         llvm::isa<mlir::Float8E4M3FNType, mlir::Float8E5M2Type>(element) ||
         element.isInteger(8);
}

// One function a file: adds the operators of a family.
void addElementwise(LoweringRegistry &registry);
void addActivations(LoweringRegistry &registry);
void addConvolutions(LoweringRegistry &registry);
void addPools(LoweringRegistry &registry);
void addMatMuls(LoweringRegistry &registry);
void addNormalizations(LoweringRegistry &registry);
void addReductions(LoweringRegistry &registry);
void addShapes(LoweringRegistry &registry);
void addMoves(LoweringRegistry &registry);
void addPads(LoweringRegistry &registry);
void addGathers(LoweringRegistry &registry);
void addScatters(LoweringRegistry &registry);
void addResizes(LoweringRegistry &registry);
void addQuantization(LoweringRegistry &registry);
void addIntegerProducts(LoweringRegistry &registry);
void addSorting(LoweringRegistry &registry);
void addGenerators(LoweringRegistry &registry);
void addEinsum(LoweringRegistry &registry);
void addSampling(LoweringRegistry &registry);
void addRecurrent(LoweringRegistry &registry);
void addFourier(LoweringRegistry &registry);
void addRoiAlign(LoweringRegistry &registry);
void addDeformConv(LoweringRegistry &registry);
void addCol2Im(LoweringRegistry &registry);
void addDet(LoweringRegistry &registry);
void addMaxRoiPool(LoweringRegistry &registry);
void addRandomNumbers(LoweringRegistry &registry);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_LOWERING_H
