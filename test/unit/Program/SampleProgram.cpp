// SPDX-License-Identifier: Apache-2.0
// The sample's instructions.
#include "test/unit/Program/SampleProgram.h"

#include <fstream>
#include <numeric>
#include <sstream>

namespace tilicho {

/// From its text: the tests of the C interface must not link Protobuf beside
/// the compiler library, which has its descriptors too.
static Machine readEdge() {
  std::ostringstream text;
  text << std::ifstream(TILICHO_MACHINES "/edge.machine").rdbuf();
  return deserializeMachine(text.str()).value();
}

/// Rows of 8 floats from or to a segment.
static isa::DmaAccess inHbm(uint16_t segment) {
  isa::DmaAccess access;
  access.space = isa::Space::Hbm;
  access.place = segment;
  access.steps[0] = 8;
  access.steps[4] = 1;
  return access;
}

static isa::DmaAccess inSbuf(int64_t address) {
  isa::DmaAccess access;
  access.space = isa::Space::Sbuf;
  access.offset = address;
  access.steps[0] = 1;
  access.steps[4] = 1;
  return access;
}

static isa::Access operand(uint32_t address) {
  isa::Access access;
  access.space = isa::Space::Sbuf;
  access.address = address;
  access.steps[3] = 1;
  return access;
}

static isa::DmaInst move(isa::DmaAccess to, isa::DmaAccess from) {
  isa::DmaInst inst;
  inst.partitions = 4;
  inst.counts[3] = 8;
  inst.dst = to;
  inst.src = from;
  return inst;
}

static isa::TensorTensorInst sum() {
  isa::TensorTensorInst inst;
  inst.partitions = 4;
  inst.counts[3] = 8;
  inst.dst = operand(64);
  inst.a = operand(0);
  inst.b = operand(32);
  inst.op0 = isa::AluOp::add;
  inst.waitSemaphore = 0;
  inst.waitValue = 1;
  inst.signalSemaphore = 1;
  inst.signalIncrement = 1;
  return inst;
}

SampleProgram::SampleProgram() : weights(32) {
  std::iota(weights.begin(), weights.end(), 0.5f);
  program.machine = readEdge();
  auto kind = [](Segment::Kind kind, const char *name) {
    Segment segment;
    segment.kind = kind;
    segment.name = name;
    segment.shape = {4, 8};
    segment.bytes = 4 * 8 * sizeof(float);
    return segment;
  };
  program.segments = {kind(Segment::Kind::Input, "x"),
                      kind(Segment::Kind::Output, "y"),
                      kind(Segment::Kind::Constant, "weights"),
                      kind(Segment::Kind::Scratch, "spill")};
  program.segments[2].data = reinterpret_cast<const uint8_t *>(weights.data());
  program.nodes = {"Load", "Add"};
  program.queues.resize(2);
  program.queues[0].name = "dma0";
  program.queues[0].nodeMap = {{0, 0}, {2, 1}};
  program.queues[1].name = "vec";
  program.queues[1].nodeMap = {{0, 1}};
  isa::DmaInst load = move(inSbuf(32), inHbm(2));
  load.signalSemaphore = 0;
  load.signalIncrement = 1;
  isa::DmaInst store = move(inHbm(1), inSbuf(64));
  store.waitSemaphore = 1;
  store.waitValue = 1;
  add(0, move(inSbuf(0), inHbm(0)));
  add(0, load);
  add(0, store);
  add(0, isa::HaltInst());
  add(1, sum());
  DumpPiece piece;
  piece.place = 1;
  piece.dims = {{32, 1, 0, 4}};
  program.values = {{"y", isa::DType::f32, {4, 8}, {piece}}};
  program.compilerVersion = "0.1.0";
  program.flags = "--machine=edge";
  program.figures = {{"compile_seconds", 0.25}};
  program.figuresByNode = {{"Add", {{"bound_us", 1.5}}}};
}

} // namespace tilicho
