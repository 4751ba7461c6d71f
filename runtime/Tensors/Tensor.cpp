// SPDX-License-Identifier: Apache-2.0
// Memory and types of host tensors.
#include "runtime/Tensors/Tensor.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <cstdlib>
#include <cstring>

namespace tilicho {
namespace {

struct OnnxType {
  const char *name;
  int dtype; // -1 where no element type stands for it
};

template <isa::DType dtype> constexpr int is = static_cast<int>(dtype);

/// By the number of TensorProto.DataType.
constexpr OnnxType onnxTypes[] = {{"UNDEFINED", -1},
                                  {"FLOAT", is<isa::DType::f32>},
                                  {"UINT8", is<isa::DType::u8>},
                                  {"INT8", is<isa::DType::i8>},
                                  {"UINT16", is<isa::DType::u16>},
                                  {"INT16", is<isa::DType::i16>},
                                  {"INT32", is<isa::DType::i32>},
                                  {"INT64", is<isa::DType::i64>},
                                  {"STRING", -1},
                                  {"BOOL", is<isa::DType::boolean>},
                                  {"FLOAT16", is<isa::DType::f16>},
                                  {"DOUBLE", is<isa::DType::f64>},
                                  {"UINT32", is<isa::DType::u32>},
                                  {"UINT64", is<isa::DType::u64>},
                                  {"COMPLEX64", -1},
                                  {"COMPLEX128", -1},
                                  {"BFLOAT16", is<isa::DType::bf16>},
                                  {"FLOAT8E4M3FN", is<isa::DType::f8e4m3fn>},
                                  {"FLOAT8E4M3FNUZ", -1},
                                  {"FLOAT8E5M2", is<isa::DType::f8e5m2>},
                                  {"FLOAT8E5M2FNUZ", -1},
                                  {"UINT4", -1},
                                  {"INT4", -1},
                                  {"FLOAT4E2M1", -1},
                                  {"FLOAT8E8M0", -1}};
constexpr int64_t numOnnxTypes = sizeof(onnxTypes) / sizeof(onnxTypes[0]);

} // namespace

NewTensor allocateTensor(std::string name, isa::DType dtype,
                         std::vector<int64_t> shape) {
  size_t size = isa::sizeOf(dtype);
  for (int64_t extent : shape)
    size *= static_cast<size_t>(extent);
  const size_t room = (size + 64) / 64 * 64;
  auto *data = static_cast<uint8_t *>(std::aligned_alloc(64, room));
  if (!data)
    throw std::bad_alloc();
  std::memset(data, 0, room);
  NewTensor made;
  made.data = data;
  made.tensor.owner.reset(data, std::free);
  made.tensor.name = std::move(name);
  made.tensor.dtype = dtype;
  made.tensor.shape = std::move(shape);
  made.tensor.bytes = {data, size};
  return made;
}

std::string typeText(isa::DType dtype, absl::Span<const int64_t> shape) {
  return absl::StrCat(std::string(isa::nameOf(dtype)), " ",
                      shape.empty() ? "scalar" : absl::StrJoin(shape, "x"));
}

absl::StatusOr<isa::DType> dtypeOfOnnx(int64_t onnxType) {
  int dtype =
      onnxType >= 0 && onnxType < numOnnxTypes ? onnxTypes[onnxType].dtype : -1;
  if (dtype < 0)
    return absl::UnimplementedError(
        absl::StrCat("elements of ONNX type ", onnxTypeName(onnxType),
                     " cannot be passed to a program"));
  return static_cast<isa::DType>(dtype);
}

const char *onnxTypeName(int64_t onnxType) {
  return onnxType >= 0 && onnxType < numOnnxTypes ? onnxTypes[onnxType].name
                                                  : "unknown";
}

} // namespace tilicho
