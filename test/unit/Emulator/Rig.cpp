// SPDX-License-Identifier: Apache-2.0
// Assembles and runs the programs of tests.
#include "Rig.h"

#include "lib/MachineFile/MachineFile.h"
#include "runtime/Isa/Assembly.h"

#include <sstream>

namespace tilicho {

static std::vector<uint8_t> assembleQueue(const std::string &text) {
  std::vector<uint8_t> bytes;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(' ') == std::string::npos)
      continue;
    std::vector<uint8_t> instruction(isa::kInstructionBytes);
    isa::Lexer lexer(line);
    auto error = isa::parseInstruction(lexer, instruction.data());
    EXPECT_FALSE(error) << line << ": " << (error ? error->message : "");
    bytes.insert(bytes.end(), instruction.begin(), instruction.end());
  }
  return bytes;
}

Rig::Rig(const std::string &machine, const std::vector<std::string> &settings) {
  program.machine = *compiler::readMachine(machine, settings);
}

Rig &Rig::queue(const std::string &name, const std::string &text) {
  code.push_back(assembleQueue(text));
  QueueCode queue;
  queue.name = name;
  queue.bytes = code.back();
  queue.nodeMap = {{0, uint32_t(program.nodes.size())}};
  program.nodes.push_back("node of " + name);
  program.queues.push_back(queue);
  return *this;
}

Rig &Rig::add(Segment::Kind kind, Bytes bytes) {
  Segment segment;
  segment.kind = kind;
  segment.name = "s" + std::to_string(program.segments.size());
  segment.dtype = isa::DType::u8;
  segment.bytes = bytes.size();
  segment.shape = {int64_t(bytes.size())};
  storage.push_back(std::move(bytes));
  if (kind == Segment::Kind::Constant)
    segment.data = storage.back().data();
  program.segments.push_back(segment);
  return *this;
}

Emulator &Rig::emulator() {
  if (!made) {
    auto created = Emulator::create(program, options);
    if (!created.ok())
      throw std::runtime_error(std::string(created.status().message()));
    made = *std::move(created);
  }
  return *made;
}

Rig &Rig::ring(int ahead) {
  queue("dma0", "loop r1 < r0 + 9\n"
                "dma [4, 4] sbuf.f32[0, 0x0 + r2*64 : 1, 1] = "
                "hbm.f32[0, 0x0 : 4, 1], wait s2 >= -" +
                    std::to_string(ahead) +
                    " + r1, signal s1 += 1\n"
                    "add_wrap r2 = r2 + 1 mod 2\n"
                    "end_loop");
  return queue("vec", "loop r1 < r0 + 9\n"
                      "tensor_scalar [4, 4] sbuf.f32[0, 0x100 : 1] = "
                      "copy(add(sbuf.f32[0, 0x0 + r2*64 : 1], 1), 0), "
                      "wait s1 >= 1 + r1, signal s2 += 1\n"
                      "add_wrap r2 = r2 + 1 mod 2\n"
                      "end_loop");
}

absl::Status Rig::run() {
  try {
    emulator();
  } catch (const std::runtime_error &error) {
    return absl::InvalidArgumentError(error.what());
  }
  std::vector<const void *> inputs;
  std::vector<void *> outputs;
  for (uint32_t i : program.segmentsOf(Segment::Kind::Input))
    inputs.push_back(storage[i].data());
  for (uint32_t i : program.segmentsOf(Segment::Kind::Output))
    outputs.push_back(storage[i].data());
  auto ran = made->run(inputs, outputs);
  if (ran.ok())
    result = *ran;
  return ran.status();
}

Rig &Rig::go() {
  absl::Status status = run();
  EXPECT_TRUE(status.ok()) << status;
  return *this;
}

std::string Rig::fail() {
  absl::Status status = run();
  EXPECT_FALSE(status.ok());
  return std::string(status.message());
}

std::string repeated(const std::string &text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += text;
  return all;
}

} // namespace tilicho
