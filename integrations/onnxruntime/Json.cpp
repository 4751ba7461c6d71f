// SPDX-License-Identifier: Apache-2.0
// A JSON reader by recursive descent.
#include "integrations/onnxruntime/Json.h"

#include <cctype>
#include <cstdlib>
#include <stdexcept>

using namespace tilicho::offload;

namespace {

class Reader {
public:
  explicit Reader(std::string_view text) : text(text) {}

  Json readAll() {
    Json value = read();
    skipSpace();
    if (position != text.size())
      fail();
    return value;
  }

private:
  [[noreturn]] void fail() const {
    throw std::runtime_error("a report is no JSON at byte " +
                             std::to_string(position));
  }
  void skipSpace() {
    while (position < text.size() && std::isspace(uint8_t(text[position])))
      ++position;
  }
  char peek() {
    skipSpace();
    if (position == text.size())
      fail();
    return text[position];
  }
  bool accept(char wanted) {
    if (peek() != wanted)
      return false;
    ++position;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted))
      fail();
  }

  Json read() {
    switch (peek()) {
    case '{':
      return readObject();
    case '[':
      return readArray();
    case '"': {
      Json value;
      value.text = readText();
      return value;
    }
    default:
      return readWord();
    }
  }

  Json readObject() {
    Json value;
    expect('{');
    if (accept('}'))
      return value;
    do {
      peek();
      std::string key = readText();
      expect(':');
      value.members.emplace_back(std::move(key), read());
    } while (accept(','));
    expect('}');
    return value;
  }

  Json readArray() {
    Json value;
    expect('[');
    if (accept(']'))
      return value;
    do
      value.items.push_back(read());
    while (accept(','));
    expect(']');
    return value;
  }

  /// A number, true, false or null.
  Json readWord() {
    const size_t begin = position;
    while (position < text.size() &&
           (std::isalnum(uint8_t(text[position])) || text[position] == '-' ||
            text[position] == '+' || text[position] == '.'))
      ++position;
    const std::string word(text.substr(begin, position - begin));
    if (word.empty())
      fail();
    Json value;
    value.number = word == "true" ? 1 : std::strtod(word.c_str(), nullptr);
    return value;
  }

  std::string readText() {
    if (text[position++] != '"')
      fail();
    std::string value;
    while (position < text.size() && text[position] != '"')
      value += text[position] == '\\' ? readEscape() : text[position++];
    if (position++ >= text.size())
      fail();
    return value;
  }

  /// Names beyond ASCII come as they are; of escapes only the short ones and
  /// control characters occur.
  char readEscape() {
    const char kind = position + 1 < text.size() ? text[position + 1] : '\0';
    position += 2;
    switch (kind) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'u':
      if (position + 4 > text.size())
        fail();
      position += 4;
      return static_cast<char>(std::strtoul(
          std::string(text.substr(position - 2, 2)).c_str(), nullptr, 16));
    default:
      return kind;
    }
  }

  std::string_view text;
  size_t position = 0;
};

} // namespace

const Json &Json::operator[](std::string_view key) const {
  static const Json none;
  for (const auto &[name, value] : members)
    if (name == key)
      return value;
  return none;
}

Json tilicho::offload::parseJson(std::string_view text) {
  return Reader(text).readAll();
}
