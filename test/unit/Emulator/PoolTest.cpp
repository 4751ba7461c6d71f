// SPDX-License-Identifier: Apache-2.0
// Instructions that only pool has.
#include "Rig.h"

#include <cmath>

namespace tilicho {
namespace {

using Floats = std::vector<float>;
using Ints = std::vector<int32_t>;

TEST(Iota, is_linear_in_the_position) {
  Rig rig;
  rig.queue("pool", "iota i32 [2, 2, 3] sbuf.i32[0, 0x0 : 3, 1] = "
                    "5 + p * 100 + steps[10, -1]\n"
                    "iota [2, 2] sbuf.f32[0, 0x40 : 1] = 1 + p * 2 + steps[3]");
  rig.go();
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0, 6), (Ints{5, 4, 3, 15, 14, 13}));
  EXPECT_EQ(rig.sbuf<int32_t>(1, 0, 6), (Ints{105, 104, 103, 115, 114, 113}));
  EXPECT_EQ(rig.sbuf<float>(1, 0x40, 2), (Floats{3, 6}));
}

TEST(Sort, is_stable_and_puts_nan_last) {
  Rig rig;
  rig.queue("pool",
            "sort [1, 1, 1, 1, 6] sbuf.f32[0, 0x0 : 0, 0, 0, 1], "
            "sbuf.i32[0, 0x20 : 0, 0, 0, 1] = sbuf.f32[0, 0x100 : 0, 0, 0, 1]\n"
            "sort descending [1, 1, 1, 1, 6] sbuf.f32[0, 0x40 : 0, 0, 0, 1], "
            "sbuf.i32[0, 0x60 : 0, 0, 0, 1] = "
            "sbuf.f32[0, 0x100 : 0, 0, 0, 1]");
  rig.put(0, 0x100, Floats{3, NAN, 1, 3, -2, 1}).go();
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x20, 6), (Ints{4, 2, 5, 0, 3, 1}));
  EXPECT_EQ(rig.sbuf<int32_t>(0, 0x60, 6), (Ints{1, 0, 3, 2, 5, 4}));
  EXPECT_EQ(rig.sbuf<float>(0, 0, 5), (Floats{-2, 1, 1, 3, 3}));
}

TEST(Sort, orders_64_bit_integers) {
  Rig rig;
  rig.queue("pool",
            "sort [1, 1, 1, 1, 3] sbuf.i64[0, 0x0 : 0, 0, 0, 1], "
            "sbuf.i32[0, 0x20 : 0, 0, 0, 1] = sbuf.i64[0, 0x100 : 0, 0, 0, 1]");
  int64_t big = int64_t(1) << 60;
  rig.put(0, 0x100, std::vector<int64_t>{big + 1, big, -5}).go();
  EXPECT_EQ(rig.sbuf<int64_t>(0, 0, 3),
            (std::vector<int64_t>{-5, big, big + 1}));
}

TEST(LocalGather, picks_by_index) {
  Rig rig;
  rig.queue("pool", "local_gather [2, 3] sbuf.f32[0, 0x0 : 1] = "
                    "sbuf.f32[0, 0x100 : 0, 0, 0, 2] at sbuf.i32[0, 0x200 : 1] "
                    "limit 3");
  rig.put(0, 0x100, Floats{1, 0, 2, 0, 3}).put(1, 0x100, Floats{4, 0, 5, 0, 6});
  rig.put(0, 0x200, Ints{2, 0, 1}).put(1, 0x200, Ints{0, 0, 2}).go();
  EXPECT_EQ(rig.sbuf<float>(0, 0, 3), (Floats{3, 1, 2}));
  EXPECT_EQ(rig.sbuf<float>(1, 0, 3), (Floats{4, 4, 6}));
}

TEST(LocalGather, traps_on_an_index_out_of_range) {
  Rig rig;
  rig.queue("pool", "local_gather [1, 1] sbuf.f32[0, 0x0 : 1] = "
                    "sbuf.f32[0, 0x100 : 0, 0, 0, 1] at sbuf.i32[0, 0x200 : 1] "
                    "limit 3");
  rig.put(0, 0x200, Ints{3});
  EXPECT_NE(rig.fail().find("index 3 is not in [0, 3)"), std::string::npos);
}

} // namespace
} // namespace tilicho
