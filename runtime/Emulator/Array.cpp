// SPDX-License-Identifier: Apache-2.0
// Bookkeeping of the array's contents, with its traps.
#include "runtime/Emulator/Array.h"

#include "runtime/Emulator/Trap.h"

namespace tilicho {

Arithmetic arithmeticOf(isa::DType dtype) {
  if (!isa::isFloat(dtype))
    return Arithmetic::Integer;
  bool real = dtype == isa::DType::f32 || dtype == isa::DType::tf32;
  return real ? Arithmetic::Real : Arithmetic::Narrow;
}

static std::string describe(const ArrayRegion &region) {
  return concat("rows ", region.row, " to ", region.row + region.rows,
                ", columns ", region.col, " to ", region.col + region.cols);
}

/// A place for new weights: one that the load makes invalid, if there is any,
/// so that its storage is used again.
Stationary &Array::slotFor(const ArrayRegion &region) {
  Stationary *slot = nullptr;
  for (Stationary &old : loaded) {
    if (old.valid && old.region.overlaps(region))
      old.valid = false;
    if (!old.valid)
      slot = &old;
  }
  return slot ? *slot : loaded.emplace_back();
}

void Array::load(const ArrayRegion &region, const Operand &source,
                 const Weights &weights, ThreadPool &pool) {
  if (region.row + region.rows > machine.arrayRows ||
      region.col + region.cols > machine.arrayCols)
    trap(TrapKind::OutOfBounds, describe(region), " of the array, which has ",
         machine.arrayRows, " x ", machine.arrayCols);
  if (machine.arrayColTile && region.col % machine.arrayColTile)
    trap(TrapKind::OutOfBounds, "first column ", region.col,
         " of the array is not a multiple of ", machine.arrayColTile);
  if (!machine.arrayPasses[source.dtype])
    trap(TrapKind::BadOperand, "the array cannot multiply ",
         isa::nameOf(source.dtype));
  Stationary &slot = slotFor(region);
  LineVector storage = std::move(slot.weights.data);
  slot.region = region;
  slot.weights = weights;
  slot.weights.data = std::move(storage);
  slot.weights.chainRows = std::min(machine.arrayRows, 32);
  engine->load(source, slot.weights, pool);
  slot.valid = true;
}

const Stationary &Array::find(const ArrayRegion &wanted) const {
  const Stationary *near = nullptr;
  for (const Stationary &stationary : loaded) {
    if (!stationary.valid)
      continue;
    const ArrayRegion &region = stationary.region;
    if (region.row == wanted.row && region.rows == wanted.rows &&
        region.col == wanted.col)
      return stationary;
    if (region.overlaps(wanted))
      near = &stationary;
  }
  trap(TrapKind::BadStationary, "needs weights at ", describe(wanted),
       " of the array, which ",
       near ? "holds those of " + describe(near->region) : "holds none there");
}

/// Traps unless weights and moving elements multiply into dst's type.
static void checkTypes(const Weights &weights, isa::DType moving,
                       isa::DType dst) {
  bool integer = weights.arithmetic == Arithmetic::Integer;
  isa::DType wanted = integer ? isa::DType::i32 : isa::DType::f32;
  if (weights.arithmetic != arithmeticOf(moving) || dst != wanted)
    trap(TrapKind::BadOperand, "weights of ", isa::nameOf(weights.dtype),
         " times ", isa::nameOf(moving), " into ", isa::nameOf(dst));
}

void Array::multiply(int64_t row, int64_t col, const Operand &moving,
                     const Operand &dst, bool accumulate, int32_t zero,
                     ThreadPool &pool) {
  if (!machine.arrayPasses[moving.dtype])
    trap(TrapKind::BadOperand, "the array cannot multiply ",
         isa::nameOf(moving.dtype));
  // The columns may have been loaded by several instructions.
  Operand part = dst;
  for (int64_t done = 0; done < dst.counts[0];) {
    int64_t left = dst.counts[0] - done;
    const Stationary &stationary =
        find({row, moving.counts[0], col + done, left});
    checkTypes(stationary.weights, moving.dtype, dst.dtype);
    part.data = dst.data + done * dst.steps[0];
    part.counts[0] = std::min(left, stationary.region.cols);
    ArrayProduct product{
        stationary.weights, part.counts[0], moving, part, accumulate, zero};
    engine->multiply(product, pool);
    done += part.counts[0];
  }
}

void Array::checkTranspose(int64_t columns, int64_t rows,
                           isa::DType dtype) const {
  if (columns > machine.arrayCols || rows > machine.arrayRows)
    trap(TrapKind::OutOfBounds, "transposes ", rows, " rows and ", columns,
         " columns, but the array has ", machine.arrayRows, " x ",
         machine.arrayCols);
  if (!machine.arrayTransposePasses[dtype])
    trap(TrapKind::BadOperand, "the array cannot transpose ",
         isa::nameOf(dtype));
}

} // namespace tilicho
