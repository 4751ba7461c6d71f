// SPDX-License-Identifier: Apache-2.0
// The reader of Tilicho's own reports.
#include "integrations/onnxruntime/Json.h"

#include <gtest/gtest.h>

using namespace tilicho::offload;

TEST(Json, reads_what_reports_are_made_of) {
  const Json value = parseJson(R"( {"a": [1.5, -2e3, true, null], "b": {}, )"
                               R"("c": "x\n\"\u0041"} )");
  ASSERT_EQ(value["a"].items.size(), 4u);
  EXPECT_EQ(value["a"].items[0].number, 1.5);
  EXPECT_EQ(value["a"].items[1].number, -2000);
  EXPECT_EQ(value["a"].items[2].number, 1);
  EXPECT_EQ(value["c"].text, "x\n\"A");
  EXPECT_EQ(value["none"]["of"].text, "");
}

TEST(Json, refuses_what_is_cut_off) {
  for (const char *text : {"", "{", "{\"a\"", "[1", "\"x", "{} x", "\"\\u00"})
    EXPECT_THROW(parseJson(text), std::runtime_error) << text;
}
