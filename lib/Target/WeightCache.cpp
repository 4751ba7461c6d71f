// SPDX-License-Identifier: Apache-2.0
// Names weights by content; reads, checks and writes their files.
#include "lib/Target/WeightCache.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mlir;

namespace tilicho::compiler {

/// Smaller weights are calculated faster than a file is opened.
static constexpr size_t leastBytes = 1 << 16;

namespace {
/// What stands before a weight's bytes.
struct FileHead {
  char magic[8] = {'T', 'L', 'W', 'E', 'I', 'G', 'H', 'T'};
  uint64_t size = 0;
  uint64_t checksum = 0;
  char name[32] = {};
};
} // namespace

static ArrayRef<uint8_t> bytesOf(ArrayRef<char> data) {
  return {reinterpret_cast<const uint8_t *>(data.data()), data.size()};
}

static FileHead headOf(const std::string &name,
                       absl::Span<const uint8_t> bytes) {
  FileHead head;
  head.size = bytes.size();
  head.checksum = llvm::xxh3_64bits(ArrayRef(bytes.data(), bytes.size()));
  std::memcpy(head.name, name.data(), std::min(name.size(), sizeof head.name));
  return head;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// The file that this code is in. Of the process's own, the dynamic linker only
/// knows how it was called.
static std::string ownFile() {
  Dl_info info;
  link_map *map = nullptr;
  bool isLibrary =
      dladdr1(reinterpret_cast<void *>(&ownFile), &info,
              reinterpret_cast<void **>(&map), RTLD_DL_LINKMAP) != 0 &&
      map && *map->l_name;
  return isLibrary ? map->l_name : "/proc/self/exe";
}

/// Another build of the compiler may calculate other bytes.
static const std::string &compilerIdentity() {
  static const std::string identity = fileIdentity(ownFile());
  return identity;
}

namespace {
/// Adds up what a weight is calculated from.
class Describer {
public:
  /// False where an attribute does not say all by itself.
  bool add(Attribute attribute) {
    if (auto text = dyn_cast<StringAttr>(attribute))
      return add('s', text.getValue());
    if (auto integers = dyn_cast<DenseI64ArrayAttr>(attribute))
      return add('i', rawText(integers.asArrayRef()));
    if (auto reals = dyn_cast<DenseF64ArrayAttr>(attribute))
      return add('f', rawText(reals.asArrayRef()));
    if (llvm::isa<UnitAttr>(attribute))
      return add('u', "");
    if (auto type = dyn_cast<TypeAttr>(attribute))
      return addType(type.getValue());
    if (auto dense = dyn_cast<DenseIntOrFPElementsAttr>(attribute))
      return addType(dense.getType()) && add('d', rawText(dense.getRawData()));
    if (auto dictionary = dyn_cast<DictionaryAttr>(attribute))
      return addDictionary(dictionary);
    auto array = dyn_cast<ArrayAttr>(attribute);
    return array && add('a', std::to_string(array.size())) &&
           llvm::all_of(array, [&](Attribute part) { return add(part); });
  }

  bool add(char kind, StringRef content) {
    text += kind;
    text += std::to_string(content.size());
    text += ':';
    text += content;
    return true;
  }

  bool addType(mlir::Type type) {
    std::string printed;
    llvm::raw_string_ostream(printed) << type;
    return add('t', printed);
  }

  const std::string &description() const { return text; }

private:
  bool addDictionary(DictionaryAttr dictionary) {
    add('m', std::to_string(dictionary.size()));
    return llvm::all_of(dictionary, [&](NamedAttribute entry) {
      return add('n', entry.getName()) && add(entry.getValue());
    });
  }

  template <class T> static StringRef rawText(ArrayRef<T> values) {
    return {reinterpret_cast<const char *>(values.data()),
            values.size() * sizeof(T)};
  }

  std::string text;
};
} // namespace

std::string WeightCache::nameOf(ElementsAttr value, ArrayAttr steps) const {
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  if (!files.isOn() || !resource || !steps || steps.empty() ||
      compilerIdentity().empty())
    return "";
  AsmResourceBlob *blob = resource.getRawHandle().getBlob();
  if (!blob || blob->getData().size() < leastBytes)
    return "";
  llvm::XXH128_hash_t data = llvm::xxh3_128bits(bytesOf(blob->getData()));
  Describer describer;
  describer.add('v', compilerIdentity());
  describer.add('l', std::to_string(data.low64));
  describer.add('h', std::to_string(data.high64));
  if (!describer.addType(value.getType()) || !describer.add(steps))
    return "";
  llvm::XXH128_hash_t name =
      llvm::xxh3_128bits(llvm::arrayRefFromStringRef(describer.description()));
  return llvm::utohexstr(name.high64, /*LowerCase=*/true, /*Width=*/16) +
         llvm::utohexstr(name.low64, /*LowerCase=*/true, /*Width=*/16);
}

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

static bool readAll(int descriptor, void *to, size_t size) {
  auto *next = static_cast<uint8_t *>(to);
  while (size > 0) {
    ssize_t got = ::read(descriptor, next, size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return false;
    next += got;
    size -= size_t(got);
  }
  return true;
}

/// Reads instead of mapping: a file that shrinks meanwhile is no trap.
bool WeightCache::read(int descriptor, const std::string &name, size_t size) {
  struct stat info;
  FileHead head;
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode) ||
      uint64_t(info.st_size) != sizeof head + size ||
      !readAll(descriptor, &head, sizeof head))
    return false;
  if (capacity < size) {
    buffer.reset(new uint8_t[size]);
    capacity = size;
  }
  if (!readAll(descriptor, buffer.get(), size))
    return false;
  FileHead wanted = headOf(name, {buffer.get(), size});
  return std::memcmp(&head, &wanted, sizeof head) == 0;
}

std::optional<absl::Span<const uint8_t>>
WeightCache::find(const std::string &name, size_t size) {
  int descriptor = open(files.pathOf(name).c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return std::nullopt;
  bool isWhole = read(descriptor, name, size);
  close(descriptor);
  if (!isWhole) {
    files.remove(name);
    return std::nullopt;
  }
  files.touch(name);
  return absl::MakeConstSpan(buffer.get(), size);
}

void WeightCache::store(const std::string &name,
                        absl::Span<const uint8_t> bytes) {
  if (isReadOnly)
    return;
  FileHead head = headOf(name, bytes);
  std::string problem = files.store(
      name,
      {absl::MakeConstSpan(reinterpret_cast<uint8_t *>(&head), sizeof head),
       bytes});
  isReadOnly = !problem.empty();
  hasGrown = true;
}

WeightCache::~WeightCache() {
  if (hasGrown)
    files.evict();
}

} // namespace tilicho::compiler
