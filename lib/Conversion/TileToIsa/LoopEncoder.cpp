// SPDX-License-Identifier: Apache-2.0
// Loops and branches of run time in the streams of all queues.
#include "lib/Conversion/TileToIsa/LoopEncoder.h"

#include "lib/Conversion/TileToIsa/AssignQueues.h"

#include "llvm/ADT/TypeSwitch.h"

#include <set>

using namespace mlir;

namespace tilicho::compiler {

// Registers of every queue. Register 0 is always 0.
constexpr uint8_t zeroRegister = 0;
/// What the iterations of loops have added to every semaphore.
constexpr uint8_t addedRegister = 1;
constexpr uint8_t conditionRegister = 2;

/// The queue that the others wait for where all meet.
constexpr auto hub = static_cast<uint32_t>(isa::QueueKind::sync);

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

StreamWriter::StreamWriter(const InstructionList &list, uint32_t numQueues)
    : signalled(numQueues), streams(numQueues),
      hasLoops(!list.borders.empty()) {}

uint8_t *StreamWriter::append(uint32_t queue, uint32_t node,
                              const isa::Header &header, isa::Opcode opcode) {
  QueueStream &stream = streams[queue];
  uint32_t number = stream.numInstructions();
  if (stream.nodeMap.empty() || stream.nodeMap.back().node != node)
    stream.nodeMap.push_back({number, node});
  stream.bytes.resize(stream.bytes.size() + isa::kInstructionBytes);
  uint8_t *bytes = &stream.bytes[size_t(number) * isa::kInstructionBytes];
  isa::encodeHeader(header, opcode, bytes);
  return bytes;
}

void StreamWriter::setWait(isa::Header &header, uint32_t queue,
                           int32_t count) const {
  header.waitSemaphore = queue;
  header.waitValue = count;
  if (hasLoops)
    header.waitRegister = addedRegister;
}

std::vector<QueueStream> StreamWriter::takeStreams() {
  std::vector<QueueStream> used;
  for (uint32_t queue = 0; queue < streams.size(); ++queue) {
    streams[queue].name = queueName(queue);
    if (!streams[queue].bytes.empty())
      used.push_back(std::move(streams[queue]));
  }
  return used;
}

//===----------------------------------------------------------------------===//
// Meeting
//===----------------------------------------------------------------------===//

LoopEncoder::LoopEncoder(const InstructionList &list, StreamWriter &writer)
    : list(list), writer(writer), next(list.borders.begin()) {
  std::set<uint32_t> used = {hub};
  for (const Instruction &instruction : list.instructions)
    used.insert(instruction.queue);
  queues.assign(used.begin(), used.end());
}

void LoopEncoder::signal(uint32_t queue, uint32_t node, int32_t increment) {
  constexpr int32_t largest = UINT8_MAX;
  writer.signalled[queue] += increment;
  for (; increment > 0; increment -= largest) {
    isa::Header header;
    header.signalSemaphore = queue;
    header.signalIncrement = std::min(increment, largest);
    writer.append(queue, node, header, isa::Opcode::signal);
  }
}

/// For all that `other` has signalled so far.
void LoopEncoder::wait(uint32_t queue, uint32_t node, uint32_t other) {
  isa::Header header;
  writer.setWait(header, other, writer.signalled[other]);
  writer.append(queue, node, header, isa::Opcode::wait);
}

void LoopEncoder::meet(uint32_t node, ArrayRef<int32_t> increments) {
  for (uint32_t queue : queues)
    if (queue != hub)
      signal(queue, node, increments[queue]);
  for (uint32_t queue : queues)
    if (queue != hub)
      wait(hub, node, queue);
  signal(hub, node, increments[hub]);
  for (uint32_t queue : queues)
    if (queue != hub)
      wait(queue, node, hub);
}

//===----------------------------------------------------------------------===//
// Parts that may be executed
//===----------------------------------------------------------------------===//

void LoopEncoder::encodeBordersBefore(int64_t index) {
  using namespace ir::tile;
  for (; next != list.borders.end() && next->position <= index; ++next)
    llvm::TypeSwitch<Operation *>(next->op)
        .Case<BeginWhileOp>([&](auto) { beginLoop(*next); })
        .Case<EndWhileOp>([&](auto) { endLoop(*next); })
        .Case<BeginIfOp>([&](auto) { beginBranch(*next); })
        .Case<ElseOp>([&](auto) { divideBranch(*next); })
        .Case<EndIfOp>([&](auto) { endBranch(*next); });
}

void LoopEncoder::loadCondition(uint32_t queue, const Border &border) {
  isa::LoadRegisterInst load;
  load.rd = conditionRegister;
  load.access.space = isa::Space::Hbm;
  load.access.dtype = isa::DType::boolean;
  load.access.place = list.buffers[border.condition].address;
  isa::encode(load, writer.append(queue, border.node, {},
                                  isa::LoadRegisterInst::opcode));
}

/// Returns where the branch stands.
uint32_t LoopEncoder::branchIfZero(uint32_t queue, uint32_t node, uint8_t reg,
                                   uint32_t target) {
  isa::BranchInst branch;
  branch.flags = 1;
  branch.ra = reg;
  branch.target = target;
  isa::encode(branch, writer.append(queue, node, {}, isa::BranchInst::opcode));
  return writer.length(queue) - 1;
}

/// The branch at `place` goes to what comes next.
void LoopEncoder::setTarget(uint32_t queue, uint32_t place) {
  uint8_t *bytes =
      &writer.bytesOf(queue)[size_t(place) * isa::kInstructionBytes];
  auto branch = isa::decodeAs<isa::BranchInst>(bytes);
  branch.target = writer.length(queue);
  isa::encode(branch, bytes);
}

LoopEncoder::Part LoopEncoder::beginPart(const Border &border) {
  Part part{std::vector<uint32_t>(writer.signalled.size()),
            std::vector<uint32_t>(writer.signalled.size()), writer.signalled};
  for (uint32_t queue : queues) {
    part.head[queue] = writer.length(queue);
    loadCondition(queue, border);
    part.exit[queue] = branchIfZero(queue, border.node, conditionRegister, 0);
  }
  return part;
}

/// All queues meet, and every semaphore has counted as far as the others since
/// the part began; outside nothing of it is counted.
void LoopEncoder::endPart(uint32_t node, const Part &part) {
  int32_t added = 0;
  for (uint32_t queue : queues)
    added = std::max(added, writer.signalled[queue] - part.before[queue] + 1);
  std::vector<int32_t> rest(writer.signalled.size());
  for (uint32_t queue : queues)
    rest[queue] = added - (writer.signalled[queue] - part.before[queue]);
  meet(node, rest);
  for (uint32_t queue : queues) {
    isa::AluInst add;
    add.rd = add.ra = addedRegister;
    add.alu = isa::RegisterOp::add;
    add.imm = added;
    isa::encode(add, writer.append(queue, node, {}, isa::AluInst::opcode));
  }
  writer.signalled = part.before;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

std::vector<int32_t> LoopEncoder::oneEach() const {
  return std::vector<int32_t>(writer.signalled.size(), 1);
}

void LoopEncoder::beginLoop(const Border &border) {
  meet(border.node, oneEach());
  open.push_back(beginPart(border));
  meet(border.node, oneEach());
}

void LoopEncoder::endLoop(const Border &border) {
  Part part = std::move(open.back());
  open.pop_back();
  endPart(border.node, part);
  for (uint32_t queue : queues) {
    branchIfZero(queue, border.node, zeroRegister, part.head[queue]);
    setTarget(queue, part.exit[queue]);
  }
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

void LoopEncoder::beginBranch(const Border &border) {
  meet(border.node, oneEach());
  open.push_back(beginPart(border));
}

void LoopEncoder::divideBranch(const Border &border) {
  Part &part = open.back();
  endPart(border.node, part);
  for (uint32_t queue : queues) {
    uint32_t leave = branchIfZero(queue, border.node, zeroRegister, 0);
    setTarget(queue, part.exit[queue]);
    part.exit[queue] = leave;
  }
}

void LoopEncoder::endBranch(const Border &border) {
  Part part = std::move(open.back());
  open.pop_back();
  endPart(border.node, part);
  for (uint32_t queue : queues)
    setTarget(queue, part.exit[queue]);
}

} // namespace tilicho::compiler
