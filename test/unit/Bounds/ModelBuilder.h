// SPDX-License-Identifier: Apache-2.0
// ONNX models from a few calls, with every shape stated.
#ifndef TILICHO_TEST_UNIT_BOUNDS_MODELBUILDER_H
#define TILICHO_TEST_UNIT_BOUNDS_MODELBUILDER_H

#include "onnx/onnx_pb.h"

#include <string>
#include <vector>

namespace tilicho::compiler {

using Dims = std::vector<int64_t>;

/// A value by name, with its shape.
struct Value {
  std::string name;
  Dims dims;
};

/// Values are bf16 if not said otherwise.
class ModelBuilder {
public:
  Value input(const std::string &name, const Dims &dims,
              int32_t type = onnx::TensorProto::BFLOAT16);
  Value weight(const Dims &dims, int32_t type = onnx::TensorProto::BFLOAT16);
  Value node(const std::string &opType, const std::vector<Value> &inputs,
             const Dims &dims);
  void output(const Value &value);
  void attribute(const std::string &name, int64_t value);
  void attribute(const std::string &name, const Dims &values);

  Value conv(const Value &x, int64_t channels, int64_t kernel, int64_t stride,
             int64_t groups = 1);
  Value dense(const Value &x, int64_t features);

  const onnx::ModelProto &model() const { return proto; }

private:
  onnx::ModelProto proto;
  int next = 0;
};

onnx::ModelProto resNet50(int64_t batch);
onnx::ModelProto mobileNetV2();
onnx::ModelProto bertBase(int64_t batch, int64_t length);
onnx::ModelProto gpt2Decode(int64_t cache);
onnx::ModelProto gemm(int64_t m, int64_t n, int64_t k);

} // namespace tilicho::compiler

#endif // TILICHO_TEST_UNIT_BOUNDS_MODELBUILDER_H
