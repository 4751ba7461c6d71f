// SPDX-License-Identifier: Apache-2.0
// The command line of tilicho-run.
#include "tools/tilicho-run/Options.h"

#include <gmock/gmock.h>

using namespace tilicho;
using testing::ElementsAre;
using testing::HasSubstr;

static absl::StatusOr<run::Options> parse(std::vector<const char *> arguments) {
  arguments.insert(arguments.begin(), "tilicho-run");
  return run::parseOptions(int(arguments.size()), arguments.data());
}

static std::string errorOf(std::vector<const char *> arguments) {
  return std::string(parse(std::move(arguments)).status().message());
}

TEST(RunOptions, reads_every_flag) {
  auto options = parse({"m.tlx", "--inputs=i.npz", "--outputs=o.npz",
                        "--expected=e.npz", "--random=7", "--rtol=0.5",
                        "--atol=0", "--dump=a,b", "--timing=on",
                        "--trace=t.json", "--stats=s.json", "--machine=trn1",
                        "--threads=3", "--sanitize", "--quiet", "--report"});
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->program, "m.tlx");
  EXPECT_EQ(options->inputs, "i.npz");
  EXPECT_EQ(*options->randomSeed, 7u);
  EXPECT_EQ(options->tolerance.relative, 0.5);
  EXPECT_EQ(options->tolerance.absolute, 0);
  EXPECT_THAT(options->dump, ElementsAre("a", "b"));
  EXPECT_EQ(options->session.tracePath, "t.json");
  EXPECT_EQ(options->session.threads, 3u);
  EXPECT_TRUE(options->session.sanitize);
  EXPECT_TRUE(options->isQuiet);
  EXPECT_TRUE(options->isReport);
  EXPECT_EQ(options->machine, "trn1");
}

TEST(RunOptions, has_a_help_and_a_version) {
  EXPECT_THAT(parse({"--help"})->textOnly,
              HasSubstr("usage: tilicho-run PROGRAM.tlx"));
  EXPECT_EQ(parse({"--version"})->textOnly, "tilicho-run 0.1.0\n");
}

TEST(RunOptions, names_the_flag_and_what_it_wants) {
  EXPECT_EQ(errorOf({"m.tlx", "--bogus=1"}),
            "unknown flag --bogus; see --help");
  EXPECT_EQ(errorOf({"m.tlx", "--random=x"}),
            "--random=x: a whole number is wanted, as --random=SEED");
  EXPECT_EQ(errorOf({"m.tlx", "--random"}),
            "--random: a value is wanted, as --random=SEED");
  EXPECT_EQ(errorOf({"m.tlx", "--rtol=-1"}),
            "--rtol=-1: a number that is not negative is wanted, as "
            "--rtol=NUMBER");
  EXPECT_EQ(errorOf({"m.tlx", "--timing=maybe"}),
            "--timing=maybe: on, off or only is wanted, as --timing=MODE");
  EXPECT_EQ(errorOf({"m.tlx", "--sanitize=yes"}), "--sanitize takes no value");
  EXPECT_EQ(errorOf({"m.tlx", "n.tlx"}),
            "unexpected argument n.tlx; see --help");
  EXPECT_THAT(errorOf({}), HasSubstr("a program file is wanted"));
}

TEST(RunOptions, refuses_flags_that_exclude_each_other) {
  EXPECT_THAT(errorOf({"m.tlx", "--timing=only", "--outputs=o.npz"}),
              HasSubstr("--outputs needs values"));
  EXPECT_EQ(errorOf({"m.tlx", "--timing=only", "--sanitize"}),
            "--sanitize needs values, but --timing=only has none");
  EXPECT_THAT(errorOf({"m.tlx", "--timing=off", "--trace=t"}),
              HasSubstr("--trace needs time"));
  EXPECT_THAT(errorOf({"m.tlx", "--dump=all"}),
              HasSubstr("give --outputs=FILE.npz"));
}
