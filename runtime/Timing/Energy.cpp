// SPDX-License-Identifier: Apache-2.0
// Energy of an instruction: its operations and the bytes of its operands.
#include "runtime/Timing/Energy.h"

#include "runtime/Isa/OperandCounts.h"

#include <algorithm>
#include <numeric>

namespace tilicho::timing {

using isa::FieldKind;
using isa::Space;

const char *energyPartName(EnergyPart part) {
  constexpr const char *names[numEnergyParts] = {
      "array", "operations", "sbuf", "psum", "hbm", "fetch"};
  return names[static_cast<unsigned>(part)];
}

double Energy::totalPj() const {
  return std::accumulate(pj.begin(), pj.end(), 0.0);
}

void Energy::add(const Energy &other, double times) {
  for (unsigned part = 0; part < numEnergyParts; ++part)
    pj[part] += times * other.pj[part];
}

namespace {

/// Where an operand of any kind lies.
struct Place {
  Space space{};
  isa::DType dtype{};
};

template <class Access> Place placeAt(const uint8_t *bytes) {
  auto access = isa::decodeAs<Access>(bytes);
  return {access.space, access.dtype};
}

Place placeOf(const isa::OperandInfo &operand, const uint8_t *bytes) {
  const uint8_t *at = bytes + operand.offset;
  switch (operand.kind) {
  case FieldKind::DmaAccess:
    return placeAt<isa::DmaAccess>(at);
  case FieldKind::IndexAccess:
    return placeAt<isa::IndexAccess>(at);
  default:
    return placeAt<isa::Access>(at);
  }
}

} // namespace

static void addMemory(Energy &energy, const EnergyModel &model, Space space,
                      double bytes) {
  if (space == Space::Sbuf)
    energy[EnergyPart::Sbuf] += bytes * model.sbufPjPerByte;
  else if (space == Space::Psum)
    energy[EnergyPart::Psum] += bytes * model.psumPjPerByte;
}

/// Bytes on chip; those in HBM are the transfer's.
static void addOperands(Energy &energy, const EnergyModel &model,
                        const isa::InstructionInfo &info,
                        const isa::Header &header, const uint8_t *bytes) {
  for (const isa::OperandInfo &operand : info.operands) {
    int times = operand.isRead(header.flags) + operand.isWritten(header.flags);
    if (times == 0 || operand.span == isa::Span::None)
      continue;
    Place place = placeOf(operand, bytes);
    double elements = 1;
    for (int64_t count : isa::operandCounts(operand, header, bytes))
      elements *= double(count);
    addMemory(energy, model, place.space,
              times * elements * isa::sizeOf(place.dtype));
  }
}

/// What is done with each element, at least one: functions but for copies, and
/// reductions.
/// An activation scales and adds before its function.
static double operationsPerElement(const isa::InstructionInfo &info,
                                   const uint8_t *bytes) {
  double operations = info.opcode == isa::Opcode::activate ? 2 : 0;
  for (const isa::FieldInfo &field : info.fields) {
    if (field.enumInfo == &isa::enumInfo<isa::AluOp>())
      operations += isa::AluOp(bytes[field.offset]) != isa::AluOp::copy;
    else if (field.enumInfo == &isa::enumInfo<isa::ReduceOp>())
      operations += 1;
  }
  return std::max(operations, 1.0);
}

/// Types of arithmetic are element types by name.
static isa::DType computeType(const isa::InstructionInfo &info,
                              const uint8_t *bytes) {
  for (const isa::FieldInfo &field : info.fields)
    if (field.enumInfo == &isa::enumInfo<isa::Compute>())
      return *isa::parse<isa::DType>(field.enumInfo->text(bytes[field.offset]));
  return isa::DType::f32;
}

static void addOperations(Energy &energy, const EnergyModel &model,
                          const isa::InstructionInfo &info,
                          const isa::Header &header, const uint8_t *bytes) {
  double elements = header.partitions;
  for (uint16_t count : header.counts)
    elements *= count;
  energy[EnergyPart::Operations] += elements *
                                    operationsPerElement(info, bytes) *
                                    model.operationPj[computeType(info, bytes)];
}

static double hbmBytes(const Transfer &transfer) {
  return double(transfer.hbmReadBytes) + double(transfer.hbmWrittenBytes) +
         double(transfer.indexBytes);
}

/// Of one execution.
static Energy energyOf(const EnergyModel &model, const QueueOps &queue,
                       const Op &op, const uint8_t *bytes) {
  Energy energy;
  if (op.action == Action::Register || op.action == Action::Ordered)
    return energy;
  isa::Header header;
  isa::decode(bytes, header);
  const isa::InstructionInfo &info = isa::instructionInfo(op.opcode);
  addOperands(energy, model, info, header, bytes);
  if (op.action == Action::Dma)
    energy[EnergyPart::Hbm] =
        hbmBytes(queue.transfers[op.detail]) * model.hbmPjPerByte;
  if (op.opcode == isa::Opcode::matmul)
    energy[EnergyPart::Array] =
        op.macs * model.macPj[isa::decodeAs<isa::MatmulInst>(bytes).src.dtype];
  if (op.action == Action::Engine)
    addOperations(energy, model, info, header, bytes);
  return energy;
}

void addEnergy(const EnergyModel &model, const QueueOps &queue,
               const uint8_t *bytes, const std::vector<uint64_t> &executions,
               Result &result) {
  for (size_t index = 0; index < queue.ops.size(); ++index) {
    if (executions[index] == 0)
      continue;
    const Op &op = queue.ops[index];
    Energy energy =
        energyOf(model, queue, op, bytes + index * isa::kInstructionBytes);
    double times = double(executions[index]);
    size_t node = std::min<size_t>(op.node, result.nodes.size() - 1);
    result.energy.add(energy, times);
    result.nodes[node].energy.add(energy, times);
  }
}

} // namespace tilicho::timing
