// SPDX-License-Identifier: Apache-2.0
// Writes Protobuf's wire format, so that no Protobuf has to be linked.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_PROTOWRITER_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_PROTOWRITER_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace tilicho::offload {

/// The bytes of one message. Fields are named by their numbers.
class ProtoWriter {
public:
  void number(uint32_t field, int64_t value) {
    tag(field, 0);
    varint(static_cast<uint64_t>(value));
  }
  void real(uint32_t field, float value) {
    tag(field, 5);
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    text.append(bytes, sizeof(bytes));
  }
  /// Text, bytes, or a message.
  void bytes(uint32_t field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    text += value;
  }
  void message(uint32_t field, const ProtoWriter &value) {
    bytes(field, value.text);
  }

  std::string text;

private:
  void tag(uint32_t field, uint32_t wireType) {
    varint(uint64_t(field) << 3 | wireType);
  }
  void varint(uint64_t value) {
    for (; value > 0x7f; value >>= 7)
      text += static_cast<char>(value | 0x80);
    text += static_cast<char>(value);
  }
};

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_PROTOWRITER_H
