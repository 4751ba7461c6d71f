// SPDX-License-Identifier: Apache-2.0
// Gives a seed to each node that draws random numbers without one.
#include "lib/Import/OnnxLibrary.h"

#include <set>

using namespace onnx;
using namespace tilicho::compiler;

/// A Dropout at inference draws none.
static bool drawsNumbers(const NodeProto &node) {
  static const std::set<std::string> names = {
      "Dropout",          "Multinomial",   "RandomNormal",
      "RandomNormalLike", "RandomUniform", "RandomUniformLike"};
  return node.domain().empty() && names.count(node.op_type()) &&
         (node.op_type() != "Dropout" || node.input_size() == 3);
}

static bool hasSeed(const NodeProto &node) {
  for (const AttributeProto &attribute : node.attribute())
    if (attribute.name() == "seed")
      return true;
  return false;
}

/// A number below 2^24, which an f32 holds, by the FNV-1a hash of the name of
/// what the node makes: no two nodes of a graph make the same.
static uint32_t seedOf(const NodeProto &node) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : node.output(0))
    hash = (hash ^ byte) * 0x100000001b3;
  return static_cast<uint32_t>(hash >> 40);
}

void tilicho::compiler::seedRandomNodes(ModelProto &model) {
  forEachGraph(*model.mutable_graph(), [](GraphProto &graph) {
    for (NodeProto &node : *graph.mutable_node()) {
      if (!drawsNumbers(node) || hasSeed(node) || node.output_size() == 0)
        continue;
      AttributeProto *seed = node.add_attribute();
      seed->set_name("seed");
      if (node.op_type() == "Dropout") {
        seed->set_type(AttributeProto::INT);
        seed->set_i(seedOf(node));
        continue;
      }
      seed->set_type(AttributeProto::FLOAT);
      seed->set_f(static_cast<float>(seedOf(node)));
    }
  });
}
