// SPDX-License-Identifier: Apache-2.0
// A compiled program in memory: what a .tlx file holds.
#ifndef TILICHO_RUNTIME_PROGRAM_PROGRAM_H
#define TILICHO_RUNTIME_PROGRAM_PROGRAM_H

#include "runtime/Isa/Isa.h"
#include "runtime/Machine/Machine.h"

#include "absl/status/statusor.h"
#include "absl/types/span.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tilicho {

/// A tensor in HBM. Instructions name it by its position in
/// `Program::segments`.
struct Segment {
  enum class Kind : uint8_t { Input, Output, Constant, Scratch };

  Kind kind = Kind::Scratch;
  /// The ONNX name of an input or output, unique in its kind. Of the others a
  /// name for messages.
  std::string name;
  isa::DType dtype = isa::DType::f32;
  /// Row-major, without gaps.
  std::vector<int64_t> shape;
  /// At least the product of `shape` times the element's size, and exactly
  /// that for inputs and outputs.
  uint64_t bytes = 0;
  /// Constants: the position in the file's section of constants; set by writer
  /// and loader.
  uint64_t fileOffset = 0;
  /// Constants: the bytes, owned by `Program::storage` or whoever made the
  /// program. Null for the others.
  const uint8_t *data = nullptr;
  /// Outputs: the position of an input of the same type and shape whose value
  /// the output holds when the program starts. Where a run is given one memory
  /// for both, nothing is copied.
  static constexpr uint32_t updatesNothing = ~0u;
  uint32_t updates = updatesNothing;
  /// Outputs: the position of a scratch segment of one i64, which after a run
  /// holds how many rows there are; `shape` has the most that there can be.
  /// Outputs are written at their places in `shape`.
  static constexpr uint32_t rowsAreFixed = ~0u;
  uint32_t rows = rowsAreFixed;
  /// Which dimension they are.
  uint32_t rowsDimension = 0;
};

/// The name in messages: input, output, constant, scratch.
const char *kindName(Segment::Kind kind);

/// From instruction `first` on, up to the next run, instructions belong to
/// node `node` of `Program::nodes`, or to none.
struct NodeRun {
  static constexpr uint32_t noNode = ~0u;
  uint32_t first = 0;
  uint32_t node = noNode;
};

/// The instructions of one queue.
struct QueueCode {
  /// pe, act, vec, pool, sync, dma0, dma1, ...
  std::string name;
  /// Owned by `Program::storage` or whoever made the program.
  absl::Span<const uint8_t> bytes;
  /// Ascending; instructions before the first run belong to no node.
  std::vector<NodeRun> nodeMap;

  uint32_t numInstructions() const {
    return static_cast<uint32_t>(bytes.size() / isa::kInstructionBytes);
  }
  const uint8_t *instruction(uint32_t index) const {
    return bytes.data() + size_t(index) * isa::kInstructionBytes;
  }
  /// The node of an instruction, or `NodeRun::noNode`.
  uint32_t nodeOf(uint32_t index) const;
};

/// One digit of a box of elements: digit d adds d times each step.
struct DumpDim {
  int64_t count = 1;
  /// In elements of the value, row-major.
  int64_t valueStep = 0;
  int32_t partitionStep = 0;
  int64_t byteStep = 0;
};

/// Where a box of a value's elements lies, and when.
struct DumpPiece {
  /// Hbm, Sbuf or Psum.
  isa::Space space = isa::Space::Hbm;
  /// The segment, or the first partition.
  uint16_t place = 0;
  /// In the segment or in the partition.
  uint64_t offset = 0;
  /// The first element's position in the value, row-major.
  int64_t firstElement = 0;
  std::vector<DumpDim> dims;
  /// The elements are there when instruction `instruction` of queue `queue`
  /// has ended for the `occurrence`th time, counted from 0. Pieces in HBM that
  /// stay until the end say `atEnd`.
  static constexpr uint32_t atEnd = ~0u;
  uint32_t queue = atEnd;
  uint32_t instruction = 0;
  uint32_t occurrence = 0;
};

/// A value inside the ONNX graph that can be looked at.
struct DumpPoint {
  /// Its ONNX name.
  std::string name;
  isa::DType dtype = isa::DType::f32;
  std::vector<int64_t> shape;
  std::vector<DumpPiece> pieces;
};

/// Figures under the keys of docs/Statistics.md.
using Figures = std::map<std::string, double>;

struct Program {
  Machine machine;
  std::vector<Segment> segments;
  std::vector<QueueCode> queues;
  /// Names of ONNX nodes.
  std::vector<std::string> nodes;
  std::vector<DumpPoint> values;
  /// Names of values of the graph that are nowhere in memory, because they were
  /// fused into what reads them, or folded.
  std::vector<std::string> fusedValues;
  std::string compilerVersion;
  /// The options it was compiled with, as on the command line.
  std::string flags;
  /// What the compiler knows: bounds, peaks, its own time.
  Figures figures;
  std::map<std::string, Figures> figuresByNode;
  /// Keeps the mapped file or whatever else instructions and constants lie in.
  std::shared_ptr<const void> storage;

  /// Positions of the segments of a kind, ascending: the order of the ONNX
  /// graph for inputs and outputs.
  std::vector<uint32_t> segmentsOf(Segment::Kind kind) const;
  const QueueCode *findQueue(absl::string_view name) const;
  /// The name of a node, or "" for `NodeRun::noNode`.
  absl::string_view nodeName(uint32_t node) const;
};

/// The number of elements; 1 for no dimensions.
int64_t elementCount(absl::Span<const int64_t> shape);

/// `2x3x224x224`, or `scalar`.
std::string shapeText(absl::Span<const int64_t> shape);

} // namespace tilicho

#endif // TILICHO_RUNTIME_PROGRAM_PROGRAM_H
