// SPDX-License-Identifier: Apache-2.0
// Writing JSON.
#ifndef TILICHO_RUNTIME_TIMING_JSON_H
#define TILICHO_RUNTIME_TIMING_JSON_H

#include <string>
#include <string_view>

namespace tilicho::timing {

/// `text` as a JSON string with its quotes. Bytes that are not valid UTF-8
/// become U+FFFD.
std::string jsonString(std::string_view text);

/// Objects within objects, indented, keys in the order in which they come.
class JsonWriter {
public:
  JsonWriter() { text = "{"; }
  void open(std::string_view key);
  void close();
  /// Whole numbers are written without a point, infinities as null.
  void number(std::string_view key, double value);
  void string(std::string_view key, std::string_view value);
  /// Closes the outermost object.
  std::string take();

private:
  void key(std::string_view key);

  std::string text;
  int depth = 1;
  bool first = true;
};

} // namespace tilicho::timing

#endif // TILICHO_RUNTIME_TIMING_JSON_H
