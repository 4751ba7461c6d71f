// SPDX-License-Identifier: Apache-2.0
// What must hold of a program before its first instruction runs.
#include "runtime/Program/Load.h"
#include "runtime/Program/VerifyCode.h"

#include "absl/strings/str_cat.h"

#include <set>

namespace tilicho {
namespace {

template <class... Args> absl::Status invalid(const Args &...args) {
  return absl::InvalidArgumentError(absl::StrCat(args...));
}

bool isDType(isa::DType dtype) {
  return isa::enumInfo<isa::DType>().isValid(static_cast<unsigned>(dtype));
}

/// The bytes of a tensor, or -1 if the shape is none.
int64_t tensorBytes(isa::DType dtype, absl::Span<const int64_t> shape) {
  int64_t bytes = isa::sizeOf(dtype);
  for (int64_t size : shape)
    if (size < 0 || __builtin_mul_overflow(bytes, size, &bytes))
      return -1;
  return bytes;
}

//===--- Segments ---------------------------------------------------------===//

absl::Status checkSegment(const Segment &segment) {
  if (segment.kind > Segment::Kind::Scratch)
    return invalid("segment ", segment.name, " has unknown kind ",
                   static_cast<int>(segment.kind));
  const std::string name =
      absl::StrCat(kindName(segment.kind), " ", segment.name);
  if (!isDType(segment.dtype))
    return invalid(name, " has unknown element type ",
                   static_cast<int>(segment.dtype));
  int64_t wanted = tensorBytes(segment.dtype, segment.shape);
  bool isExact = segment.kind == Segment::Kind::Input ||
                 segment.kind == Segment::Kind::Output;
  if (wanted < 0 || segment.bytes < static_cast<uint64_t>(wanted) ||
      (isExact && segment.bytes != static_cast<uint64_t>(wanted)))
    return invalid(name, " has ", segment.bytes, " bytes, but its shape ",
                   shapeText(segment.shape), " of ",
                   std::string(isa::nameOf(segment.dtype)), " needs ", wanted);
  return absl::OkStatus();
}

/// An output that holds an input at first is a pair with that input alone.
absl::Status checkUpdates(const Program &program) {
  std::set<uint32_t> updated;
  for (const Segment &segment : program.segments) {
    if (segment.updates == Segment::updatesNothing)
      continue;
    if (segment.updates >= program.segments.size())
      return invalid("output ", segment.name, " updates segment ",
                     segment.updates, ", but the program has ",
                     program.segments.size());
    const Segment &input = program.segments[segment.updates];
    if (segment.kind != Segment::Kind::Output ||
        input.kind != Segment::Kind::Input || input.dtype != segment.dtype ||
        input.shape != segment.shape || !updated.insert(segment.updates).second)
      return invalid(kindName(segment.kind), " ", segment.name, " updates ",
                     kindName(input.kind), " ", input.name,
                     ", but only an output updates an input, of its own type "
                     "and shape, and each but one");
  }
  return absl::OkStatus();
}

/// Rows are counted in one i64 of scratch.
absl::Status checkRows(const Program &program) {
  for (const Segment &segment : program.segments) {
    if (segment.rows == Segment::rowsAreFixed)
      continue;
    const bool isThere = segment.rows < program.segments.size();
    const Segment *count = isThere ? &program.segments[segment.rows] : nullptr;
    if (!count || segment.kind != Segment::Kind::Output ||
        segment.rowsDimension >= segment.shape.size() ||
        count->kind != Segment::Kind::Scratch ||
        count->dtype != isa::DType::i64 || elementCount(count->shape) != 1)
      return invalid(kindName(segment.kind), " ", segment.name,
                     " has its rows in segment ", segment.rows,
                     ", but only an output with that dimension has them, in "
                     "one i64 of scratch");
    // A run closes the gaps behind its rows, which would move the state.
    if (segment.rowsDimension > 0 && segment.updates != Segment::updatesNothing)
      return invalid("output ", segment.name, " has its rows along dimension ",
                     segment.rowsDimension, ", but updates an input in place");
  }
  return absl::OkStatus();
}

absl::Status checkSegments(const Program &program) {
  // Instructions name a segment in 16 bits.
  if (program.segments.size() > 1 << 16)
    return invalid("program has ", program.segments.size(),
                   " segments, but at most 65536 can be named");
  std::set<std::pair<Segment::Kind, absl::string_view>> seen;
  uint64_t bytes = 0;
  for (const Segment &segment : program.segments) {
    if (absl::Status status = checkSegment(segment); !status.ok())
      return status;
    bool isNamed = segment.kind == Segment::Kind::Input ||
                   segment.kind == Segment::Kind::Output;
    if (isNamed && !seen.emplace(segment.kind, segment.name).second)
      return invalid("two ", kindName(segment.kind), "s are named ",
                     segment.name);
    if (__builtin_add_overflow(bytes, segment.bytes, &bytes))
      return invalid("segment ", segment.name, " has ", segment.bytes,
                     " bytes");
  }
  const auto capacity = static_cast<uint64_t>(program.machine.hbmBytes);
  if (bytes > capacity)
    return invalid("segments take ", bytes, " bytes, but hbm.bytes is ",
                   capacity);
  return absl::OkStatus();
}

//===--- Queues -----------------------------------------------------------===//

/// The kind of a queue, if the machine has it.
absl::StatusOr<isa::QueueKind> checkQueueName(const Program &program,
                                              const std::string &name) {
  std::optional<isa::QueueKind> kind = isa::queueKindOf(name);
  bool isThere = kind.has_value();
  if (isThere && *kind == isa::QueueKind::dma) {
    isThere = false;
    for (int number = 0; number < program.machine.dma.queues; ++number)
      isThere |= name == absl::StrCat("dma", number);
  }
  if (!isThere)
    return invalid("machine ", program.machine.name, " has no queue ", name,
                   "; it has pe, act, vec, pool, sync and dma0 to dma",
                   program.machine.dma.queues - 1);
  return *kind;
}

absl::Status checkNodeMap(const Program &program, const QueueCode &queue) {
  uint64_t next = 0;
  for (const NodeRun &run : queue.nodeMap) {
    if (run.first < next || run.first >= queue.numInstructions() ||
        (run.node != NodeRun::noNode && run.node >= program.nodes.size()))
      return invalid("queue ", queue.name, ": run of node ", run.node,
                     " at instruction ", run.first, " is out of place");
    next = uint64_t(run.first) + 1;
  }
  return absl::OkStatus();
}

absl::Status checkQueues(const Program &program) {
  std::set<absl::string_view> seen;
  for (const QueueCode &queue : program.queues) {
    absl::StatusOr<isa::QueueKind> kind = checkQueueName(program, queue.name);
    if (!kind.ok())
      return kind.status();
    if (!seen.insert(queue.name).second)
      return invalid("queue ", queue.name, " is there twice");
    if (queue.bytes.size() % isa::kInstructionBytes != 0 ||
        queue.bytes.size() / isa::kInstructionBytes > 1u << 30)
      return invalid("queue ", queue.name, " has ", queue.bytes.size(),
                     " bytes, which are no instructions of ",
                     isa::kInstructionBytes);
    absl::Status status = checkNodeMap(program, queue);
    if (status.ok())
      status = verifyCode(program, queue, *kind);
    if (!status.ok())
      return status;
  }
  return absl::OkStatus();
}

//===--- Values to look at ------------------------------------------------===//

/// The least and the largest of a sum of digits times steps.
struct Reach {
  __int128 low = 0, high = 0;
  void add(int64_t count, int64_t step) {
    __int128 last = static_cast<__int128>(count - 1) * step;
    (last < 0 ? low : high) += last;
  }
  bool fits(__int128 first, __int128 size, __int128 limit) const {
    return first + low >= 0 && first + high + size <= limit;
  }
};

bool isInside(const Program &program, const DumpPoint &value,
              const DumpPiece &piece) {
  Reach elements, partitions, bytes;
  const int64_t most = elementCount(value.shape);
  int64_t count = 1;
  for (const DumpDim &dim : piece.dims) {
    // No element is there twice.
    if (dim.count < 1 || __builtin_mul_overflow(count, dim.count, &count) ||
        count > most)
      return false;
    elements.add(dim.count, dim.valueStep);
    partitions.add(dim.count, dim.partitionStep);
    bytes.add(dim.count, dim.byteStep);
  }
  const Machine &machine = program.machine;
  const unsigned size = isa::sizeOf(value.dtype);
  if (!elements.fits(piece.firstElement, 1, most))
    return false;
  switch (piece.space) {
  case isa::Space::Hbm:
    return piece.place < program.segments.size() &&
           bytes.fits(piece.offset, size, program.segments[piece.place].bytes);
  case isa::Space::Sbuf:
    return partitions.fits(piece.place, 1, machine.sbufPartitions) &&
           bytes.fits(piece.offset, size, machine.sbufBytesPerPartition);
  case isa::Space::Psum:
    return partitions.fits(piece.place, 1, machine.psumPartitions) &&
           bytes.fits(piece.offset, size, machine.psumBytesPerPartition());
  case isa::Space::None:
    break;
  }
  return false;
}

bool hasMoment(const Program &program, const DumpPiece &piece) {
  if (piece.queue == DumpPiece::atEnd)
    return piece.space == isa::Space::Hbm;
  return piece.queue < program.queues.size() &&
         piece.instruction < program.queues[piece.queue].numInstructions();
}

absl::Status checkValues(const Program &program) {
  std::set<absl::string_view> seen;
  for (const DumpPoint &value : program.values) {
    const int64_t bytes =
        isDType(value.dtype) ? tensorBytes(value.dtype, value.shape) : -1;
    if (bytes < 0)
      return invalid("value ", value.name, " has no type and shape");
    if (bytes > program.machine.hbmBytes)
      return invalid("value ", value.name, " has ", bytes,
                     " bytes, but hbm.bytes is ", program.machine.hbmBytes);
    if (!seen.insert(value.name).second)
      return invalid("value ", value.name, " is there twice");
    for (const DumpPiece &piece : value.pieces)
      if (!isInside(program, value, piece) || !hasMoment(program, piece))
        return invalid("value ", value.name, " has a piece that lies outside ",
                       std::string(isa::nameOf(piece.space)),
                       " or the program");
  }
  return absl::OkStatus();
}

} // namespace

absl::Status verifyProgram(const Program &program) {
  absl::Status status = checkSegments(program);
  if (status.ok())
    status = checkUpdates(program);
  if (status.ok())
    status = checkRows(program);
  if (status.ok())
    status = checkQueues(program);
  if (status.ok())
    status = checkValues(program);
  return status;
}

} // namespace tilicho
