// SPDX-License-Identifier: Apache-2.0
// The isa dialect: one operation an instruction, held as the ISA's struct.
#ifndef TILICHO_DIALECTS_ISA_IR_ISADIALECT_H
#define TILICHO_DIALECTS_ISA_IR_ISADIALECT_H

#include "dialects/Isa/IR/InstProperty.h"
#include "runtime/Isa/Isa.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"

namespace tilicho::ir::isa {
// Where both namespaces are in sight, `isa::DType` means the ISA's.
using namespace ::tilicho::isa;
} // namespace tilicho::ir::isa

#include "dialects/Isa/IR/IsaDialect.h.inc"
#include "dialects/Isa/IR/IsaInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialects/Isa/IR/IsaOps.h.inc"

namespace tilicho::ir::isa {

/// `OpOf<MatmulInst>` is MatmulInstOp.
template <class Inst> struct OpOfTrait;
#define TILICHO_ISA_OP_OF(NAME, MNEMONIC)                                      \
  template <> struct OpOfTrait<NAME##Inst> {                                   \
    using type = NAME##InstOp;                                                 \
  };
TILICHO_ISA_INSTRUCTIONS(TILICHO_ISA_OP_OF)
#undef TILICHO_ISA_OP_OF
template <class Inst> using OpOf = typename OpOfTrait<Inst>::type;

/// Makes the operation that holds `inst`.
template <class Inst>
OpOf<Inst> createInstruction(mlir::OpBuilder &builder, mlir::Location loc,
                             const Inst &inst) {
  return OpOf<Inst>::create(builder, loc, inst);
}

/// Makes the operation for kInstructionBytes that have been verified.
mlir::Operation *decodeInstruction(mlir::OpBuilder &builder, mlir::Location loc,
                                   const uint8_t *bytes);

/// The kind of queue that a valid queue's name stands for.
QueueKind queueKind(QueueOp queue);

} // namespace tilicho::ir::isa

#endif // TILICHO_DIALECTS_ISA_IR_ISADIALECT_H
