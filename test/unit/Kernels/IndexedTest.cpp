// SPDX-License-Identifier: Apache-2.0
// Reading and writing at indices.
#include "TestTensors.h"

namespace tilicho::kernels {
namespace {

using isa::DType;
using isa::ReduceOp;
using testing::ElementsAre;

TEST(Take, CountsNegativeIndicesFromTheEnd) {
  auto result =
      take(counting({3, 2}), tensor({2}, {-1, 0}, DType::i64), /*axis=*/0);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(numbers(*result), ElementsAre(4, 5, 0, 1));
}

TEST(Take, RefusesAnIndexOutside) {
  auto result = take(counting({3, 2}), tensor({1}, {3}, DType::i32), 0);
  EXPECT_EQ(result.status().message(), "index 3 is outside the 3 elements");
}

TEST(TakeElements, FollowsTheShapeOfTheIndices) {
  auto result = takeElements(
      counting({2, 3}), tensor({2, 2}, {2, 0, 1, 1}, DType::i64), /*axis=*/1);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(numbers(*result), ElementsAre(2, 0, 4, 4));
}

TEST(Put, KeepsTheLastOfEqualIndices) {
  auto result = put(counting({3}), tensor({2}, {1, 1}, DType::i64),
                    tensor({2}, {7, 8}), std::nullopt);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(numbers(*result), ElementsAre(0, 8, 2));
}

TEST(Put, ReducesEqualIndicesInOrder) {
  auto result = put(counting({3}), tensor({2}, {1, 1}, DType::i64),
                    tensor({2}, {7, 8}), ReduceOp::add);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(numbers(*result), ElementsAre(0, 16, 2));
}

TEST(PutElements, WritesAlongTheAxis) {
  auto result =
      putElements(counting({2, 2}), tensor({1, 2}, {1, 0}, DType::i64),
                  tensor({1, 2}, {8, 9}), /*axis=*/0, std::nullopt);
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(numbers(*result), ElementsAre(0, 9, 8, 3));
}

} // namespace
} // namespace tilicho::kernels
