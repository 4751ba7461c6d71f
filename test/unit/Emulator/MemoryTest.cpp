// SPDX-License-Identifier: Apache-2.0
// Pages that go from one run to the next.
#include "Rig.h"

#include "runtime/Emulator/Memory.h"

namespace tilicho {
namespace {

TEST(PageReserve, hands_out_what_it_holds_zeroed) {
  PageReserve reserve;
  Pages first = reserve.take(5000);
  const uint8_t *data = first.data();
  first.data()[4999] = 7;
  reserve.give(std::move(first));
  Pages other = reserve.take(5001);
  EXPECT_NE(other.data(), data);
  Pages again = reserve.take(5000);
  EXPECT_EQ(again.data(), data);
  EXPECT_EQ(again.data()[4999], 0);
}

TEST(PageReserve, keeps_what_came_last) {
  PageReserve reserve(10'000);
  Pages first = reserve.take(6000), second = reserve.take(5000);
  const uint8_t *data = second.data();
  reserve.give(std::move(first));
  reserve.give(std::move(second));
  EXPECT_EQ(reserve.take(5000).data(), data);
  reserve.give(Pages(20'000));
  EXPECT_NE(reserve.take(20'000).data(), nullptr);
}

TEST(PageReserve, lets_no_run_see_another) {
  PageReserve reserve;
  for (int run = 0; run < 2; ++run) {
    Rig rig;
    rig.options.reserve = &reserve;
    rig.output(8).queue("dma0", "dma [2] hbm.f32[0, 0x0 : 1] = "
                                "sbuf.f32[5, 0x10 : 1]");
    rig.go();
    EXPECT_EQ(rig.segment<float>(0), std::vector<float>(2)) << run;
    rig.put(5, 0x10, std::vector<float>{7, 7});
  }
}

TEST(PageReserve, hides_no_read_of_what_a_run_did_not_write) {
  PageReserve reserve;
  const std::string read =
      "dma [2] hbm.f32[1, 0x0 : 1] = sbuf.f32[5, 0x10 : 1]";
  auto prepare = [&](Rig &rig) {
    rig.options.reserve = &reserve;
    rig.options.sanitize = true;
    rig.input(std::vector<float>{7, 7}).output(8);
  };
  {
    Rig first;
    prepare(first);
    first.queue("dma0",
                "dma [2] sbuf.f32[5, 0x10 : 1] = hbm.f32[0, 0x0 : 1]\n" + read);
    first.go();
  }
  Rig second;
  prepare(second);
  second.queue("dma0", read);
  EXPECT_NE(second.fail().find("uninitialised read"), std::string::npos);
}

} // namespace
} // namespace tilicho
