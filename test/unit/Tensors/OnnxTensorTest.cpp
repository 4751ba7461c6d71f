// SPDX-License-Identifier: Apache-2.0
// TensorProto bytes, written out by hand.
#include "runtime/Tensors/OnnxTensor.h"

#include <cstring>
#include <gmock/gmock.h>

using namespace tilicho;
using testing::ElementsAre;
using testing::HasSubstr;

static absl::StatusOr<Tensor> read(const std::string &bytes) {
  return readOnnxTensor(
      {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()}, nullptr);
}

template <class T> static std::vector<T> valuesOf(const Tensor &tensor) {
  std::vector<T> values(tensor.bytes.size() / sizeof(T));
  std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
  return values;
}

// dims: 2 and data_type are `\x08\x02` and `\x10` with the type's number.

TEST(OnnxTensor, reads_raw_data_and_name) {
  auto tensor = read(std::string("\x08\x02\x10\x01\x42\x01x\x4a\x08"
                                 "\x00\x00\x80\x3f\x00\x00\x00\xc0",
                                 17));
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_EQ(tensor->name, "x");
  EXPECT_EQ(tensor->shape, std::vector<int64_t>{2});
  EXPECT_THAT(valuesOf<float>(*tensor), ElementsAre(1, -2));
}

TEST(OnnxTensor, reads_float_data) {
  auto tensor =
      read(std::string("\x08\x01\x10\x01\x22\x04\x00\x00\x80\x3f", 10));
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_THAT(valuesOf<float>(*tensor), ElementsAre(1));
}

TEST(OnnxTensor, narrows_int32_data) {
  // int8, packed 1 and -1 as a varint of ten bytes.
  auto tensor = read("\x08\x02\x10\x03\x2a\x0b\x01\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\x01");
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_THAT(valuesOf<int8_t>(*tensor), ElementsAre(1, -1));
}

TEST(OnnxTensor, reads_scalars_and_unpacked_numbers) {
  auto tensor = read("\x10\x07\x38\x05"); // int64_data: 5, no dims
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_TRUE(tensor->shape.empty());
  EXPECT_THAT(valuesOf<int64_t>(*tensor), ElementsAre(5));
}

TEST(OnnxTensor, refuses_what_it_cannot_read) {
  EXPECT_THAT(read("").status().message(), HasSubstr("no ONNX TensorProto"));
  EXPECT_THAT(read("garbage").status().message(),
              HasSubstr("no ONNX TensorProto"));
  EXPECT_THAT(read("\x08\x01\x10\x08\x32\x01z").status().message(),
              HasSubstr("ONNX type STRING cannot be passed"));
  EXPECT_THAT(read("\x08\x02\x10\x01\x4a\x01z").status().message(),
              HasSubstr("it has 1 bytes of data, but f32 2 needs 8"));
  EXPECT_THAT(read("\x10\x01\x70\x01").status().message(),
              HasSubstr("its data are in another file"));
}
