// SPDX-License-Identifier: Apache-2.0
// Reductions, windows, scans and the largest in order.
#include "TestTensors.h"

#include <cmath>

namespace tilicho::kernels {
namespace {

using isa::AluOp;
using isa::Compute;
using isa::DType;
using isa::ReduceOp;
using testing::ElementsAre;

TEST(Reduction, KeepsAxesBetween) {
  HostTensor result = reduction(ReduceOp::add, AluOp::copy, counting({2, 2, 2}),
                                {0, 2}, Compute::f32, DType::f32);
  EXPECT_EQ(result.shape(), (HostShape{1, 2, 1}));
  EXPECT_THAT(numbers(result), ElementsAre(0 + 1 + 4 + 5, 2 + 3 + 6 + 7));
}

TEST(Reduction, OfNothingIsNeutral) {
  HostTensor result = reduction(ReduceOp::mul, AluOp::copy, counting({2, 0}),
                                {1}, Compute::f32, DType::f32);
  EXPECT_THAT(numbers(result), ElementsAre(1, 1));
}

TEST(Argument, TakesTheFirstOrLastOfEquals) {
  HostTensor input = tensor({4}, {1, 3, 3, 2});
  EXPECT_THAT(
      numbers(argument(true, false, input, 0, Compute::f32, DType::i64)),
      ElementsAre(1));
  EXPECT_THAT(numbers(argument(true, true, input, 0, Compute::f32, DType::i64)),
              ElementsAre(2));
}

TEST(Argument, FindsNan) {
  HostTensor input = tensor({3}, {1, NAN, 3});
  EXPECT_THAT(
      numbers(argument(true, false, input, 0, Compute::f32, DType::i64)),
      ElementsAre(1));
}

TEST(WindowReduction, LeavesThePaddingOut) {
  WindowOptions options{{3}, {1}, {1}, {1}};
  HostTensor input = tensor({1, 3}, {-1, -2, -3});
  EXPECT_THAT(numbers(windowReduction(ReduceOp::max, input, options, DType::f32,
                                      {1, 3})),
              ElementsAre(-1, -1, -2));
}

TEST(Scan, ExcludesAndReverses) {
  HostTensor input = tensor({3}, {1, 2, 3});
  EXPECT_THAT(numbers(scan(AluOp::add, input, Compute::f32, 0, false, false)),
              ElementsAre(1, 3, 6));
  EXPECT_THAT(numbers(scan(AluOp::add, input, Compute::f32, 0, true, true)),
              ElementsAre(5, 3, 0));
}

TEST(Recurrence, CarriesStatesAlongRows) {
  auto [states, last] =
      recurrence(tensor({2, 1}, {2, -1}), tensor({3}, {1, 0, 5}),
                 tensor({2}, {3, 4}), DType::f32, {2, 3});
  EXPECT_THAT(numbers(states), ElementsAre(7, 14, 33, -3, 3, 2));
  EXPECT_THAT(numbers(last), ElementsAre(33, 2));
}

TEST(Recurrence, KeepsItsStateWithoutSteps) {
  auto [states, last] = recurrence(tensor({2, 1}, {2, -1}), tensor({0}, {}),
                                   tensor({2}, {3, 4}), DType::f32, {2, 0});
  EXPECT_EQ(states.numElements(), 0);
  EXPECT_THAT(numbers(last), ElementsAre(3, 4));
}

TEST(TopK, OrdersEqualsByIndex) {
  auto [values, indices] =
      topK(tensor({4}, {2, 5, 5, 1}), 0, 3, /*largest=*/true);
  EXPECT_THAT(numbers(values), ElementsAre(5, 5, 2));
  EXPECT_THAT(numbers(indices), ElementsAre(1, 2, 0));
}

TEST(Softmax, SurvivesLargeNumbers) {
  HostTensor result = softmax(tensor({2}, {1000, 1000}), 0, false);
  EXPECT_THAT(numbers(result), ElementsAre(0.5, 0.5));
}

} // namespace
} // namespace tilicho::kernels
