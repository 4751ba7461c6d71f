// SPDX-License-Identifier: Apache-2.0
// Matrix products and convolutions, by numbers worked out by hand.
#include "TestTensors.h"

namespace tilicho::kernels {
namespace {

using isa::DType;
using testing::ElementsAre;

TEST(Contract, BroadcastsBatches) {
  HostTensor result =
      contract(counting({2, 1, 2}), counting({2, 1}), {}, DType::f32);
  EXPECT_EQ(result.shape(), (HostShape{2, 1, 1}));
  EXPECT_THAT(numbers(result), ElementsAre(1, 3));
}

TEST(Contract, TransposesEitherOperand) {
  ContractOptions options;
  options.transA = options.transB = true;
  HostTensor result =
      contract(tensor({2, 1}, {1, 2}), tensor({2, 2}, {3, 4, 5, 6}), options,
               DType::f32);
  EXPECT_THAT(numbers(result), ElementsAre(11, 17));
}

TEST(Contract, TakesZeroPointsOff) {
  ContractOptions options;
  options.zeroA = 1;
  options.zeroB = -2;
  HostTensor result =
      contract(tensor({1, 2}, {0, 255}, DType::u8),
               tensor({2, 1}, {3, -128}, DType::i8), options, DType::i32);
  EXPECT_THAT(numbers(result), ElementsAre(-1 * 5 + 254 * -126));
}

ConvolutionOptions line(int64_t padding) {
  return {{1}, {1}, {1}, {padding}, {padding}, 1, 0, 0};
}

TEST(Convolution, PadsWithZero) {
  HostTensor result =
      convolution(tensor({1, 1, 3}, {1, 2, 3}), tensor({3, 1, 1}, {1, 10, 100}),
                  line(1), DType::f32, {1, 1, 3});
  EXPECT_THAT(numbers(result), ElementsAre(210, 321, 32));
}

TEST(Convolution, PadsWithTheZeroPoint) {
  ConvolutionOptions options = line(1);
  options.zeroInput = 1;
  HostTensor result = convolution(tensor({1, 1, 2}, {1, 3}, DType::u8),
                                  tensor({3, 1, 1}, {1, 10, 100}, DType::i8),
                                  options, DType::i32, {1, 1, 2});
  EXPECT_THAT(numbers(result), ElementsAre(200, 20));
}

TEST(Convolution, KeepsGroupsApart) {
  ConvolutionOptions options = line(0);
  options.group = 2;
  HostTensor result = convolution(tensor({1, 2, 1}, {2, 3}),
                                  tensor({1, 1, 4}, {1, 10, 100, 1000}),
                                  options, DType::f32, {1, 4, 1});
  EXPECT_THAT(numbers(result), ElementsAre(2, 20, 300, 3000));
}

TEST(Convolution, SpreadsTheInput) {
  ConvolutionOptions options = line(0);
  options.inputDilations = {2};
  HostTensor result =
      convolution(tensor({1, 1, 2}, {1, 2}), tensor({2, 1, 1}, {1, 10}),
                  options, DType::f32, {1, 1, 2});
  EXPECT_THAT(numbers(result), ElementsAre(1, 20));
}

} // namespace
} // namespace tilicho::kernels
