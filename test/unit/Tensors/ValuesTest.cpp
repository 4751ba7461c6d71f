// SPDX-License-Identifier: Apache-2.0
// Seeded values and the comparison of tensors.
#include "runtime/Tensors/Values.h"

#include <cmath>
#include <cstring>
#include <gmock/gmock.h>

using namespace tilicho;

template <class T>
static Tensor tensorOf(isa::DType dtype, const std::vector<T> &values) {
  NewTensor made = allocateTensor("x", dtype, {int64_t(values.size())});
  std::memcpy(made.data, values.data(), values.size() * sizeof(T));
  return made.tensor;
}

static Difference compare(const std::vector<float> &actual,
                          const std::vector<float> &expected) {
  return compareTensors(tensorOf(isa::DType::f32, actual),
                        tensorOf(isa::DType::f32, expected), {1e-3, 1e-5});
}

TEST(RandomTensor, depends_on_seed_and_name_alone) {
  auto bytes = [](uint64_t seed, const char *name) {
    Tensor tensor = randomTensor(seed, name, isa::DType::f32, {1000});
    return std::vector<uint8_t>(tensor.bytes.begin(), tensor.bytes.end());
  };
  EXPECT_EQ(bytes(1, "x"), bytes(1, "x"));
  EXPECT_NE(bytes(1, "x"), bytes(2, "x"));
  EXPECT_NE(bytes(1, "x"), bytes(1, "y"));
}

TEST(RandomTensor, keeps_to_its_ranges) {
  Tensor floats = randomTensor(1, "x", isa::DType::f32, {10000});
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    float value;
    std::memcpy(&value, &floats.bytes[i * 4], 4);
    ASSERT_TRUE(value >= -1 && value <= 1) << value;
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0, 0.02);
  Tensor integers = randomTensor(1, "x", isa::DType::i64, {1000});
  for (int i = 0; i < 1000; ++i) {
    int64_t value;
    std::memcpy(&value, &integers.bytes[i * 8], 8);
    ASSERT_TRUE(value >= 0 && value <= 9) << value;
  }
}

TEST(CompareTensors, applies_both_tolerances) {
  EXPECT_EQ(compare({1000.9f, 9e-6f}, {1000, 0}).mismatches, 0);
  EXPECT_EQ(compare({1001.1f, 1.1e-5f}, {1000, 0}).mismatches, 2);
  Difference difference = compare({1, 2, 4}, {1, 2.5f, 5});
  EXPECT_EQ(difference.elements, 3);
  EXPECT_EQ(difference.mismatches, 2);
  EXPECT_EQ(difference.largestAbsolute, 1);
  EXPECT_EQ(difference.relativeToLargest, 0.2);
  EXPECT_EQ(difference.worstElement, 2);
}

TEST(CompareTensors, knows_special_values) {
  const float inf = INFINITY, nan = NAN;
  EXPECT_EQ(compare({nan, inf, -inf}, {nan, inf, -inf}).mismatches, 0);
  EXPECT_EQ(compare({nan, 1, inf, -inf}, {1, nan, -inf, 1}).mismatches, 4);
}

TEST(CompareTensors, compares_integers_of_64_bits_exactly) {
  auto big = int64_t(1) << 62;
  Difference difference =
      compareTensors(tensorOf<int64_t>(isa::DType::i64, {big + 1}),
                     tensorOf<int64_t>(isa::DType::i64, {big}), {0, 0});
  EXPECT_EQ(difference.mismatches, 1);
  EXPECT_EQ(difference.largestAbsolute, 1);
}

TEST(IndexText, is_row_major) {
  EXPECT_EQ(indexText(7, {2, 3, 2}), "[1, 0, 1]");
  EXPECT_EQ(indexText(0, {}), "[]");
}
