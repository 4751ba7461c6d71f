// SPDX-License-Identifier: Apache-2.0
// Walks the Protobuf wire format and leaves the weights where they are.
#include "lib/Import/SlimModel.h"

#include "dialects/Onnx/Schema/Protos.h"

using namespace llvm;
using namespace tilicho::compiler;
using tilicho::ir::onnx::maxDenseBytes;

namespace {

enum WireType { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

/// Messages on the way to a tensor, and the fields that lead on.
enum class Message { Model, Graph, Node, Attribute, Tensor, Leaf };

// Field numbers of onnx.proto.
constexpr unsigned modelGraph = 7, graphNode = 1, graphInitializer = 5,
                   nodeAttribute = 5, attributeTensor = 5, tensorRawData = 9,
                   tensorExternalData = 13, tensorDataLocation = 14;

Message childOf(Message message, unsigned field) {
  switch (message) {
  case Message::Model:
    return field == modelGraph ? Message::Graph : Message::Leaf;
  case Message::Graph:
    return field == graphNode          ? Message::Node
           : field == graphInitializer ? Message::Tensor
                                       : Message::Leaf;
  case Message::Node:
    return field == nodeAttribute ? Message::Attribute : Message::Leaf;
  case Message::Attribute:
    return field == attributeTensor ? Message::Tensor : Message::Leaf;
  default:
    return Message::Leaf;
  }
}

class Slimmer {
public:
  explicit Slimmer(StringRef file) : file(file) {}

  /// Appends `message` to `out`; false when it is malformed.
  bool rewrite(StringRef message, Message kind, std::string &out) {
    while (!message.empty())
      if (!rewriteField(message, kind, out))
        return false;
    return true;
  }

private:
  StringRef file;

  static bool readVarint(StringRef &text, uint64_t &value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && !text.empty(); shift += 7) {
      uint8_t byte = text.front();
      text = text.drop_front();
      value |= uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80)
        return true;
    }
    return false;
  }

  static void writeVarint(uint64_t value, std::string &out) {
    for (; value >= 0x80; value >>= 7)
      out += char(value | 0x80);
    out += char(value);
  }

  static void writeBytes(unsigned field, StringRef bytes, std::string &out) {
    writeVarint(field << 3 | Bytes, out);
    writeVarint(bytes.size(), out);
    out.append(bytes.data(), bytes.size());
  }

  /// The number of bytes of a value after its tag, without the length prefix
  /// of a byte string, which is read off.
  static bool valueSize(StringRef &text, unsigned wireType, uint64_t &size) {
    StringRef probe = text;
    uint64_t ignored;
    switch (wireType) {
    case Varint:
      if (!readVarint(probe, ignored))
        return false;
      size = text.size() - probe.size();
      return true;
    case Bytes:
      return readVarint(text, size) && size <= text.size();
    case Fixed64:
    case Fixed32:
      size = wireType == Fixed64 ? 8 : 4;
      return size <= text.size();
    default:
      return false;
    }
  }

  bool rewriteField(StringRef &message, Message kind, std::string &out) {
    const char *begin = message.data();
    uint64_t tag, size;
    if (!readVarint(message, tag) || !valueSize(message, tag & 7, size))
      return false;
    StringRef value = message.take_front(size);
    message = message.drop_front(size);
    unsigned field = tag >> 3;
    bool bytes = (tag & 7) == Bytes;
    Message child = bytes ? childOf(kind, field) : Message::Leaf;
    if (child != Message::Leaf)
      return rewriteChild(value, child, field, out);
    if (kind == Message::Tensor && bytes && field == tensorRawData &&
        size > maxDenseBytes)
      writeReference(value, out);
    else
      out.append(begin, value.end());
    return true;
  }

  bool rewriteChild(StringRef value, Message child, unsigned field,
                    std::string &out) {
    std::string slim;
    if (!rewrite(value, child, slim))
      return false;
    writeBytes(field, slim, out);
    return true;
  }

  void writeReference(StringRef data, std::string &out) {
    writeEntry("location", modelItself, out);
    writeEntry("offset", std::to_string(data.data() - file.data()), out);
    writeEntry("length", std::to_string(data.size()), out);
    writeVarint(tensorDataLocation << 3 | Varint, out);
    writeVarint(1 /*EXTERNAL*/, out);
  }

  static void writeEntry(StringRef key, StringRef value, std::string &out) {
    std::string entry;
    writeBytes(1, key, entry);
    writeBytes(2, value, entry);
    writeBytes(tensorExternalData, entry, out);
  }
};

} // namespace

std::optional<std::string> tilicho::compiler::slimModel(StringRef bytes) {
  std::string slim;
  if (!Slimmer(bytes).rewrite(bytes, Message::Model, slim))
    return std::nullopt;
  return slim;
}
