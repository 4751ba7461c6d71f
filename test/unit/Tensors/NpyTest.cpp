// SPDX-License-Identifier: Apache-2.0
// .npy files as NumPy writes them.
#include "runtime/Tensors/Npy.h"

#include <cstring>
#include <gmock/gmock.h>

using namespace tilicho;
using testing::ElementsAre;
using testing::HasSubstr;

/// A file with that header text, padded as version 1.0 wants it.
static std::string npy(std::string dict, const std::string &data) {
  dict += "\n";
  std::string file = "\x93NUMPY";
  file += '\x01';
  file += '\0';
  file += char(dict.size() & 255);
  file += char(dict.size() >> 8);
  return file + dict + data;
}

static absl::StatusOr<Tensor> read(const std::string &file) {
  auto kept = std::make_shared<std::string>(file);
  return readNpy(
      {reinterpret_cast<const uint8_t *>(kept->data()), kept->size()}, kept,
      "x");
}

static std::string errorOf(const std::string &file) {
  return std::string(read(file).status().message());
}

TEST(Npy, survives_being_written) {
  for (isa::DType dtype :
       {isa::DType::f32, isa::DType::bf16, isa::DType::f16, isa::DType::f8e5m2,
        isa::DType::i8, isa::DType::u16, isa::DType::boolean, isa::DType::i64,
        isa::DType::f64})
    for (std::vector<int64_t> shape :
         {std::vector<int64_t>{}, {3}, {2, 0, 4}, {2, 3, 4}}) {
      NewTensor made = allocateTensor("x", dtype, shape);
      for (size_t i = 0; i < made.tensor.bytes.size(); ++i)
        made.data[i] = uint8_t(i * 7);
      const std::string header = npyHeader(made.tensor);
      EXPECT_EQ(header.size() % 64, 0u);
      auto again = read(header + std::string(made.tensor.bytes.begin(),
                                             made.tensor.bytes.end()));
      ASSERT_TRUE(again.ok()) << again.status();
      EXPECT_EQ(isa::sizeOf(again->dtype), isa::sizeOf(dtype));
      EXPECT_EQ(again->shape, shape);
      EXPECT_EQ(again->bytes, made.tensor.bytes);
    }
}

TEST(Npy, turns_column_major_and_big_endian_around) {
  auto tensor = read(npy("{'descr': '>i2', 'fortran_order': True, "
                         "'shape': (2, 3), }",
                         std::string("\0\1\0\4\0\2\0\5\0\3\0\6", 12)));
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  std::vector<int16_t> values(6);
  std::memcpy(values.data(), tensor->bytes.data(), 12);
  EXPECT_THAT(values, ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Npy, marks_types_that_numpy_has_no_name_for) {
  auto tensor = read(npy("{'descr': '<V2', 'fortran_order': False, "
                         "'shape': (1,), }",
                         "ab"));
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_TRUE(tensor->isRaw);
  EXPECT_EQ(tensor->dtype, isa::DType::bf16);
}

TEST(Npy, refuses_what_it_cannot_read) {
  const std::string rest = ", 'fortran_order': False, 'shape': (2,), }";
  EXPECT_THAT(errorOf(""), HasSubstr("it is no .npy file"));
  EXPECT_THAT(errorOf("PK\3\4 something"), HasSubstr("it is no .npy file"));
  EXPECT_THAT(errorOf(npy("{'descr': '<c8'" + rest, "")),
              HasSubstr("NumPy type <c8, which no program takes"));
  EXPECT_THAT(errorOf(npy("{'descr': [('a', '<f4')]" + rest, "")),
              HasSubstr("records"));
  EXPECT_THAT(errorOf(npy("{'descr': '<f4'" + rest, "1234567")),
              HasSubstr("7 bytes of data, but f32 2 needs 8"));
  EXPECT_THAT(errorOf(npy("{'descr': '<f4', 'fortran_order': False, "
                          "'shape': (4611686018427387904, 4), }",
                          "")),
              HasSubstr("needs -1"));
  EXPECT_THAT(errorOf(npy("{'descr': '<f4', 'fortran_order': False, "
                          "'shape': (-1,), }",
                          "")),
              HasSubstr("shape holds -1"));
  const std::string whole = npy("{'descr': '|i1'" + rest, "ab");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(whole.substr(0, size)), "") << size;
}
