// SPDX-License-Identifier: Apache-2.0
// Joins texts and numbers. absl::StrCat takes no std::string_view where abseil
// was built for C++14, as Debian's was.
#ifndef TILICHO_RUNTIME_ISA_CONCAT_H
#define TILICHO_RUNTIME_ISA_CONCAT_H

#include <string>
#include <string_view>
#include <type_traits>

namespace tilicho {

template <class T> void appendTo(std::string &text, const T &part) {
  if constexpr (std::is_arithmetic_v<T>)
    text += std::to_string(part);
  else if constexpr (std::is_convertible_v<const T &, std::string_view>)
    text += std::string_view(part);
  else
    text.append(part.data(), part.size());
}

/// The parts one after the other; numbers in decimal.
template <class... Parts> std::string concat(const Parts &...parts) {
  std::string text;
  (appendTo(text, parts), ...);
  return text;
}

} // namespace tilicho

#endif
