// SPDX-License-Identifier: Apache-2.0
// Words that begin with a line of the cache, so that no vector of them lies in
// two.
#ifndef TILICHO_RUNTIME_EMULATOR_LINEVECTOR_H
#define TILICHO_RUNTIME_EMULATOR_LINEVECTOR_H

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace tilicho {

template <class T> struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  LineAllocator() = default;
  template <class U> LineAllocator(const LineAllocator<U> &) {}

  T *allocate(std::size_t count) {
    return static_cast<T *>(::operator new(count * sizeof(T), line));
  }
  void deallocate(T *words, std::size_t) { ::operator delete(words, line); }

  template <class U> bool operator==(const LineAllocator<U> &) const {
    return true;
  }
  template <class U> bool operator!=(const LineAllocator<U> &) const {
    return false;
  }
};

using LineVector = std::vector<uint32_t, LineAllocator<uint32_t>>;

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_LINEVECTOR_H
