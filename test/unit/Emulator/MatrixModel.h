// SPDX-License-Identifier: Apache-2.0
// A model of a CPU's unit for products of small matrices.
#ifndef TILICHO_TEST_UNIT_EMULATOR_MATRIXMODEL_H
#define TILICHO_TEST_UNIT_EMULATOR_MATRIXMODEL_H

#include "runtime/Emulator/ArrayBackend.h"

namespace tilicho {

/// The back end `amx` on plain code that does what TDPBF16PS is seen to do, for
/// hosts that lack it.
const ArrayBackend &matrixModelBackend();

} // namespace tilicho

#endif // TILICHO_TEST_UNIT_EMULATOR_MATRIXMODEL_H
