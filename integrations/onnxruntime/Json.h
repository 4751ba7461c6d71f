// SPDX-License-Identifier: Apache-2.0
// Reads the JSON that Tilicho's own reports are made of.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_JSON_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_JSON_H

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tilicho::offload {

/// A value; of what it is not, it holds nothing.
struct Json {
  /// Of a number; 1 for `true`.
  double number = 0;
  std::string text;
  std::vector<Json> items;
  std::vector<std::pair<std::string, Json>> members;

  /// An empty value where there is none.
  const Json &operator[](std::string_view key) const;
};

/// Throws std::runtime_error where the text is no JSON.
Json parseJson(std::string_view text);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_JSON_H
