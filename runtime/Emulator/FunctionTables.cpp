// SPDX-License-Identifier: Apache-2.0
// The table of 2/pi, calculated by the compiler.
#include "runtime/Emulator/FunctionTables.h"

namespace tilicho::functions {

static constexpr AngleScale filled = makeAngleScale();
const AngleScale angleScale = filled;

} // namespace tilicho::functions
