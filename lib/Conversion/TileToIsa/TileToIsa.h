// SPDX-License-Identifier: Apache-2.0
// From instructions on buffers to the streams of the queues.
#ifndef TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H
#define TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H

#include "runtime/Machine/Machine.h"

#include "mlir/Pass/Pass.h"

#include <memory>

namespace tilicho::compiler {

/// `--convert-tile-to-isa`: the module's function of tile instructions becomes
/// an `isa.program`. Buffers get addresses, instructions their queues, and what
/// must wait for another queue waits for its semaphore. With `roll`, loops take
/// the place of what a queue repeats; with `pack`, buffers share as little of
/// SBUF as can be, and nothing runs ahead. The program's attribute `figures`
/// has the peaks of the memories in bytes of a partition.
std::unique_ptr<mlir::Pass>
createTileToIsa(const Machine &machine, bool roll = true, bool pack = false);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_TILETOISA_TILETOISA_H
