// SPDX-License-Identifier: Apache-2.0
// Bounds checks, and pages from the operating system.
#include "runtime/Emulator/Memory.h"

#include "runtime/Emulator/Trap.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <utility>

namespace tilicho {

//===-- Pages -------------------------------------------------------------===//

Pages::Pages(size_t size) : length(size) {
  if (!size)
    return;
  void *mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    throw std::bad_alloc();
  madvise(mapped, size, MADV_HUGEPAGE);
  bytes = static_cast<uint8_t *>(mapped);
}

Pages::~Pages() {
  if (bytes)
    munmap(bytes, length);
}

Pages::Pages(Pages &&other) noexcept
    : bytes(std::exchange(other.bytes, nullptr)),
      length(std::exchange(other.length, 0)) {}

Pages &Pages::operator=(Pages &&other) noexcept {
  std::swap(bytes, other.bytes);
  std::swap(length, other.length);
  return *this;
}

Pages PageReserve::take(size_t size) {
  Pages taken;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto fits = std::find_if(idle.begin(), idle.end(), [&](const Pages &pages) {
      return pages.size() == size;
    });
    if (fits == idle.end())
      return Pages(size);
    taken = std::move(*fits);
    idle.erase(fits);
    held -= size;
  }
  std::memset(taken.data(), 0, size);
  return taken;
}

void PageReserve::give(Pages pages) {
  std::lock_guard<std::mutex> lock(mutex);
  held += pages.size();
  idle.push_back(std::move(pages));
  for (; held > limit; idle.erase(idle.begin()))
    held -= idle.front().size();
}

BorrowedPages::BorrowedPages(size_t size, PageReserve *reserve)
    : pages(reserve ? reserve->take(size) : Pages(size)), reserve(reserve) {}

BorrowedPages::~BorrowedPages() {
  if (reserve && pages.size())
    reserve->give(std::move(pages));
}

//===-- Ranges ------------------------------------------------------------===//

ByteRange rangeOf(const Operand &operand, int first) {
  ByteRange range{0, isa::sizeOf(operand.dtype)};
  for (int d = first; d < 5; ++d) {
    int64_t reach = (operand.counts[d] - 1) * operand.steps[d];
    (reach < 0 ? range.begin : range.end) += reach;
  }
  return range;
}

//===-- On chip -----------------------------------------------------------===//

// Partitions of equal power-of-two size would share cache sets; an odd number
// of lines between them spreads them.
static int64_t spread(int64_t bytes) {
  constexpr int64_t line = 64;
  return ((bytes + line - 1) / line | 1) * line;
}

// Vectors may read beyond the last element.
static constexpr int64_t readAhead = 256;

OnChipMemory::OnChipMemory(std::string name, int64_t partitions,
                           int64_t bytesPerPartition, int64_t quantum,
                           PageReserve *reserve)
    : label(std::move(name)), numPartitions(partitions),
      numBytes(bytesPerPartition), quantum(quantum),
      stride(spread(bytesPerPartition)),
      pages(size_t(partitions * stride + readAhead), reserve) {}

void OnChipMemory::check(const Operand &operand, int64_t address) const {
  ByteRange range = rangeOf(operand, 1);
  if (address + range.begin >= 0 && address + range.end <= numBytes)
    return;
  trap(TrapKind::OutOfBounds, "bytes ", address + range.begin, " to ",
       address + range.end, " of a partition of ", label, ", which has ",
       numBytes);
}

void OnChipMemory::place(Operand &operand, int64_t partition,
                         int64_t address) const {
  if (partition % quantum)
    trap(TrapKind::OutOfBounds, "first partition ", partition, " of ", label,
         " is not a multiple of ", quantum);
  operand.steps[0] = 1;
  placeAnywhere(operand, partition, address);
}

void OnChipMemory::placeAnywhere(Operand &operand, int64_t partition,
                                 int64_t address) const {
  int64_t reach = (operand.counts[0] - 1) * operand.steps[0];
  int64_t low = partition + std::min<int64_t>(reach, 0);
  int64_t high = partition + std::max<int64_t>(reach, 0);
  if (low < 0 || high >= numPartitions)
    trap(TrapKind::OutOfBounds, "partitions ", low, " to ", high + 1, " of ",
         label, ", which has ", numPartitions);
  check(operand, address);
  operand.steps[0] *= stride;
  operand.data = at(partition, address);
}

//===-- HBM ---------------------------------------------------------------===//

uint16_t HbmMemory::add(HbmSegment segment) {
  segments.push_back(std::move(segment));
  return uint16_t(segments.size() - 1);
}

void HbmMemory::place(Operand &operand, int64_t segment, int64_t offset,
                      bool forWriting) const {
  if (segment >= int64_t(segments.size()))
    trap(TrapKind::OutOfBounds, "segment ", segment, " of HBM, which has ",
         segments.size());
  const HbmSegment &target = segments[segment];
  if (forWriting && !target.writable)
    trap(TrapKind::BadOperand, "segment '", target.name,
         "' is written but can only be read");
  operand.steps[0] *= isa::sizeOf(operand.dtype);
  ByteRange range = rangeOf(operand, 0);
  if (offset + range.begin < 0 || offset + range.end > target.bytes)
    trap(TrapKind::OutOfBounds, "bytes ", offset + range.begin, " to ",
         offset + range.end, " of segment '", target.name, "', which has ",
         target.bytes);
  operand.data = target.data + offset;
}

} // namespace tilicho
