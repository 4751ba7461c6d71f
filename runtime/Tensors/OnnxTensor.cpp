// SPDX-License-Identifier: Apache-2.0
// Reads the few fields of a TensorProto off the wire; the runtime lives in
// processes that bring a Protobuf of their own.
#include "runtime/Tensors/OnnxTensor.h"

#include "absl/strings/str_cat.h"

#include <cstring>

namespace tilicho {
namespace {

using Bytes = absl::Span<const uint8_t>;

/// Field numbers of onnx.proto.
enum Field : uint64_t {
  dims = 1,
  dataType = 2,
  floatData = 4,
  int32Data = 5,
  stringData = 6,
  int64Data = 7,
  nameField = 8,
  rawData = 9,
  doubleData = 10,
  uint64Data = 11,
  externalData = 13,
  dataLocation = 14
};

enum WireType { varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 };

absl::Status notATensor() {
  return absl::InvalidArgumentError("it is no ONNX TensorProto");
}

/// Reads tags and values of a message.
class WireReader {
public:
  explicit WireReader(Bytes bytes) : rest(bytes) {}

  bool atEnd() const { return rest.empty(); }
  bool readVarint(uint64_t &value) {
    value = 0;
    for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
      const uint8_t byte = rest[0];
      rest.remove_prefix(1);
      value |= uint64_t(byte & 127) << shift;
      if (byte < 128)
        return true;
    }
    return false;
  }
  /// A value as its bytes; a varint as 8 of them.
  bool readValue(unsigned type, Bytes &value) {
    uint64_t length = 0;
    switch (type) {
    case varint:
      if (!readVarint(number))
        return false;
      value = {reinterpret_cast<const uint8_t *>(&number), 8};
      return true;
    case fixed64:
      return take(8, value);
    case fixed32:
      return take(4, value);
    case lengthDelimited:
      return readVarint(length) && take(length, value);
    default:
      return false;
    }
  }

private:
  bool take(uint64_t length, Bytes &value) {
    if (length > rest.size())
      return false;
    value = rest.subspan(0, length);
    rest.remove_prefix(length);
    return true;
  }

  Bytes rest;
  uint64_t number = 0;
};

/// What a TensorProto holds, its numbers still untyped.
struct RawTensor {
  std::vector<int64_t> shape;
  int64_t type = 0;
  std::string name;
  Bytes raw;
  bool hasRaw = false, isExternal = false;
  /// float_data and double_data.
  std::vector<uint8_t> fixed;
  /// int32_data, int64_data and uint64_data.
  std::vector<uint64_t> numbers;
};

bool readNumbers(unsigned type, Bytes value, std::vector<uint64_t> &numbers) {
  if (type == varint) {
    numbers.emplace_back();
    std::memcpy(&numbers.back(), value.data(), 8);
    return true;
  }
  WireReader packed(value);
  while (!packed.atEnd()) {
    numbers.emplace_back();
    if (!packed.readVarint(numbers.back()))
      return false;
  }
  return true;
}

bool readNumber(unsigned type, Bytes value, int64_t &number) {
  if (type == varint)
    std::memcpy(&number, value.data(), 8);
  return type == varint;
}

bool readField(uint64_t field, unsigned type, Bytes value, RawTensor &tensor) {
  std::vector<uint64_t> numbers;
  switch (field) {
  case dims:
    if (!readNumbers(type, value, numbers))
      return false;
    tensor.shape.insert(tensor.shape.end(), numbers.begin(), numbers.end());
    return true;
  case dataType:
    return readNumber(type, value, tensor.type);
  case dataLocation: {
    int64_t location = 0;
    bool isRead = readNumber(type, value, location);
    tensor.isExternal = location == 1;
    return isRead;
  }
  case int32Data:
  case int64Data:
  case uint64Data:
    return readNumbers(type, value, tensor.numbers);
  case floatData:
  case doubleData:
    tensor.fixed.insert(tensor.fixed.end(), value.begin(), value.end());
    return true;
  case nameField:
    tensor.name.assign(value.begin(), value.end());
    return true;
  case rawData:
    tensor.raw = value;
    tensor.hasRaw = true;
    return true;
  default:
    return true;
  }
}

absl::StatusOr<RawTensor> readWire(Bytes bytes) {
  RawTensor tensor;
  WireReader reader(bytes);
  while (!reader.atEnd()) {
    uint64_t tag = 0;
    Bytes value;
    if (!reader.readVarint(tag) || !reader.readValue(tag & 7, value) ||
        !readField(tag >> 3, tag & 7, value, tensor))
      return notATensor();
  }
  return tensor;
}

/// The number of elements, or -1 for a shape that is none.
int64_t countOf(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count) ||
        count > int64_t(1) << 48)
      return -1;
  return count;
}

/// Packs the numbers of int32_data and its like into the element type.
void packNumbers(const RawTensor &from, NewTensor &to) {
  const size_t size = isa::sizeOf(to.tensor.dtype);
  for (size_t i = 0; i < from.numbers.size(); ++i)
    std::memcpy(to.data + i * size, &from.numbers[i], size);
}

} // namespace

absl::StatusOr<Tensor> readOnnxTensor(Bytes bytes,
                                      std::shared_ptr<const void> owner) {
  absl::StatusOr<RawTensor> read = readWire(bytes);
  if (!read.ok())
    return read.status();
  if (read->isExternal)
    return absl::UnimplementedError("its data are in another file");
  absl::StatusOr<isa::DType> dtype = dtypeOfOnnx(read->type);
  const int64_t count = countOf(read->shape);
  if (!dtype.ok())
    return read->type == 0 ? notATensor() : dtype.status();
  if (count < 0)
    return notATensor();
  const size_t size = isa::sizeOf(*dtype);
  const uint64_t wanted = uint64_t(count) * size;
  const uint64_t found = read->hasRaw          ? read->raw.size()
                         : read->fixed.empty() ? read->numbers.size() * size
                                               : read->fixed.size();
  if (found != wanted)
    return absl::InvalidArgumentError(
        absl::StrCat("it has ", found, " bytes of data, but ",
                     typeText(*dtype, read->shape), " needs ", wanted));
  NewTensor made = allocateTensor(read->name, *dtype, read->shape);
  if (read->hasRaw)
    std::copy(read->raw.begin(), read->raw.end(), made.data);
  else if (!read->fixed.empty())
    std::copy(read->fixed.begin(), read->fixed.end(), made.data);
  else
    packNumbers(*read, made);
  return made.tensor;
}

} // namespace tilicho
