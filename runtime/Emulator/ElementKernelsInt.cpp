// SPDX-License-Identifier: Apache-2.0
// Loops in the arithmetic of i32.
#define TILICHO_ELEMENT int32_t
#include "runtime/Emulator/ElementLevels.inc"
