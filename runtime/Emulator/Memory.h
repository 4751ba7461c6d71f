// SPDX-License-Identifier: Apache-2.0
// The memories of the machine. They check their own bounds and trap.
#ifndef TILICHO_RUNTIME_EMULATOR_MEMORY_H
#define TILICHO_RUNTIME_EMULATOR_MEMORY_H

#include "runtime/Emulator/Operand.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tilicho {

/// Bytes that the operating system gives zeroed and only when touched, in large
/// pages where it can.
class Pages {
public:
  Pages() = default;
  explicit Pages(size_t size);
  ~Pages();
  Pages(Pages &&other) noexcept;
  Pages &operator=(Pages &&other) noexcept;

  uint8_t *data() const { return bytes; }
  size_t size() const { return length; }

private:
  uint8_t *bytes = nullptr;
  size_t length = 0;
};

/// Pages that runs gave back, for later ones that need as many bytes: a page of
/// the system's has to be made first. May be shared by runs at the same time.
class PageReserve {
public:
  /// Keeps at most so many bytes, those that came last.
  explicit PageReserve(size_t limit = size_t(256) << 20) : limit(limit) {}

  /// Zeroed, as new ones are.
  Pages take(size_t size);
  void give(Pages pages);

private:
  std::mutex mutex;
  size_t limit, held = 0;
  std::vector<Pages> idle;
};

/// Pages of a reserve for as long as it lives; of the system without one.
class BorrowedPages {
public:
  BorrowedPages(size_t size, PageReserve *reserve);
  ~BorrowedPages();
  BorrowedPages(BorrowedPages &&) = default;

  uint8_t *data() const { return pages.data(); }

private:
  Pages pages;
  PageReserve *reserve;
};

/// The least and greatest byte offset, from its first element, that an operand
/// touches in one partition, and their end.
struct ByteRange {
  int64_t begin;
  int64_t end;
};
/// Over the free dimensions, `first` (0: all five, 1: the last four) on.
ByteRange rangeOf(const Operand &operand, int first);

/// A memory of partitions: SBUF or PSUM.
class OnChipMemory {
public:
  OnChipMemory(std::string name, int64_t partitions, int64_t bytesPerPartition,
               int64_t quantum, PageReserve *reserve = nullptr);

  /// Makes `operand` (dtype, counts and steps of the free dimensions given)
  /// start at `address` of `partition`. Traps when it does not lie inside; an
  /// engine's operand starts at a multiple of the quantum.
  void place(Operand &operand, int64_t partition, int64_t address) const;
  /// The same for DMA: any partition, and `operand.steps[0]` in partitions.
  void placeAnywhere(Operand &operand, int64_t partition,
                     int64_t address) const;

  uint8_t *at(int64_t partition, int64_t address) const {
    return pages.data() + partition * stride + address;
  }
  int64_t partitions() const { return numPartitions; }
  int64_t bytesPerPartition() const { return numBytes; }
  /// Distance in host memory between partitions.
  int64_t partitionStride() const { return stride; }
  const std::string &name() const { return label; }

private:
  void check(const Operand &operand, int64_t address) const;

  std::string label;
  int64_t numPartitions, numBytes, quantum, stride;
  BorrowedPages pages;
};

/// A buffer in HBM: the caller's, the program file's, or scratch.
struct HbmSegment {
  std::string name;
  uint8_t *data = nullptr;
  int64_t bytes = 0;
  bool writable = false;
};

/// Off-chip memory, a number of segments.
class HbmMemory {
public:
  uint16_t add(HbmSegment segment);
  void setData(size_t segment, uint8_t *data) { segments[segment].data = data; }

  /// As OnChipMemory::placeAnywhere, at byte `offset` of a segment.
  void place(Operand &operand, int64_t segment, int64_t offset,
             bool forWriting) const;

  const HbmSegment &operator[](size_t segment) const {
    return segments[segment];
  }
  size_t size() const { return segments.size(); }

private:
  std::vector<HbmSegment> segments;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_MEMORY_H
