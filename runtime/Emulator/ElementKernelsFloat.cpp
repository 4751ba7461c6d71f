// SPDX-License-Identifier: Apache-2.0
// Loops in the arithmetic of f32.
#define TILICHO_ELEMENT float
#include "runtime/Emulator/ElementLevels.inc"
