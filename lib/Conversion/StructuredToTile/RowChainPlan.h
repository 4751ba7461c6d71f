// SPDX-License-Identifier: Apache-2.0
// How a chain of two products is cut into blocks.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAINPLAN_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAINPLAN_H

#include "lib/Conversion/StructuredToTile/ContractPlan.h"
#include "lib/Conversion/StructuredToTile/Epilogue.h"
#include "lib/Conversion/StructuredToTile/RowChain.h"

namespace tilicho::compiler {

/// The parts of a chain as the plan and the emitter see them. A key is an index
/// along the rows of scores.
struct RowChainParts {
  RowChainParts(const RowChain &chain, Epilogue &epilogue, Lowering &lowering);

  Contract scores, product;
  ArrayTypes scoreTypes, productTypes;
  Epilogue before, after, &epilogue;
  /// The type of what the softmax reads.
  isa::DType logitType;
  bool hasAfter;

  int64_t rows() const { return scores.a.free; }
  int64_t keys() const { return scores.b.free; }
  int64_t columns() const { return product.b.free; }
};

struct RowChainPlan {
  /// Rows in one step, on the partitions.
  int64_t rows = 1;
  /// Keys whose scores are one accumulator, and those of them that are on the
  /// partitions together for the second product.
  int64_t chunk = 1, keyTile = 1;
  /// Chunks in a block: scores of a block are on chip together.
  int64_t chunks = 1;
  /// Blocks of rows that meet a block of keys before the next one comes.
  int64_t rowBlocks = 1;
  /// Whether all keys and values of a batch stay on chip.
  bool keepsKeys = true;
  /// Columns of the result in one accumulator.
  int64_t columns = 1;
  /// How the operands come in: queries, keys and values.
  FactorPlan queries, keysPlan, values;
};

/// Nothing if the chain does not fit on chip.
std::optional<RowChainPlan> planRowChain(const RowChainParts &parts,
                                         const Lowering &lowering);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_ROWCHAINPLAN_H
