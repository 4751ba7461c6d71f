// SPDX-License-Identifier: Apache-2.0
// ONNX models from a few calls, with every shape stated.
#include "ModelBuilder.h"

namespace tilicho::compiler {

static void describe(onnx::ValueInfoProto &info, const Value &value,
                     int32_t type) {
  info.set_name(value.name);
  auto *tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  tensor->mutable_shape();
  for (int64_t dim : value.dims)
    tensor->mutable_shape()->add_dim()->set_dim_value(dim);
}

Value ModelBuilder::input(const std::string &name, const Dims &dims,
                          int32_t type) {
  Value value{name, dims};
  describe(*proto.mutable_graph()->add_input(), value, type);
  return value;
}

Value ModelBuilder::weight(const Dims &dims, int32_t type) {
  Value value{"w" + std::to_string(next++), dims};
  onnx::TensorProto *tensor = proto.mutable_graph()->add_initializer();
  tensor->set_name(value.name);
  tensor->set_data_type(type);
  for (int64_t dim : dims)
    tensor->add_dims(dim);
  return value;
}

Value ModelBuilder::node(const std::string &opType,
                         const std::vector<Value> &inputs, const Dims &dims) {
  Value value{"v" + std::to_string(next++), dims};
  onnx::NodeProto *node = proto.mutable_graph()->add_node();
  node->set_op_type(opType);
  for (const Value &operand : inputs)
    node->add_input(operand.name);
  node->add_output(value.name);
  describe(*proto.mutable_graph()->add_value_info(), value,
           onnx::TensorProto::BFLOAT16);
  return value;
}

void ModelBuilder::output(const Value &value) {
  describe(*proto.mutable_graph()->add_output(), value,
           onnx::TensorProto::BFLOAT16);
}

static onnx::AttributeProto *lastAttribute(onnx::ModelProto &proto,
                                           const std::string &name) {
  onnx::GraphProto *graph = proto.mutable_graph();
  onnx::AttributeProto *attribute =
      graph->mutable_node(graph->node_size() - 1)->add_attribute();
  attribute->set_name(name);
  return attribute;
}

void ModelBuilder::attribute(const std::string &name, int64_t value) {
  onnx::AttributeProto *attribute = lastAttribute(proto, name);
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(value);
}

void ModelBuilder::attribute(const std::string &name, const Dims &values) {
  onnx::AttributeProto *attribute = lastAttribute(proto, name);
  attribute->set_type(onnx::AttributeProto::INTS);
  for (int64_t value : values)
    attribute->add_ints(value);
}

Value ModelBuilder::conv(const Value &x, int64_t channels, int64_t kernel,
                         int64_t stride, int64_t groups) {
  int64_t size = (x.dims[2] + stride - 1) / stride;
  Value w = weight({channels, x.dims[1] / groups, kernel, kernel});
  Value out = node("Conv", {x, w}, {x.dims[0], channels, size, size});
  attribute("strides", Dims{stride, stride});
  attribute("group", groups);
  return out;
}

Value ModelBuilder::dense(const Value &x, int64_t features) {
  Dims dims = x.dims;
  Value w = weight({dims.back(), features});
  dims.back() = features;
  return node("Add", {node("MatMul", {x, w}, dims), weight({features})}, dims);
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

onnx::ModelProto resNet50(int64_t batch) {
  ModelBuilder b;
  auto relu = [&](const Value &x) { return b.node("Relu", {x}, x.dims); };
  Value x = b.input("x", {batch, 3, 224, 224});
  x = relu(b.conv(x, 64, 7, 2));
  x = b.node("MaxPool", {x}, {batch, 64, 56, 56});
  const int64_t stages[4][2] = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};
  for (int stage = 0; stage < 4; ++stage)
    for (int64_t block = 0; block < stages[stage][1]; ++block) {
      int64_t width = stages[stage][0];
      int64_t stride = stage > 0 && block == 0 ? 2 : 1;
      Value shortcut = x;
      if (block == 0)
        shortcut = b.conv(x, 4 * width, 1, stride);
      Value y = relu(b.conv(x, width, 1, 1));
      y = relu(b.conv(y, width, 3, stride));
      y = b.conv(y, 4 * width, 1, 1);
      x = relu(b.node("Add", {y, shortcut}, y.dims));
    }
  x = b.node("GlobalAveragePool", {x}, {batch, 2048, 1, 1});
  x = b.node("Flatten", {x}, {batch, 2048});
  b.output(b.node("Gemm", {x, b.weight({2048, 1000}), b.weight({1000})},
                  {batch, 1000}));
  return b.model();
}

onnx::ModelProto mobileNetV2() {
  ModelBuilder b;
  auto clip = [&](const Value &x) { return b.node("Clip", {x}, x.dims); };
  Value x = b.input("x", {1, 3, 224, 224});
  x = clip(b.conv(x, 32, 3, 2));
  const int64_t stages[7][4] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                                {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                                {6, 320, 1, 1}};
  for (auto &[expand, channels, count, firstStride] : stages)
    for (int64_t block = 0; block < count; ++block) {
      int64_t stride = block == 0 ? firstStride : 1;
      int64_t wide = x.dims[1] * expand;
      Value y = expand == 1 ? x : clip(b.conv(x, wide, 1, 1));
      y = clip(b.conv(y, wide, 3, stride, wide));
      y = b.conv(y, channels, 1, 1);
      x = y.dims == x.dims ? b.node("Add", {x, y}, y.dims) : y;
    }
  x = clip(b.conv(x, 1280, 1, 1));
  x = b.node("GlobalAveragePool", {x}, {1, 1280, 1, 1});
  x = b.node("Flatten", {x}, {1, 1280});
  b.output(
      b.node("Gemm", {x, b.weight({1280, 1000}), b.weight({1000})}, {1, 1000}));
  return b.model();
}

static Value attentionHeads(ModelBuilder &b, const Value &x, int64_t heads) {
  int64_t batch = x.dims[0], length = x.dims[1], width = x.dims[2];
  int64_t depth = width / heads;
  auto split = [&](const Value &v) {
    Value r = b.node("Reshape", {v}, {batch, length, heads, depth});
    return b.node("Transpose", {r}, {batch, heads, length, depth});
  };
  Value q = split(b.dense(x, width)), k = split(b.dense(x, width)),
        v = split(b.dense(x, width));
  Value kt = b.node("Transpose", {k}, {batch, heads, depth, length});
  Value s = b.node("MatMul", {q, kt}, {batch, heads, length, length});
  s = b.node("Softmax", {s}, s.dims);
  Value c = b.node("MatMul", {s, v}, {batch, heads, length, depth});
  c = b.node("Transpose", {c}, {batch, length, heads, depth});
  return b.node("Reshape", {c}, x.dims);
}

onnx::ModelProto bertBase(int64_t batch, int64_t length) {
  ModelBuilder b;
  Value ids = b.input("ids", {batch, length}, onnx::TensorProto::INT64);
  Value x =
      b.node("Gather", {b.weight({30522, 768}), ids}, {batch, length, 768});
  auto norm = [&](const Value &v) {
    return b.node("LayerNormalization", {v, b.weight({768}), b.weight({768})},
                  v.dims);
  };
  for (int layer = 0; layer < 12; ++layer) {
    Value a = b.dense(attentionHeads(b, x, 12), 768);
    x = norm(b.node("Add", {x, a}, x.dims));
    Value h = b.dense(x, 3072);
    h = b.dense(b.node("Gelu", {h}, h.dims), 768);
    x = norm(b.node("Add", {x, h}, x.dims));
  }
  b.output(x);
  return b.model();
}

onnx::ModelProto gpt2Decode(int64_t cache) {
  ModelBuilder b;
  Value ids = b.input("ids", {1, 1}, onnx::TensorProto::INT64);
  Value table = b.weight({50257, 768});
  Value x = b.node("Gather", {table, ids}, {1, 1, 768});
  for (int layer = 0; layer < 12; ++layer) {
    std::string name = std::to_string(layer);
    Value past = b.input("past" + name, {2, 12, cache, 64});
    Value qkv = b.dense(x, 2304);
    Value fresh = b.node("Reshape", {qkv}, {2, 12, 1, 64});
    Value present = b.node("Concat", {past, fresh}, {2, 12, cache + 1, 64});
    b.output(present);
    Value k = b.node("Slice", {present}, {12, 64, cache + 1});
    Value v = b.node("Slice", {present}, {12, cache + 1, 64});
    Value q = b.node("Reshape", {qkv}, {12, 1, 64});
    Value s = b.node("MatMul", {q, k}, {12, 1, cache + 1});
    Value c =
        b.node("MatMul", {b.node("Softmax", {s}, s.dims), v}, {12, 1, 64});
    c = b.node("Reshape", {c}, {1, 1, 768});
    x = b.node("Add", {x, b.dense(c, 768)}, x.dims);
    Value h = b.dense(x, 3072);
    x = b.node("Add", {x, b.dense(b.node("Gelu", {h}, h.dims), 768)}, x.dims);
  }
  Value tied = b.node("Transpose", {table}, {768, 50257});
  b.output(b.node("MatMul", {x, tied}, {1, 1, 50257}));
  return b.model();
}

onnx::ModelProto gemm(int64_t m, int64_t n, int64_t k) {
  ModelBuilder b;
  Value x = b.input("x", {m, k});
  b.output(b.node("MatMul", {x, b.weight({k, n})}, {m, n}));
  return b.model();
}

} // namespace tilicho::compiler
