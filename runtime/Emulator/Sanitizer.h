// SPDX-License-Identifier: Apache-2.0
// Traps on reads of what was never written, on races, and on sources that an
// instruction itself overwrites.
#ifndef TILICHO_RUNTIME_EMULATOR_SANITIZER_H
#define TILICHO_RUNTIME_EMULATOR_SANITIZER_H

#include "runtime/Emulator/Observer.h"
#include "runtime/Emulator/RaceDetector.h"
#include "runtime/Emulator/Shadow.h"
#include "runtime/Program/Program.h"

#include <optional>

namespace tilicho {

class Sanitizer : public Observer, public AccessListener {
public:
  /// What is read without having been written is found if `checksWrites`.
  Sanitizer(const Program &program, State &state, bool checksWrites = true)
      : program(program), state(state), checksWrites(checksWrites), clocks(0) {}

  /// Forgets everything; inputs and constants are written.
  void restart();

  void onStart(const Event &event) override;
  void onWait(unsigned queue, unsigned semaphore, int64_t value) override;
  void onSignal(unsigned queue, unsigned semaphore, int64_t increment) override;
  void onAccess(const MemoryAccess &access) override;

private:
  /// A memory or segment.
  struct Area {
    std::string name;
    const OnChipMemory *memory;
    /// Absent where everything is written from the start.
    std::optional<Shadow> shadow;
    RaceDetector races;
  };

  /// An access that the instruction that runs has made.
  struct OwnAccess {
    const Area *area;
    Footprint footprint;
  };

  Area &areaOf(const MemoryAccess &access);
  Footprint footprintOf(const MemoryAccess &access, const Area &area) const;
  void checkWritten(const MemoryAccess &access, const Area &area) const;
  void checkRace(const MemoryAccess &access, const Footprint &footprint,
                 Area &area);
  void checkOwn(AccessMode mode, const Footprint &footprint, const Area &area);

  const Program &program;
  State &state;
  bool checksWrites;
  VectorClocks clocks;
  /// SBUF, PSUM, then segments.
  std::vector<Area> areas;
  /// The instruction that runs.
  unsigned queue = 0;
  uint32_t index = 0, epoch = 0;
  std::vector<OwnAccess> ownReads, ownWrites;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_SANITIZER_H
