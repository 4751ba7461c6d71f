// SPDX-License-Identifier: Apache-2.0
// Where products and sums that the array cannot take are calculated.
#ifndef TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LANEARITHMETIC_H
#define TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LANEARITHMETIC_H

#include "lib/Conversion/StructuredToTile/TileBuilder.h"

namespace tilicho::compiler {

/// The engine, its arithmetic and the type that sums are kept in.
struct LaneArithmetic {
  Engine engine = Engine::Vec;
  isa::Compute compute = isa::Compute::f32;
  isa::DType sumType = isa::DType::f32;

  bool isFloat32() const { return compute == isa::Compute::f32; }
  /// dst = src in this arithmetic, cast to the type of dst.
  void move(TileBuilder &tile, const View &dst, const View &src) const {
    tile.tensorScalar(engine, dst, src, isa::AluOp::copy, 0.0f,
                      isa::AluOp::copy, 0.0f, false, false, compute);
  }
  /// A small integer as a scalar of this arithmetic.
  ScalarOperand scalar(int32_t value) const {
    bool isFloat = isFloat32() || compute == isa::Compute::f64;
    return isFloat ? ScalarOperand(static_cast<float>(value))
                   : ScalarOperand::ofInteger(value);
  }
  /// `view` with the zero point taken off, in the type of sums.
  View withoutZero(TileBuilder &tile, const View &view, int64_t zero) const {
    if (!zero)
      return view;
    llvm::SmallVector<int64_t, 6> counts;
    for (const Dim &dim : view.dims)
      counts.push_back(dim.count);
    View shifted = tile.sbuf(sumType, view.partitions, counts);
    tile.tensorScalar(engine, shifted, view, isa::AluOp::subtract, scalar(zero),
                      isa::AluOp::copy, 0.0f, false, false, compute);
    return shifted;
  }
};

/// For sums over elements of type `dtype`: floats of up to 32 bits on vec, the
/// rest on pool, exactly.
inline LaneArithmetic laneArithmetic(isa::DType dtype) {
  switch (dtype) {
  case isa::DType::f64:
    return {Engine::Pool, isa::Compute::f64, isa::DType::f64};
  case isa::DType::i64:
    return {Engine::Pool, isa::Compute::i64, isa::DType::i64};
  case isa::DType::u64:
    return {Engine::Pool, isa::Compute::u64, isa::DType::u64};
  case isa::DType::u32:
    return {Engine::Pool, isa::Compute::u32, isa::DType::u32};
  default:
    if (isa::isFloat(dtype))
      return {};
    return {Engine::Pool, isa::Compute::i32, isa::DType::i32};
  }
}

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_STRUCTUREDTOTILE_LANEARITHMETIC_H
