// SPDX-License-Identifier: Apache-2.0
// The registry from ONNX operators to their lowerings.
#include "lib/Conversion/OnnxToTile/Lowering.h"

using namespace mlir;

namespace tilicho::compiler {

const LoweringRegistry &LoweringRegistry::get() {
  static const LoweringRegistry registry = [] {
    LoweringRegistry all;
    for (auto add :
         {addElementwise, addActivations,    addConvolutions,    addPools,
          addMatMuls,     addNormalizations, addReductions,      addShapes,
          addMoves,       addPads,           addGathers,         addScatters,
          addResizes,     addQuantization,   addIntegerProducts, addSorting,
          addGenerators,  addEinsum,         addSampling,        addRecurrent,
          addFourier,     addRoiAlign,       addDeformConv,      addCol2Im,
          addDet,         addMaxRoiPool,     addRandomNumbers})
      add(all);
    return all;
  }();
  return registry;
}

void LoweringRegistry::add(StringRef name, LowerFunction lower,
                           ArrayRef<Limit> limits) {
  bool isNew =
      lowerings
          .try_emplace(name, Lowering{lower, SmallVector<Limit, 2>(limits)})
          .second;
  assert(isNew && "an operator has two lowerings");
  (void)isNew;
}

const Lowering *LoweringRegistry::find(StringRef name) const {
  auto found = lowerings.find(name);
  return found == lowerings.end() ? nullptr : &found->second;
}

SmallVector<StringRef> LoweringRegistry::names() const {
  SmallVector<StringRef> names(lowerings.keys());
  llvm::sort(names);
  return names;
}

} // namespace tilicho::compiler
