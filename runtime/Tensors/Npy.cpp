// SPDX-License-Identifier: Apache-2.0
// Reads and writes .npy, whose header is the text of a Python dictionary.
#include "runtime/Tensors/Npy.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <algorithm>
#include <cstring>

namespace tilicho {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr char npyMagic[] = "\x93NUMPY";

struct TypeCode {
  const char *code;
  isa::DType dtype;
};
/// NumPy's kind and size. V2 and V1 are what ml_dtypes' types are saved as.
constexpr TypeCode typeCodes[] = {
    {"f4", isa::DType::f32},      {"f2", isa::DType::f16},
    {"f8", isa::DType::f64},      {"i1", isa::DType::i8},
    {"u1", isa::DType::u8},       {"i2", isa::DType::i16},
    {"u2", isa::DType::u16},      {"i4", isa::DType::i32},
    {"u4", isa::DType::u32},      {"i8", isa::DType::i64},
    {"u8", isa::DType::u64},      {"b1", isa::DType::boolean},
    {"V2", isa::DType::bf16},     {"bfloat16", isa::DType::bf16},
    {"V1", isa::DType::f8e4m3fn}, {"f1", isa::DType::f8e5m2}};

template <class... Args> absl::Status invalid(const Args &...args) {
  return absl::InvalidArgumentError(absl::StrCat(args...));
}

/// The text of a header's value: what follows `'key':`.
absl::StatusOr<absl::string_view> valueOf(absl::string_view header,
                                          absl::string_view key) {
  for (char quote : {'\'', '"'}) {
    std::string quoted =
        absl::StrCat(std::string(1, quote), key, std::string(1, quote), ":");
    size_t at = header.find(quoted);
    if (at != absl::string_view::npos)
      return absl::StripLeadingAsciiWhitespace(
          header.substr(at + quoted.size()));
  }
  return invalid("the .npy header has no ", key);
}

absl::StatusOr<std::string> readDescription(absl::string_view header) {
  absl::StatusOr<absl::string_view> value = valueOf(header, "descr");
  if (!value.ok())
    return value.status();
  size_t end =
      value->empty() ? absl::string_view::npos : value->find((*value)[0], 1);
  if (end == absl::string_view::npos ||
      ((*value)[0] != '\'' && (*value)[0] != '"'))
    return invalid("its elements are records, not numbers");
  return std::string(value->substr(1, end - 1));
}

absl::Status readShape(absl::string_view header, std::vector<int64_t> &shape) {
  absl::StatusOr<absl::string_view> value = valueOf(header, "shape");
  if (!value.ok())
    return value.status();
  size_t end = value->find(')');
  if (!absl::ConsumePrefix(&*value, "(") || end == absl::string_view::npos)
    return invalid("the .npy header's shape is no tuple");
  for (absl::string_view part :
       absl::StrSplit(value->substr(0, end - 1), ',', absl::SkipWhitespace())) {
    int64_t extent = 0;
    if (!absl::SimpleAtoi(part, &extent) || extent < 0)
      return invalid("the .npy header's shape holds ", part);
    shape.push_back(extent);
  }
  return absl::OkStatus();
}

absl::Status readType(absl::string_view descr, Tensor &tensor,
                      bool &isSwapped) {
  absl::string_view code = descr;
  isSwapped = absl::ConsumePrefix(&code, ">");
  if (!isSwapped && !code.empty() &&
      absl::StrContains("<|=", code.substr(0, 1)))
    code.remove_prefix(1);
  for (const TypeCode &known : typeCodes)
    if (code == known.code) {
      tensor.dtype = known.dtype;
      tensor.isRaw = code[0] == 'V';
      return absl::OkStatus();
    }
  return invalid("its elements are of NumPy type ", descr,
                 ", which no program takes");
}

/// Splits the file into the header's text and the data.
absl::Status splitHeader(Bytes bytes, absl::string_view &header, Bytes &data) {
  const size_t magicBytes = sizeof(npyMagic) - 1;
  if (bytes.size() < magicBytes + 4 ||
      std::memcmp(bytes.data(), npyMagic, magicBytes) != 0)
    return invalid("it is no .npy file: its magic number is missing");
  const unsigned major = bytes[magicBytes];
  const size_t lengthBytes = major == 1 ? 2 : 4;
  const size_t start = magicBytes + 2 + lengthBytes;
  if (major < 1 || major > 3 || bytes.size() < start)
    return invalid("it has .npy version ", major, "; 1 to 3 are known");
  uint32_t length = 0;
  std::memcpy(&length, bytes.data() + magicBytes + 2, lengthBytes);
  if (length > bytes.size() - start)
    return invalid("it ends inside its .npy header");
  header = {reinterpret_cast<const char *>(bytes.data()) + start, length};
  data = bytes.subspan(start + length);
  return absl::OkStatus();
}

/// Visits the elements in row-major order, giving each one's position in
/// column-major order.
template <class Visit>
void forEachFortran(const std::vector<int64_t> &shape, Visit visit) {
  std::vector<int64_t> index(shape.size(), 0), step(shape.size(), 1);
  for (size_t dim = 1; dim < shape.size(); ++dim)
    step[dim] = step[dim - 1] * shape[dim - 1];
  for (int64_t position = 0;;) {
    visit(position);
    size_t dim = shape.size();
    while (dim-- > 0) {
      position += step[dim];
      if (++index[dim] < shape[dim])
        break;
      position -= step[dim] * shape[dim];
      index[dim] = 0;
    }
    if (dim == size_t(-1))
      return;
  }
}

/// A copy in row-major order and this host's byte order.
Tensor rearranged(const Tensor &from, bool isFortran, bool isSwapped) {
  NewTensor made = allocateTensor(from.name, from.dtype, from.shape);
  made.tensor.isRaw = from.isRaw;
  if (from.bytes.empty())
    return made.tensor;
  const size_t size = isa::sizeOf(from.dtype);
  uint8_t *to = made.data;
  auto copy = [&](int64_t position) {
    std::memcpy(to, from.bytes.data() + position * int64_t(size), size);
    if (isSwapped)
      std::reverse(to, to + size);
    to += size;
  };
  if (isFortran) {
    forEachFortran(from.shape, copy);
    return made.tensor;
  }
  for (size_t i = 0; i < from.bytes.size() / size; ++i)
    copy(static_cast<int64_t>(i));
  return made.tensor;
}

bool isUsableAsIs(const Tensor &tensor) {
  return reinterpret_cast<uintptr_t>(tensor.bytes.data()) % 16 == 0;
}

/// The size of the elements in bytes, or -1 where it overflows.
int64_t dataBytes(const Tensor &tensor) {
  int64_t bytes = isa::sizeOf(tensor.dtype);
  for (int64_t extent : tensor.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes))
      return -1;
  return bytes;
}

} // namespace

absl::StatusOr<Tensor> readNpy(Bytes bytes, std::shared_ptr<const void> owner,
                               std::string name) {
  Tensor tensor;
  tensor.name = std::move(name);
  tensor.owner = std::move(owner);
  absl::string_view header;
  Bytes data;
  absl::Status status = splitHeader(bytes, header, data);
  if (!status.ok())
    return status;
  absl::StatusOr<std::string> descr = readDescription(header);
  if (!descr.ok())
    return descr.status();
  bool isSwapped = false;
  status = readType(*descr, tensor, isSwapped);
  if (status.ok())
    status = readShape(header, tensor.shape);
  if (!status.ok())
    return status;
  absl::StatusOr<absl::string_view> order = valueOf(header, "fortran_order");
  if (!order.ok())
    return order.status();
  const bool isFortran = absl::StartsWith(*order, "True");
  const int64_t wanted = dataBytes(tensor);
  if (wanted < 0 || data.size() < static_cast<uint64_t>(wanted))
    return invalid("it has ", data.size(), " bytes of data, but ",
                   typeText(tensor.dtype, tensor.shape), " needs ", wanted);
  tensor.bytes = data.subspan(0, static_cast<size_t>(wanted));
  if (isFortran || isSwapped || !isUsableAsIs(tensor))
    return rearranged(tensor, isFortran, isSwapped);
  return tensor;
}

std::string npyHeader(const Tensor &tensor) {
  const char *code = "V1";
  for (const TypeCode &known : typeCodes)
    if (tensor.dtype == known.dtype) {
      code = known.code;
      break;
    }
  // What ml_dtypes calls f1 makes np.load fail.
  if (tensor.dtype == isa::DType::f8e5m2)
    code = "V1";
  if (tensor.dtype == isa::DType::tf32)
    code = "f4";
  std::string dict =
      absl::StrCat("{'descr': '",
                   isa::sizeOf(tensor.dtype) == 1 && code[0] != 'V' ? "|" : "<",
                   code, "', 'fortran_order': False, 'shape': (",
                   absl::StrJoin(tensor.shape, ", "),
                   tensor.shape.size() == 1 ? "," : "", "), }");
  // The data start at a multiple of 64 bytes; the header ends in a line end.
  const size_t fixed = sizeof(npyMagic) - 1 + 4;
  dict.append(63 - (fixed + dict.size()) % 64, ' ');
  dict.push_back('\n');
  std::string header(npyMagic);
  header += std::string("\x01\x00", 2);
  header.push_back(static_cast<char>(dict.size() & 255));
  header.push_back(static_cast<char>(dict.size() >> 8));
  return header + dict;
}

} // namespace tilicho
