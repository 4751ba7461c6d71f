// SPDX-License-Identifier: Apache-2.0
// Options of a session.
#include "integrations/onnxruntime/Options.h"

#include <gmock/gmock.h>

using namespace tilicho::offload;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

static const std::string own = "ep.tilichoexecutionprovider.";

TEST(Options, are_read_from_entries) {
  std::vector<std::string> problems;
  const Options options = readOptions({{own + "machine", "edge"},
                                       {own + "set.array.rows", "8"},
                                       {own + "dim.N", "4"},
                                       {own + "threads", "3"},
                                       {own + "placement", "macs"},
                                       {"ep.context_enable", "1"},
                                       {"ep.context_embed_mode", "1"},
                                       {"session.other", "x"}},
                                      problems);
  EXPECT_THAT(problems, testing::IsEmpty());
  EXPECT_THAT(options.compiler, ElementsAre(Pair("machine", "edge"),
                                            Pair("set", "array.rows=8")));
  EXPECT_THAT(options.dims, ElementsAre(Pair("N", "4")));
  EXPECT_EQ(options.threads, 3u);
  EXPECT_EQ(options.placement, Placement::Macs);
  EXPECT_TRUE(options.writesContext && options.embedsContext);
}

TEST(Options, report_every_problem) {
  std::vector<std::string> problems;
  readOptions({{own + "colour", "red"}, {own + "launch_us", "-1"}}, problems);
  EXPECT_THAT(problems, ElementsAre(HasSubstr("option colour is not known"),
                                    HasSubstr("option launch_us: a number")));
}
