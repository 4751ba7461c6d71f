// SPDX-License-Identifier: Apache-2.0
// ONNX's element types as the machine has them.
#include "lib/Bounds/ElementTypes.h"

namespace tilicho::compiler::bounds {

using isa::DType;
using onnx::TensorProto;

static DType stored(int32_t type) {
  switch (type) {
  case TensorProto::BFLOAT16:
    return DType::bf16;
  case TensorProto::FLOAT16:
    return DType::f16;
  case TensorProto::FLOAT8E4M3FN:
  case TensorProto::FLOAT8E4M3FNUZ:
    return DType::f8e4m3fn;
  case TensorProto::FLOAT8E5M2:
  case TensorProto::FLOAT8E5M2FNUZ:
    return DType::f8e5m2;
  case TensorProto::INT8:
    return DType::i8;
  case TensorProto::UINT8:
    return DType::u8;
  case TensorProto::INT16:
    return DType::i16;
  case TensorProto::UINT16:
    return DType::u16;
  case TensorProto::INT32:
    return DType::i32;
  case TensorProto::UINT32:
    return DType::u32;
  case TensorProto::BOOL:
    return DType::boolean;
  case TensorProto::INT64:
    return DType::i64;
  case TensorProto::UINT64:
    return DType::u64;
  case TensorProto::DOUBLE:
    return DType::f64;
  default:
    return DType::f32;
  }
}

static bool isFourBit(int32_t type) {
  return type == TensorProto::INT4 || type == TensorProto::UINT4 ||
         type == TensorProto::FLOAT4E2M1;
}

DType ElementTypes::typeOf(const Tensor &tensor) const {
  return tensor.isInput || tensor.isOutput ? stored(tensor.type)
                                           : insideTypeOf(tensor);
}

DType ElementTypes::insideTypeOf(const Tensor &tensor) const {
  DType type = stored(tensor.type);
  return type == DType::f32 ? precision : type;
}

double ElementTypes::bytesPerElement(const Tensor &tensor) const {
  return isFourBit(tensor.type) ? 0.5 : isa::sizeOf(typeOf(tensor));
}

} // namespace tilicho::compiler::bounds
