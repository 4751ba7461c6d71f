// SPDX-License-Identifier: Apache-2.0
// Programs for tests of the cycle model, from assembly text.
#include "AssembledProgram.h"

#include "lib/MachineFile/MachineFile.h"
#include "runtime/Isa/Assembly.h"

#include <gtest/gtest.h>
#include <sstream>

namespace tilicho::timing {

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

Program assemble(const std::vector<QueueText> &queues,
                 const std::vector<std::string> &settings,
                 const std::string &machine) {
  auto storage = std::make_shared<std::vector<std::vector<uint8_t>>>();
  Program program;
  program.machine = *compiler::readMachine(machine, settings);
  for (auto &[name, text] : queues)
    storage->push_back(assembleQueue(text));
  for (size_t id = 0; id < queues.size(); ++id) {
    QueueCode code;
    code.name = queues[id].first;
    code.bytes = (*storage)[id];
    code.nodeMap = {{0, uint32_t(id)}};
    program.queues.push_back(code);
    program.nodes.push_back(queues[id].first);
  }
  program.segments.resize(2);
  program.storage = storage;
  return program;
}

Result timed(const std::vector<QueueText> &queues,
             const std::vector<std::string> &settings,
             const std::string &machine) {
  Program program = assemble(queues, settings, machine);
  absl::StatusOr<Result> result = simulate(program);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : Result();
}

std::string repeated(const std::string &text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += text;
  return all;
}

} // namespace tilicho::timing
