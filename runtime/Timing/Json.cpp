// SPDX-License-Identifier: Apache-2.0
// Writing JSON.
#include "runtime/Timing/Json.h"

#include "absl/strings/str_format.h"

#include <cmath>

namespace tilicho::timing {

/// Length of the UTF-8 sequence at the start of `text`, 0 if there is none.
static size_t sequenceLength(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned lead = byte(0);
  size_t length = lead < 0x80                    ? 1
                  : lead >= 0xc2 && lead <= 0xdf ? 2
                  : lead >= 0xe0 && lead <= 0xef ? 3
                  : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                 : 0;
  if (length > text.size())
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80)
      return 0;
  // No overlong forms, no surrogates, nothing above U+10FFFF.
  bool isBad =
      (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
      (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return length > 1 && isBad ? 0 : length;
}

static void appendEscaped(std::string &out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    if (static_cast<unsigned char>(c) < 0x20)
      absl::StrAppendFormat(&out, "\\u%04x", c);
    else
      out += c;
  }
}

std::string jsonString(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    size_t length = sequenceLength(text);
    if (length == 0)
      out += "\xef\xbf\xbd";
    else if (length == 1)
      appendEscaped(out, text[0]);
    else
      out.append(text.substr(0, length));
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out + "\"";
}

void JsonWriter::key(std::string_view key) {
  text += first ? "\n" : ",\n";
  first = false;
  text.append(size_t(depth) * 2, ' ');
  text += jsonString(key) + ": ";
}

void JsonWriter::open(std::string_view name) {
  key(name);
  text += "{";
  ++depth;
  first = true;
}

void JsonWriter::close() {
  --depth;
  if (!first)
    text += "\n" + std::string(size_t(depth) * 2, ' ');
  text += "}";
  first = false;
}

void JsonWriter::number(std::string_view name, double value) {
  key(name);
  if (!std::isfinite(value))
    text += "null";
  else if (value == std::floor(value) && std::abs(value) < 1e15)
    absl::StrAppendFormat(&text, "%.0f", value);
  else
    absl::StrAppendFormat(&text, "%.9g", value);
}

void JsonWriter::string(std::string_view name, std::string_view value) {
  key(name);
  text += jsonString(value);
}

std::string JsonWriter::take() {
  while (depth > 0)
    close();
  return std::move(text) + "\n";
}

} // namespace tilicho::timing
