// SPDX-License-Identifier: Apache-2.0
// Archives, ours and packed ones, whole and damaged.
#include "runtime/Tensors/Zip.h"

#include <cstring>
#include <gmock/gmock.h>
#include <random>

using namespace tilicho;
using testing::HasSubstr;

using Bytes = std::vector<uint8_t>;

static Bytes
archiveOf(const std::vector<std::pair<std::string, std::string>> &members) {
  Bytes archive;
  ZipWriter writer([&](absl::Span<const uint8_t> bytes) {
    archive.insert(archive.end(), bytes.begin(), bytes.end());
    return absl::OkStatus();
  });
  for (const auto &[name, text] : members) {
    const auto *data = reinterpret_cast<const uint8_t *>(text.data());
    size_t half = text.size() / 2;
    EXPECT_TRUE(
        writer.add(name, {{data, half}, {data + half, text.size() - half}})
            .ok());
  }
  EXPECT_TRUE(writer.finish().ok());
  return archive;
}

static std::string textOf(const ZipMember &member) {
  return std::string(member.bytes.begin(), member.bytes.end());
}

// Python's zipfile: one member "a.npy" of ten letters a, deflated.
static const unsigned char packed[] =
    "\x50\x4b\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x21\x00\xf0\xcd\x11\x4c"
    "\x05\x00\x00\x00\x0a\x00\x00\x00\x05\x00\x00\x00\x61\x2e\x6e\x70\x79\x4b"
    "\x4c\x84\x01\x00\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00\x00\x00"
    "\x21\x00\xf0\xcd\x11\x4c\x05\x00\x00\x00\x0a\x00\x00\x00\x05\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\x61\x2e\x6e\x70"
    "\x79\x50\x4b\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x33\x00\x00\x00\x28"
    "\x00\x00\x00\x00\x00";

TEST(Zip, survives_being_written) {
  Bytes archive = archiveOf({{"a.npy", "hello"}, {"/b/c.npy", ""}});
  auto members = readZip(archive, nullptr);
  ASSERT_TRUE(members.ok()) << members.status();
  ASSERT_EQ(members->size(), 2u);
  EXPECT_EQ((*members)[0].name, "a.npy");
  EXPECT_EQ(textOf((*members)[0]), "hello");
  EXPECT_EQ((*members)[1].name, "/b/c.npy");
  EXPECT_EQ(textOf((*members)[1]), "");
}

TEST(Zip, unpacks_what_is_deflated) {
  auto members = readZip({packed, sizeof(packed) - 1}, nullptr);
  ASSERT_TRUE(members.ok()) << members.status();
  EXPECT_EQ(textOf((*members)[0]), "aaaaaaaaaa");
}

TEST(Zip, refuses_damage) {
  Bytes archive = archiveOf({{"a.npy", "hello"}});
  EXPECT_THAT(readZip({}, nullptr).status().message(),
              HasSubstr("it is no zip archive"));
  archive[30 + 5 + 20] ^= 1; // the first letter
  EXPECT_THAT(readZip(archive, nullptr).status().message(),
              HasSubstr("member a.npy has a wrong checksum"));
}

TEST(Zip, survives_any_damage) {
  std::mt19937 random(1);
  for (const Bytes &whole :
       {archiveOf({{"a.npy", "hello"}, {"b.npy", "world"}}),
        Bytes(packed, packed + sizeof(packed) - 1)})
    for (int round = 0; round < 20000; ++round) {
      Bytes damaged = whole;
      for (int change = 0; change < 2; ++change)
        damaged[random() % damaged.size()] = uint8_t(random());
      damaged.resize(damaged.size() - random() % 8);
      readZip(damaged, nullptr).status().IgnoreError();
    }
}
