// SPDX-License-Identifier: Apache-2.0
// A machine's hash, its canonical text and what is checked of it.
#include "runtime/Machine/Machine.h"
#include "lib/MachineFile/MachineFile.h"

#include <gmock/gmock.h>

using namespace tilicho;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

static Machine shipped(const char *name) {
  auto machine = compiler::readMachine(name);
  EXPECT_TRUE(machine.ok()) << machine.status();
  return machine.ok() ? *machine : Machine();
}

// FIPS 180-4 examples: one block, two blocks, and the padding's edge.
TEST(Sha256, digests_published_examples) {
  EXPECT_EQ(toHex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177"
            "a9cb410ff61f20015ad");
  EXPECT_EQ(
      toHex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopno"
                   "pq")),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(toHex(sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
            "a495991b7852b855");
}

TEST(Machine, survives_its_text) {
  for (const char *name : {"edge", "tpu1", "trn1", "trn2"}) {
    Machine machine = shipped(name);
    auto again = deserializeMachine(serialize(machine));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_THAT(differences(machine, *again), IsEmpty());
    EXPECT_EQ(hash(machine), hash(*again));
  }
}

TEST(Machine, hash_tells_any_field_apart) {
  Machine machine = shipped("trn1"), other = machine;
  other.dma.startNs = 1299.5;
  EXPECT_NE(hash(machine), hash(other));
  EXPECT_THAT(differences(machine, other),
              ElementsAre("dma.start_ns: 1300, 1299.5"));
}

TEST(Machine, refuses_damaged_text) {
  std::string text = serialize(shipped("edge"));
  for (std::string damaged :
       {std::string(), text.substr(0, text.size() / 2), "x" + text, text + "x",
        std::string(text).replace(text.find("rows=16"), 7, "rows=0 "),
        std::string(text).replace(text.find("rows=16"), 7, "rows=64")})
    EXPECT_FALSE(deserializeMachine(damaged).ok()) << damaged;
}

TEST(Machine, checks_ranges_and_relations) {
  Machine machine = shipped("trn1");
  machine.arrayRows = 256;
  machine.psumBankBytes = 2046;
  auto problems = validate(machine);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].message, "is 256 but sbuf.partitions is 128; set both");
  EXPECT_EQ(problems[1].path, "psum.bank_bytes");
  machine.hbmGBs = -1;
  EXPECT_THAT(validate(machine)[0].message, HasSubstr("is -1 but must lie"));
}

TEST(Machine, knows_what_each_array_multiplies) {
  Machine trn1 = shipped("trn1"), edge = shipped("edge");
  EXPECT_EQ(trn1.arrayPasses[/*f32*/ 0], 4);
  EXPECT_EQ(edge.arrayPasses[/*f32*/ 0], 0);
  EXPECT_EQ(edge.arrayPasses[/*i8*/ 6], 1);
  EXPECT_TRUE(trn1.pool.dtypes.has(/*i64*/ 13));
  EXPECT_FALSE(trn1.vec.dtypes.has(/*i64*/ 13));
}
