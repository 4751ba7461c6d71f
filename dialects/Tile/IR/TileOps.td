// SPDX-License-Identifier: Apache-2.0
// Everything of the tile dialect, for TableGen.
include "dialects/Tile/IR/InstructionOps.td"
include "dialects/Tile/IR/LoopOps.td"
include "dialects/Tile/IR/StructuredOps.td"
