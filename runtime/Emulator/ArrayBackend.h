// SPDX-License-Identifier: Apache-2.0
// How a host multiplies for the array. All back ends give the same bits.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYBACKEND_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYBACKEND_H

#include "runtime/Emulator/CpuLevel.h"
#include "runtime/Emulator/LineVector.h"
#include "runtime/Emulator/Operand.h"
#include "runtime/Emulator/ThreadPool.h"

#include "absl/status/statusor.h"

#include <string>
#include <string_view>
#include <vector>

namespace tilicho {

/// What an element type means to the array.
enum class Arithmetic : uint8_t {
  /// f32 and tf32: one chain of f32 FMAs in the order of rows.
  Real,
  /// Narrower floats: two chains for each block of rows, subnormals zero.
  Narrow,
  /// i32, which wraps.
  Integer
};
Arithmetic arithmeticOf(isa::DType dtype);

/// Weights in whatever form a back end multiplies from.
struct Weights {
  Arithmetic arithmetic{};
  isa::DType dtype{};
  int64_t rows = 0;
  int64_t cols = 0;
  /// Block-diagonal if not 0: block b holds rows from b * blockRows on and
  /// columns from b * blockCols on.
  int64_t blockRows = 0;
  int64_t blockCols = 0;
  /// Subtracted from each element when it was loaded.
  int32_t zero = 0;
  /// Rows of one block of the Narrow order of accumulation.
  int64_t chainRows = 32;
  /// The form, as its back end numbers it, and the data in it.
  int form = 0;
  LineVector data;
};

/// One matrix product, of the first `cols` columns of `weights`.
struct ArrayProduct {
  const Weights &weights;
  int64_t cols;
  /// counts[0] is the rows, the others are the moving columns.
  const Operand &moving;
  /// counts[0] is `cols`; f32 or i32.
  const Operand &dst;
  bool accumulate;
  /// Subtracted from each integer element of `moving`.
  int32_t zero;
};

class ArrayBackend {
public:
  virtual ~ArrayBackend() = default;
  virtual std::string_view name() const = 0;
  /// Fills `weights.form` and `weights.data` from `source`, whose counts[0] are
  /// rows; the rest of `weights` is set.
  virtual void load(const Operand &source, Weights &weights,
                    ThreadPool &pool) const = 0;
  virtual void multiply(const ArrayProduct &product,
                        ThreadPool &pool) const = 0;
};

/// Plain loops, written like the definition.
const ArrayBackend &referenceBackend();

/// The fastest of those that this CPU has, found by measuring once.
const ArrayBackend &fastestBackend();

/// Names that `findBackend` takes on this CPU.
std::vector<std::string> backendNames();

/// `auto` (the fastest), `reference`, or one of `backendNames`.
absl::StatusOr<const ArrayBackend *> findBackend(std::string_view name);

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYBACKEND_H
