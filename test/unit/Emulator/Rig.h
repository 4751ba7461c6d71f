// SPDX-License-Identifier: Apache-2.0
// Small programs for tests of the emulator, from assembly text.
#ifndef TILICHO_TEST_UNIT_EMULATOR_RIG_H
#define TILICHO_TEST_UNIT_EMULATOR_RIG_H

#include "runtime/Emulator/Emulator.h"

#include <cstring>
#include <deque>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace tilicho {

/// A machine, its segments and queues, and the memory that tests look at.
class Rig {
public:
  explicit Rig(const std::string &machine = "trn1",
               const std::vector<std::string> &settings = {});

  /// Instructions, one a line; each belongs to the node `node of QUEUE`.
  Rig &queue(const std::string &name, const std::string &text);

  /// A ring of two slots of SBUF in loops of dma0, which reads segment 0, and
  /// vec; dma0 runs `ahead` slots ahead, where 1 is right.
  Rig &ring(int ahead);

  /// Segments are numbered in the order of these calls.
  template <class T> Rig &input(const std::vector<T> &values) {
    return add(Segment::Kind::Input, bytesOf(values));
  }
  template <class T> Rig &constant(const std::vector<T> &values) {
    return add(Segment::Kind::Constant, bytesOf(values));
  }
  Rig &output(size_t bytes) { return add(Segment::Kind::Output, Bytes(bytes)); }
  Rig &scratch(size_t bytes) {
    return add(Segment::Kind::Scratch, Bytes(bytes));
  }

  const Program &built() const { return program; }

  /// What is in SBUF before the run.
  template <class T>
  Rig &put(int partition, int address, const std::vector<T> &values) {
    std::memcpy(emulator().state().sbuf.at(partition, address), values.data(),
                values.size() * sizeof(T));
    return *this;
  }

  absl::Status run();
  /// Runs, which must succeed.
  Rig &go();
  /// Runs, which must fail; gives the message.
  std::string fail();

  template <class T>
  std::vector<T> sbuf(int partition, int address, int count) {
    return read<T>(emulator().state().sbuf.at(partition, address), count);
  }
  template <class T>
  std::vector<T> psum(int partition, int address, int count) {
    return read<T>(emulator().state().psum.at(partition, address), count);
  }
  template <class T> std::vector<T> segment(int index) {
    const Bytes &bytes = storage[index];
    return read<T>(bytes.data(), int(bytes.size() / sizeof(T)));
  }

  /// Created at first use; queues and segments must be there by then.
  Emulator &emulator();
  Machine &machine() { return program.machine; }

  RunOptions options;
  RunResult result;

private:
  using Bytes = std::vector<uint8_t>;

  template <class T> static Bytes bytesOf(const std::vector<T> &values) {
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
  }
  template <class T> static std::vector<T> read(const uint8_t *from, int n) {
    std::vector<T> values(static_cast<size_t>(n));
    std::memcpy(values.data(), from, values.size() * sizeof(T));
    return values;
  }
  Rig &add(Segment::Kind kind, Bytes bytes);

  Program program;
  std::deque<Bytes> storage, code;
  std::unique_ptr<Emulator> made;
};

/// `text`, `count` times.
std::string repeated(const std::string &text, int count);

} // namespace tilicho

#endif // TILICHO_TEST_UNIT_EMULATOR_RIG_H
