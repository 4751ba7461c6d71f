// SPDX-License-Identifier: Apache-2.0
// Which function emits which structured op.
#include "lib/Conversion/StructuredToTile/EmitterList.h"

#include "llvm/ADT/StringMap.h"

namespace tilicho::compiler {

Emitter findEmitter(llvm::StringRef opName) {
  static const llvm::StringMap<Emitter> emitters = {
      {"tile.assemble", emitAssemble},
      {"tile.bitcast", emitBitcast},
      {"tile.contract", emitContract},
      {"tile.convolution", emitConvolution},
      {"tile.elementwise", emitElementwise},
      {"tile.empty", emitEmpty},
      {"tile.if_begin", emitIfBegin},
      {"tile.if_else", emitIfElse},
      {"tile.if_end", emitIfEnd},
      {"tile.local_normalization", emitLocalNormalization},
      {"tile.loop_begin", emitLoopBegin},
      {"tile.loop_end", emitLoopEnd},
      {"tile.normalization", emitNormalization},
      {"tile.put", emitPut},
      {"tile.put_elements", emitPutElements},
      {"tile.reduction", emitReductionOp},
      {"tile.reshape", emitReshape},
      {"tile.restride", emitRestride},
      {"tile.recurrence", emitRecurrence},
      {"tile.scan", emitScan},
      {"tile.softmax", emitSoftmax},
      {"tile.take", emitTake},
      {"tile.take_elements", emitTakeElements},
      {"tile.top_k", emitTopK},
      {"tile.window_reduction", emitWindowReduction},
  };
  return emitters.lookup(opName);
}

} // namespace tilicho::compiler
