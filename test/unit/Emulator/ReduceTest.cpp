// SPDX-License-Identifier: Apache-2.0
// Reductions and scans.
#include "Rig.h"

#include <cmath>

namespace tilicho {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;
constexpr float infinity = std::numeric_limits<float>::infinity();

float chained(const Floats &values) {
  float chains[16] = {};
  for (size_t j = 0; j < values.size(); ++j)
    chains[j % 16] += values[j];
  for (int w = 8; w; w /= 2)
    for (int i = 0; i < w; ++i)
      chains[i] += chains[i + w];
  return chains[0];
}

Floats waves(int count) {
  Floats values(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i)
    values[size_t(i)] = float(std::sin(i * 1.7) * std::exp(i % 11));
  return values;
}

TEST(TensorReduce, sums_long_rows_in_sixteen_chains) {
  Rig rig;
  rig.queue("vec", "tensor_reduce [1, 1, 1, 1, 3001] sbuf.f32[0, 0x0] = "
                   "add(copy(sbuf.f32[0, 0x100 : 0, 0, 0, 1]), axes 1)");
  Floats values = waves(3001);
  rig.put(0, 0x100, values).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 1)[0], chained(values));
}

/// Windows of three by three, as pools have them.
TEST(TensorReduce, sums_windows_in_the_same_order) {
  Rig rig;
  rig.queue("vec",
            "tensor_reduce [1, 10, 20, 3, 3] sbuf.f32[0, 0x0 : 20, 1, 0, 0] = "
            "add(copy(sbuf.f32[0, 0x1000 : 22, 1, 22, 1]), axes 2)");
  Floats values = waves(12 * 22), expected;
  rig.put(0, 0x1000, values).go();
  for (int y = 0; y < 10; ++y)
    for (int x = 0; x < 20; ++x) {
      Floats window;
      for (int j = 0; j < 9; ++j)
        window.push_back(values[size_t((y + j / 3) * 22 + x + j % 3)]);
      expected.push_back(chained(window));
    }
  EXPECT_EQ(rig.sbuf<float>(0, 0, 200), expected);
}

TEST(TensorReduce, sums_windows_of_more_elements_than_chains) {
  Rig rig;
  rig.queue("vec",
            "tensor_reduce [1, 1, 1, 50, 49] sbuf.f32[0, 0x0 : 0, 0, 1, 0]"
            " = add(copy(sbuf.f32[0, 0x1000 : 0, 0, 49, 1]), axes 1)");
  Floats values = waves(50 * 49), expected;
  rig.put(0, 0x1000, values).go();
  for (int i = 0; i < 50; ++i)
    expected.push_back(
        chained(Floats(values.begin() + i * 49, values.begin() + i * 49 + 49)));
  EXPECT_EQ(rig.sbuf<float>(0, 0, 50), expected);
}

TEST(TensorReduce, finds_extremes_and_keeps_nan) {
  Rig rig;
  rig.queue("vec",
            "tensor_reduce [1, 1, 1, 3, 3] sbuf.f32[0, 0x0 : 0, 0, 1, 0] = "
            "max(copy(sbuf.f32[0, 0x100 : 0, 0, 3, 1]), axes 1)\n"
            "tensor_reduce [1, 1, 1, 3, 3] sbuf.f32[0, 0x20 : 0, 0, 1, 0] "
            "= min(abs(sbuf.f32[0, 0x100 : 0, 0, 3, 1]), axes 1)");
  rig.put(0, 0x100, Floats{1, -5, 2, -infinity, -1, -3, 1, NAN, 2}).go();
  Floats max = rig.sbuf<float>(0, 0, 3), min = rig.sbuf<float>(0, 0x20, 3);
  EXPECT_EQ(max[0], 2);
  EXPECT_EQ(max[1], -1);
  EXPECT_TRUE(std::isnan(max[2]) && std::isnan(min[2]));
  EXPECT_EQ(min[0], 1);
  EXPECT_EQ(min[1], 1);
}

TEST(TensorReduce, accumulates_and_multiplies) {
  Rig rig;
  rig.queue("pool", "tensor_reduce accumulate [2, 4] sbuf.f32[0, 0x0] = "
                    "mul(copy(sbuf.f32[0, 0x100 : 1]), axes 4)\n"
                    "tensor_reduce i32 [2, 4] sbuf.i32[0, 0x10] = "
                    "add(square(sbuf.i8[0, 0x200 : 1]), axes 4)");
  for (int p : {0, 1})
    rig.put(p, 0, Floats{2}).put(p, 0x100, Floats{1, 2, 3, float(p)});
  rig.put(0, 0x200, std::vector<int8_t>{1, -2, 3, -100}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 1)[0], 0);
  EXPECT_EQ(rig.sbuf<float>(1, 0, 1)[0], 12);
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x10, 1)[0], 10014);
}

TEST(ArgReduce, takes_first_or_last_and_nan_first) {
  Rig rig;
  rig.queue("vec", "arg_reduce [1, 1, 1, 3, 4] sbuf.i32[0, 0x0 : 0, 0, 1, 0] = "
                   "max(sbuf.f32[0, 0x100 : 0, 0, 4, 1], axes 1)\n"
                   "arg_reduce last value [1, 1, 1, 3, 4] "
                   "sbuf.i32[0, 0x20 : 0, 0, 1, 0] = "
                   "min(sbuf.f32[0, 0x100 : 0, 0, 4, 1], axes 1) value "
                   "sbuf.f32[0, 0x40 : 0, 0, 1, 0]");
  rig.put(0, 0x100, Floats{1, 5, 5, 1, NAN, 9, NAN, 0, -1, -1, -1, -1}).go();
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0, 3), (Ints{1, 0, 0}));
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x20, 3), (Ints{3, 2, 3}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x40, 1)[0], 1);
}

TEST(Scan, carries_a_state) {
  Rig rig;
  rig.queue("vec",
            "scan [1, 1, 1, 2, 4] sbuf.f32[0, 0x0 : 0, 0, 4, 1] = "
            "copy(add(100, sbuf.f32[0, 0x100 : 0, 0, 4, 1]))\n"
            "scan second [1, 1, 1, 1, 4] sbuf.f32[0, 0x40 : 0, 0, 0, 1] = "
            "add(multiply(1, sbuf.f32[0, 0x100 : 0, 0, 0, 1])) with "
            "sbuf.f32[0, 0x110 : 0, 0, 0, 1]\n"
            "scan exclusive [1, 1, 1, 1, 4] sbuf.f32[0, 0x80 : 0, 0, 0, 1] = "
            "copy(max(-1, sbuf.f32[0, 0x100 : 0, 0, 0, 1]))");
  rig.put(0, 0x100, Floats{1, 2, 3, 4, 10, 20, 30, 40}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 8),
            (Floats{101, 103, 106, 110, 110, 130, 160, 200}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x40, 4), (Floats{11, 42, 156, 664}));
  EXPECT_EQ(rig.sbuf<float>(0, 0x80, 4), (Floats{-1, 1, 2, 3}));
}

TEST(PartitionReduce, goes_through_partitions_in_order) {
  Rig rig;
  rig.queue("pool", "partition_reduce [3, 2] sbuf.f32[32, 0x0 : 1] = "
                    "add(sbuf.f32[0, 0x100 : 1])");
  rig.put(0, 0x100, Floats{1e8f, 1}).put(1, 0x100, Floats{1, 2});
  rig.put(2, 0x100, Floats{-1e8f, 3}).go();
  EXPECT_EQ(rig.sbuf<float>(32, 0, 2), (Floats{0, 6}));
}

TEST(Reduce, gives_the_same_bits_with_threads) {
  Floats expected;
  for (unsigned threads : {1u, 2u, 5u}) {
    Rig rig;
    rig.options.threads = threads;
    rig.queue("vec", "tensor_reduce [128, 1, 1, 8, 500] "
                     "sbuf.f32[0, 0x0 : 0, 0, 1, 0] = "
                     "add(copy(sbuf.f32[0, 0x1000 : 0, 0, 500, 1]), axes 1)");
    for (int p = 0; p < 128; ++p)
      rig.put(p, 0x1000, waves(4000 + p));
    rig.go();
    Floats result;
    for (int p = 0; p < 128; ++p)
      for (float value : rig.sbuf<float>(p, 0, 8))
        result.push_back(value);
    if (expected.empty())
      expected = result;
    EXPECT_EQ(result, expected);
  }
}

} // namespace
} // namespace tilicho
