// SPDX-License-Identifier: Apache-2.0
// Checks each access against what was written and what is ordered.
#include "runtime/Emulator/Sanitizer.h"

#include "runtime/Emulator/Code.h"
#include "runtime/Emulator/Trap.h"

namespace tilicho {

void Sanitizer::restart() {
  clocks = VectorClocks(unsigned(program.queues.size()));
  areas.clear();
  for (const OnChipMemory *memory : {&state.sbuf, &state.psum}) {
    areas.push_back({memory->name(), memory, std::nullopt,
                     RaceDetector(memory->bytesPerPartition())});
    if (checksWrites)
      areas.back().shadow.emplace(
          memory->at(0, 0),
          size_t(memory->partitions() * memory->partitionStride()));
  }
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const HbmSegment &segment = state.hbm[i];
    Area area{concat("segment '", segment.name, "'"), nullptr, std::nullopt,
              RaceDetector(segment.bytes)};
    const bool isWritten =
        program.segments[i].updates != Segment::updatesNothing;
    if (segment.writable && !isWritten && checksWrites)
      area.shadow.emplace(segment.data, size_t(segment.bytes));
    areas.push_back(std::move(area));
  }
}

void Sanitizer::onStart(const Event &event) {
  queue = event.queue;
  index = event.index;
  epoch = clocks.begin(queue);
  ownReads.clear();
  ownWrites.clear();
}

void Sanitizer::onWait(unsigned queue, unsigned semaphore, int64_t value) {
  clocks.wait(queue, semaphore, value);
}

void Sanitizer::onSignal(unsigned queue, unsigned semaphore,
                         int64_t increment) {
  clocks.signal(queue, semaphore, increment);
}

Sanitizer::Area &Sanitizer::areaOf(const MemoryAccess &access) {
  switch (access.space) {
  case isa::Space::Sbuf:
    return areas[0];
  case isa::Space::Psum:
    return areas[1];
  default:
    return areas[2 + size_t(access.place)];
  }
}

void Sanitizer::onAccess(const MemoryAccess &access) {
  Area &area = areaOf(access);
  if (area.shadow) {
    if (access.mode != AccessMode::Write)
      checkWritten(access, area);
    if (access.mode != AccessMode::Read)
      area.shadow->mark(access.operand);
  }
  Footprint footprint = footprintOf(access, area);
  checkOwn(access.mode, footprint, area);
  checkRace(access, footprint, area);
}

void Sanitizer::checkWritten(const MemoryAccess &access,
                             const Area &area) const {
  int64_t at = area.shadow->findUnwritten(access.operand);
  if (at < 0)
    return;
  if (!area.memory)
    trap(TrapKind::Uninitialized, "byte ", at, " of ", area.name,
         " is read but was never written");
  int64_t stride = area.memory->partitionStride();
  trap(TrapKind::Uninitialized, "byte ", at % stride, " of partition ",
       at / stride, " of ", area.name, " is read but was never written");
}

Footprint Sanitizer::footprintOf(const MemoryAccess &access,
                                 const Area &area) const {
  Footprint footprint;
  footprint.offset = access.offset;
  footprint.size = isa::sizeOf(access.operand.dtype);
  footprint.counts = access.operand.counts;
  footprint.steps = access.operand.steps;
  if (!area.memory)
    return footprint;
  footprint.partition = access.place;
  footprint.partitions = footprint.counts[0];
  footprint.partitionStep = footprint.steps[0] / area.memory->partitionStride();
  footprint.counts[0] = 1;
  footprint.steps[0] = 0;
  return footprint;
}

/// Sources may be overwritten element by element, as each is read before.
void Sanitizer::checkOwn(AccessMode mode, const Footprint &footprint,
                         const Area &area) {
  const bool reads = mode == AccessMode::Read;
  for (const OwnAccess &other : reads ? ownWrites : ownReads)
    if (other.area == &area && !other.footprint.isSameOrder(footprint) &&
        other.footprint.overlaps(footprint))
      trap(TrapKind::Race, "reads and writes the same bytes of ", area.name,
           ", but not the same elements in the same order");
  (reads ? ownReads : ownWrites).push_back({&area, footprint});
}

void Sanitizer::checkRace(const MemoryAccess &access,
                          const Footprint &footprint, Area &area) {
  AccessRecord record{queue, index, epoch, access.mode != AccessMode::Read,
                      footprint};
  const AccessRecord *other = area.races.add(record, clocks);
  if (!other)
    return;
  trap(TrapKind::Race, record.writes ? "writes " : "reads ", area.name,
       " where ",
       placeOf(program, program.queues[other->queue], other->index, true),
       other->writes ? " writes" : " reads", ", and no semaphore orders them");
}

} // namespace tilicho
