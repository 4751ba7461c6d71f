// SPDX-License-Identifier: Apache-2.0
// Reads zip archives through their directory; writes them without compression.
#include "runtime/Tensors/Zip.h"

#include "absl/strings/str_cat.h"

#include <cstring>
#include <zlib.h>

namespace tilicho {
namespace {

using Bytes = absl::Span<const uint8_t>;

constexpr uint32_t localSignature = 0x04034b50;
constexpr uint32_t directorySignature = 0x02014b50;
constexpr uint32_t endSignature = 0x06054b50;
constexpr uint32_t wideEndSignature = 0x06064b50;
constexpr uint32_t wideLocatorSignature = 0x07064b50;
constexpr size_t localBytes = 30, directoryBytes = 46, endBytes = 22;
constexpr size_t wideEndBytes = 56, wideLocatorBytes = 20;
constexpr uint16_t stored = 0, deflated = 8;
constexpr uint16_t wideField = 1;
/// Version 4.5 of the format has sizes of 64 bits.
constexpr uint16_t formatVersion = 45;

template <class... Args> absl::Status invalid(const Args &...args) {
  return absl::InvalidArgumentError(
      absl::StrCat("the zip archive is damaged: ", args...));
}

template <class Number> Number load(Bytes bytes, size_t at) {
  Number value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

/// Whether `size` bytes lie in the archive from `at` on.
bool isInside(Bytes archive, uint64_t at, uint64_t size) {
  return at <= archive.size() && size <= archive.size() - at;
}

struct Directory {
  uint64_t offset = 0, count = 0;
};

absl::StatusOr<Directory> findDirectory(Bytes archive) {
  // The last record is followed by a comment of up to 65535 bytes.
  for (size_t back = endBytes;
       back <= archive.size() && back <= endBytes + 65535; ++back) {
    const size_t at = archive.size() - back;
    if (load<uint32_t>(archive, at) != endSignature)
      continue;
    Directory found;
    found.count = load<uint16_t>(archive, at + 10);
    found.offset = load<uint32_t>(archive, at + 16);
    if (at >= wideLocatorBytes &&
        load<uint32_t>(archive, at - wideLocatorBytes) ==
            wideLocatorSignature) {
      uint64_t wide = load<uint64_t>(archive, at - wideLocatorBytes + 8);
      if (!isInside(archive, wide, wideEndBytes) ||
          load<uint32_t>(archive, wide) != wideEndSignature)
        return invalid("its 64-bit directory is not where it says");
      found.count = load<uint64_t>(archive, wide + 32);
      found.offset = load<uint64_t>(archive, wide + 48);
    }
    return found;
  }
  return absl::InvalidArgumentError(
      "it is no zip archive: it has no directory at its end");
}

struct DirectoryEntry {
  std::string name;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t packedSize = 0, size = 0, offset = 0;
};

/// Replaces sizes that do not fit 32 bits by those of the extra field.
void readWideSizes(Bytes extra, DirectoryEntry &entry) {
  while (extra.size() >= 4) {
    const auto id = load<uint16_t>(extra, 0);
    const size_t size = load<uint16_t>(extra, 2);
    extra.remove_prefix(4);
    if (size > extra.size())
      return;
    Bytes field = extra.subspan(0, size);
    extra.remove_prefix(size);
    if (id != wideField)
      continue;
    for (uint64_t *value : {&entry.size, &entry.packedSize, &entry.offset})
      if (*value == 0xffffffff && field.size() >= 8) {
        *value = load<uint64_t>(field, 0);
        field.remove_prefix(8);
      }
  }
}

/// Reads the entry at `at` and moves on to the next.
absl::StatusOr<DirectoryEntry> readEntry(Bytes archive, uint64_t &at) {
  if (!isInside(archive, at, directoryBytes) ||
      load<uint32_t>(archive, at) != directorySignature)
    return invalid("its directory is cut short");
  Bytes fixed = archive.subspan(at, directoryBytes);
  const size_t nameBytes = load<uint16_t>(fixed, 28);
  const size_t extraBytes = load<uint16_t>(fixed, 30);
  const size_t rest = nameBytes + extraBytes + load<uint16_t>(fixed, 32);
  if (!isInside(archive, at + directoryBytes, rest))
    return invalid("its directory is cut short");
  DirectoryEntry entry;
  entry.method = load<uint16_t>(fixed, 10);
  entry.crc = load<uint32_t>(fixed, 16);
  entry.packedSize = load<uint32_t>(fixed, 20);
  entry.size = load<uint32_t>(fixed, 24);
  entry.offset = load<uint32_t>(fixed, 42);
  const uint8_t *name = fixed.data() + directoryBytes;
  entry.name.assign(name, name + nameBytes);
  readWideSizes({name + nameBytes, extraBytes}, entry);
  at += directoryBytes + rest;
  return entry;
}

absl::Status inflateAll(Bytes packed, uint8_t *out, size_t size) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) // no zlib header
    return absl::ResourceExhaustedError("zlib has no memory");
  int result = Z_OK;
  while (result == Z_OK) {
    // zlib counts in 32 bits.
    const size_t in = std::min<size_t>(packed.size(), 1u << 30);
    const size_t room = std::min<size_t>(size, 1u << 30);
    stream.next_in = const_cast<Bytef *>(packed.data());
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = out;
    stream.avail_out = static_cast<uInt>(room);
    result = inflate(&stream, Z_NO_FLUSH);
    packed.remove_prefix(in - stream.avail_in);
    out += room - stream.avail_out;
    size -= room - stream.avail_out;
    if (result == Z_OK && in == stream.avail_in && room == stream.avail_out)
      break;
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || size != 0)
    return invalid("compressed data do not unpack to their size");
  return absl::OkStatus();
}

uint32_t crcOf(Bytes bytes, uint32_t crc = 0) {
  return static_cast<uint32_t>(crc32_z(crc, bytes.data(), bytes.size()));
}

/// Where the member's data lie, past the local header.
absl::StatusOr<Bytes> packedBytes(Bytes archive, const DirectoryEntry &entry) {
  if (!isInside(archive, entry.offset, localBytes) ||
      load<uint32_t>(archive, entry.offset) != localSignature)
    return invalid("member ", entry.name, " is not where it says");
  const uint64_t start = entry.offset + localBytes +
                         load<uint16_t>(archive, entry.offset + 26) +
                         load<uint16_t>(archive, entry.offset + 28);
  if (!isInside(archive, start, entry.packedSize))
    return invalid("member ", entry.name, " is cut short");
  return archive.subspan(start, entry.packedSize);
}

absl::Status unpack(Bytes packed, const DirectoryEntry &entry,
                    ZipMember &member) {
  if (entry.method == stored) {
    if (entry.size != entry.packedSize)
      return invalid("member ", entry.name, " has two sizes");
    member.bytes = packed;
    return absl::OkStatus();
  }
  if (entry.method != deflated)
    return absl::UnimplementedError(
        absl::StrCat("member ", entry.name, " is packed by method ",
                     entry.method, "; 0 and 8 (deflate) are known"));
  // Deflate packs at most 1032 to 1: a larger claim would only take memory.
  if (entry.size / 1032 > entry.packedSize)
    return invalid("member ", entry.name, " claims ", entry.size, " bytes");
  auto buffer = std::make_shared<std::vector<uint8_t>>(entry.size);
  absl::Status status = inflateAll(packed, buffer->data(), buffer->size());
  member.bytes = *buffer;
  member.owner = buffer;
  return status;
}

//===--- Writing ----------------------------------------------------------===//

struct Record {
  std::string bytes;
  template <class Number> Record &add(Number value) {
    bytes.append(reinterpret_cast<const char *>(&value), sizeof(value));
    return *this;
  }
};

/// Version, flags, method, time and date (1980-01-01) of local and directory.
void addCommon(Record &record, uint32_t crc) {
  record.add(formatVersion).add(uint16_t(0x800)).add(stored); // UTF-8 names
  record.add(uint16_t(0)).add(uint16_t(0x21)).add(crc);
}

} // namespace

absl::StatusOr<std::vector<ZipMember>>
readZip(Bytes archive, std::shared_ptr<const void> owner) {
  absl::StatusOr<Directory> directory = findDirectory(archive);
  if (!directory.ok())
    return directory.status();
  std::vector<ZipMember> members;
  uint64_t at = directory->offset;
  for (uint64_t i = 0; i < directory->count; ++i) {
    absl::StatusOr<DirectoryEntry> entry = readEntry(archive, at);
    if (!entry.ok())
      return entry.status();
    absl::StatusOr<Bytes> packed = packedBytes(archive, *entry);
    if (!packed.ok())
      return packed.status();
    ZipMember member{entry->name, {}, owner};
    if (absl::Status status = unpack(*packed, *entry, member); !status.ok())
      return status;
    if (crcOf(member.bytes) != entry->crc)
      return invalid("member ", entry->name, " has a wrong checksum");
    members.push_back(std::move(member));
  }
  return members;
}

absl::Status ZipWriter::write(const std::string &record) {
  position += record.size();
  return sink(
      {reinterpret_cast<const uint8_t *>(record.data()), record.size()});
}

absl::Status ZipWriter::add(const std::string &name,
                            absl::Span<const absl::Span<const uint8_t>> parts) {
  Entry entry{name, 0, 0, position};
  for (Bytes part : parts) {
    entry.crc = crcOf(part, entry.crc);
    entry.size += part.size();
  }
  Record local;
  local.add(localSignature);
  addCommon(local, entry.crc);
  local.add(0xffffffffu).add(0xffffffffu);
  local.add(uint16_t(name.size())).add(uint16_t(20));
  local.bytes += name;
  local.add(wideField).add(uint16_t(16)).add(entry.size).add(entry.size);
  absl::Status status = write(local.bytes);
  for (Bytes part : parts) {
    if (!status.ok())
      return status;
    position += part.size();
    status = sink(part);
  }
  entries.push_back(std::move(entry));
  return status;
}

absl::Status ZipWriter::finish() {
  const uint64_t start = position;
  Record directory;
  for (const Entry &entry : entries) {
    directory.add(directorySignature).add(formatVersion);
    addCommon(directory, entry.crc);
    directory.add(0xffffffffu).add(0xffffffffu);
    directory.add(uint16_t(entry.name.size())).add(uint16_t(28));
    // No comment, disk 0, attributes: a file that its owner reads and writes.
    directory.add(uint16_t(0)).add(uint16_t(0)).add(uint16_t(0));
    directory.add(uint32_t(0600) << 16).add(0xffffffffu);
    directory.bytes += entry.name;
    directory.add(wideField).add(uint16_t(24));
    directory.add(entry.size).add(entry.size).add(entry.offset);
  }
  const uint64_t size = directory.bytes.size(), count = entries.size();
  Record end;
  end.add(wideEndSignature).add(uint64_t(wideEndBytes - 12));
  end.add(formatVersion).add(formatVersion).add(uint32_t(0)).add(uint32_t(0));
  end.add(count).add(count).add(size).add(start);
  end.add(wideLocatorSignature).add(uint32_t(0)).add(start + size);
  end.add(uint32_t(1));
  end.add(endSignature).add(uint16_t(0)).add(uint16_t(0));
  end.add(uint16_t(0xffff)).add(uint16_t(0xffff));
  end.add(0xffffffffu).add(0xffffffffu).add(uint16_t(0));
  absl::Status status = write(directory.bytes);
  return status.ok() ? write(end.bytes) : status;
}

} // namespace tilicho
