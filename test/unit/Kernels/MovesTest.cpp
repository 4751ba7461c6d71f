// SPDX-License-Identifier: Apache-2.0
// Moves, casts and broadcasting.
#include "TestTensors.h"

#include <cmath>
#include <cstring>

namespace tilicho::kernels {
namespace {

using isa::AluOp;
using isa::Compute;
using isa::DType;
using testing::ElementsAre;

TEST(Restride, ReversesTransposesAndRepeats) {
  HostTensor result =
      restride(counting({2, 3}), /*starts=*/{0, 2},
               /*dims=*/{1, -1, 0}, /*steps=*/{-2, 1, 1}, {2, 2, 2});
  EXPECT_THAT(numbers(result), ElementsAre(2, 5, 2, 5, 0, 3, 0, 3));
}

TEST(Restride, TransposesPlanesLargerThanABlock) {
  HostTensor input = counting({2, 70, 41}, DType::i32);
  HostTensor result =
      restride(input, {0, 0, 0}, {2, 0, 1}, {1, 1, 1}, {41, 2, 70});
  std::vector<double> values = numbers(result);
  for (int64_t col = 0; col < 41; ++col)
    for (int64_t plane = 0; plane < 2; ++plane)
      for (int64_t row = 0; row < 70; ++row)
        ASSERT_EQ(values[(col * 2 + plane) * 70 + row],
                  double((plane * 70 + row) * 41 + col));
}

TEST(ScaleRows, RoundsOnce) {
  // In f32 the first factor would be 1.
  HostTensor result = scaleRows(tensor({2, 1, 2}, {3, 1, 1, -4}),
                                {1 + std::ldexp(1.0, -24), 0.5});
  EXPECT_THAT(numbers(result),
              ElementsAre(3 + std::ldexp(1.0, -22), 1, 0.5, -2));
}

/// The tensor's bytes at an odd address, as in a model file.
static HostTensor atOddAddress(const HostTensor &tensor, uint8_t *memory) {
  std::memcpy(memory + 1, tensor.bytes(), tensor.sizeInBytes());
  return HostTensor::borrow(tensor.dtype(), tensor.shape(), memory + 1);
}

TEST(Kernels, TakeBytesAtAnyAddress) {
  alignas(16) uint8_t memory[64], other[64];
  HostTensor borrowed = atOddAddress(counting({2, 3}), memory);
  EXPECT_THAT(numbers(restride(borrowed, {0, 0}, {1, 0}, {1, 1}, {3, 2})),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(
      numbers(elementwise(AluOp::neg, {borrowed}, Compute::f32, DType::f32)),
      ElementsAre(0, -1, -2, -3, -4, -5));
  HostTensor mask = tensor({3}, {1, 0, 1}, DType::boolean);
  HostTensor zero = atOddAddress(tensor({}, {9}), other);
  EXPECT_THAT(numbers(select(mask, borrowed, zero, Compute::f32, DType::f32)),
              ElementsAre(0, 9, 2, 3, 9, 5));
}

TEST(Assemble, SpreadsAPieceOverTheFill) {
  HostTensor result = assemble({counting({2})}, /*offsets=*/{1}, /*steps=*/{2},
                               tensor({}, {9}), DType::f32, {4});
  EXPECT_THAT(numbers(result), ElementsAre(9, 0, 9, 1));
}

TEST(Elementwise, Broadcasts) {
  HostTensor result = elementwise(AluOp::add, {counting({2, 1}), counting({3})},
                                  Compute::f32, DType::f32);
  EXPECT_EQ(result.shape(), (HostShape{2, 3}));
  EXPECT_THAT(numbers(result), ElementsAre(0, 1, 2, 1, 2, 3));
}

TEST(Elementwise, RepeatsAnOperandOfAUnaryOperation) {
  HostTensor result =
      elementwise(AluOp::neg, {tensor({1}, {3})}, Compute::f32, DType::f32);
  EXPECT_THAT(numbers(result), ElementsAre(-3));
}

TEST(Elementwise, WrapsIntegersAndSaturatesFloats) {
  HostTensor big = tensor({1}, {300}, DType::i32);
  EXPECT_THAT(numbers(cast(big, DType::i8)), ElementsAre(44));
  EXPECT_THAT(numbers(cast(tensor({1}, {300}), DType::i8)), ElementsAre(127));
}

TEST(Cast, KeepsTheBitsOfANan) {
  HostTensor value = tensor({1}, {0});
  uint32_t bits = 0x7fc01234;
  std::memcpy(value.mutableBytes(), &bits, sizeof bits);
  HostTensor moved =
      elementwise(AluOp::copy, {value}, Compute::f32, DType::f32);
  EXPECT_EQ(std::memcmp(moved.bytes(), &bits, sizeof bits), 0);
}

TEST(Select, MovesEitherSide) {
  HostTensor result =
      select(tensor({2}, {1, 0}, DType::boolean), tensor({2}, {5, 6}),
             tensor({}, {9}), Compute::f32, DType::f32);
  EXPECT_THAT(numbers(result), ElementsAre(5, 9));
}

} // namespace
} // namespace tilicho::kernels
