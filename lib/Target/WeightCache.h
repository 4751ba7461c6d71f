// SPDX-License-Identifier: Apache-2.0
// Weights as programs hold them, kept between compiles.
#ifndef TILICHO_LIB_TARGET_WEIGHTCACHE_H
#define TILICHO_LIB_TARGET_WEIGHTCACHE_H

#include "runtime/Program/FileCache.h"

#include "mlir/IR/BuiltinAttributes.h"

#include <memory>
#include <optional>

namespace tilicho::compiler {

/// A folder with one file for each weight whose steps have run. Its name is a
/// hash of the weight's data, of the steps and of the compiler, and it holds a
/// checksum: what is damaged or missing is calculated again. Drops what is over
/// the bound when the compile ends.
class WeightCache {
public:
  /// An empty folder's name stands for no cache.
  WeightCache(std::string folder, uint64_t maxBytes)
      : files(std::move(folder), ".weight", maxBytes) {}
  ~WeightCache();

  /// The name of a weight after its steps; empty where it is not worth a file,
  /// or nothing tells it from others.
  std::string nameOf(mlir::ElementsAttr value, mlir::ArrayAttr steps) const;

  /// What was stored under the name, which has `size` bytes; valid until the
  /// next call.
  std::optional<absl::Span<const uint8_t>> find(const std::string &name,
                                                size_t size);
  void store(const std::string &name, absl::Span<const uint8_t> bytes);

private:
  bool read(int descriptor, const std::string &name, size_t size);

  FileCache files;
  /// Holds what was found last; memory that was touched before is faster.
  std::unique_ptr<uint8_t[]> buffer;
  size_t capacity = 0;
  bool hasGrown = false;
  /// After the first failure, as of a full disk, nothing is stored.
  bool isReadOnly = false;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_TARGET_WEIGHTCACHE_H
