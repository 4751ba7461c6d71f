// SPDX-License-Identifier: Apache-2.0
// The one list of a machine's fields: path, place and permitted range.
#ifndef TILICHO_RUNTIME_MACHINE_MACHINEFIELDS_H
#define TILICHO_RUNTIME_MACHINE_MACHINEFIELDS_H

#include "runtime/Machine/Machine.h"

namespace tilicho {

/// Ranges that a number may lie in, both ends included.
struct FieldRange {
  double low, high;
};
inline constexpr FieldRange positiveReal{1e-6, 1e6};
inline constexpr FieldRange nonNegativeReal{0, 1e6};
inline constexpr FieldRange positiveInt{1, 1 << 30};

/// Calls `visit(path, field)` for flags, `visit(path, field, range)` for
/// numbers and tables, `visit(path, field, names, count)` for sets and
/// `visit(path, field)` for the name and the function tables. `Owner` is
/// `Machine` or `const Machine`.
template <class Owner, class Visitor>
void visitEngineFields(std::string path, Owner &engine, Visitor &visit) {
  visit(path + ".clock_ghz", engine.clockGhz, positiveReal);
  visit(path + ".lanes", engine.lanes, FieldRange{1, 1 << 16});
  visit(path + ".min_cycles", engine.minCycles, nonNegativeReal);
  visit(path + ".fixed_cycles", engine.fixedCycles, nonNegativeReal);
  visit(path + ".dtypes", engine.dtypes, elementTypeNames, numElementTypes);
  visit(path + ".computes", engine.computes, computeTypeNames, numComputeTypes);
  visit(path + ".reaches_psum", engine.reachesPsum);
}

template <class Owner, class Visitor>
void visitArrayFields(Owner &machine, Visitor &visit) {
  visit("array.rows", machine.arrayRows, FieldRange{1, 1 << 14});
  visit("array.cols", machine.arrayCols, FieldRange{1, 1 << 14});
  visit("array.row_tile", machine.arrayRowTile, FieldRange{1, 1 << 14});
  visit("array.col_tile", machine.arrayColTile, FieldRange{1, 1 << 14});
  visit("array.clock_ghz", machine.arrayClockGhz, positiveReal);
  visit("array.passes", machine.arrayPasses, nonNegativeReal);
  visit("array.transpose_passes", machine.arrayTransposePasses,
        nonNegativeReal);
  visit("array.min_cycles", machine.arrayMinCycles, nonNegativeReal);
  visit("array.load_cols_per_cycle", machine.arrayLoadColsPerCycle,
        positiveReal);
  visit("array.drain_cycles", machine.arrayDrainCycles, nonNegativeReal);
  visit("array.issue_cycles", machine.arrayIssueCycles, nonNegativeReal);
  visit("array.window_cycles", machine.arrayWindowCycles, nonNegativeReal);
}

template <class Owner, class Visitor>
void visitMemoryFields(Owner &machine, Visitor &visit) {
  visit("sbuf.partitions", machine.sbufPartitions, FieldRange{1, 1 << 14});
  visit("sbuf.bytes_per_partition", machine.sbufBytesPerPartition, positiveInt);
  visit("sbuf.usable_bytes", machine.sbufUsableBytes, positiveInt);
  visit("psum.partitions", machine.psumPartitions, FieldRange{1, 1 << 14});
  visit("psum.banks", machine.psumBanks, FieldRange{1, 1 << 10});
  visit("psum.bank_bytes", machine.psumBankBytes, FieldRange{4, 1 << 20});
  visit("partition_quantum", machine.partitionQuantum, FieldRange{1, 1 << 14});
  visit("hbm.bytes", machine.hbmBytes, FieldRange{1, 1ull << 47});
  visit("hbm.gb_per_s", machine.hbmGBs, positiveReal);
}

template <class Owner, class Visitor>
void visitCostFields(Owner &machine, Visitor &visit) {
  visit("sync.clock_ghz", machine.syncClockGhz, positiveReal);
  visit("access.accumulate_cycles", machine.accumulateCycles, nonNegativeReal);
  visit("access.wide_stride_bytes", machine.wideStrideBytes, positiveInt);
  visit("access.wide_stride_factor", machine.wideStrideFactor, positiveReal);
  visit("vec_rates.two_operand_factor", machine.vecTwoOperandFactor,
        positiveReal);
  visit("vec_rates.narrow_two_operand_speedup",
        machine.vecNarrowTwoOperandSpeedup, positiveReal);
  visit("vec_rates.narrow_speedup", machine.vecNarrowSpeedup, positiveReal);
  visit("vec_rates.narrow_strided_speedup", machine.vecNarrowStridedSpeedup,
        positiveReal);
  visit("vec_rates.narrow_reduce_speedup", machine.vecNarrowReduceSpeedup,
        positiveReal);
  visit("vec_rates.function_factor", machine.vecFunctionFactor, positiveReal);
  visit("vec_rates.scan_factor", machine.vecScanFactor, positiveReal);
  visit("pool_rates.kernel_cycles", machine.poolKernelCycles, nonNegativeReal);
  visit("pool_rates.gather_bytes_per_cycle", machine.poolGatherBytesPerCycle,
        positiveReal);
  visit("pool_rates.wide_factor", machine.poolWideFactor, positiveReal);
}

template <class Owner, class Visitor>
void visitDmaFields(Owner &dma, Visitor &visit) {
  visit("dma.queues", dma.queues, FieldRange{1, 64});
  visit("dma.engines", dma.engines, FieldRange{1, 1 << 10});
  visit("dma.bytes_per_ns", dma.bytesPerNs, positiveReal);
  visit("dma.descriptor_ns", dma.descriptorNs, nonNegativeReal);
  visit("dma.descriptor_bytes", dma.descriptorBytes, positiveInt);
  visit("dma.packet_descriptors", dma.packetDescriptors, positiveInt);
  visit("dma.start_ns", dma.startNs, nonNegativeReal);
  visit("dma.outstanding", dma.outstanding, FieldRange{1, 1 << 16});
  visit("dma.transpose_factor", dma.transposeFactor, positiveReal);
  visit("dma.accumulate_factor", dma.accumulateFactor, positiveReal);
  visit("dma.dtypes", dma.dtypes, elementTypeNames, numElementTypes);
}

template <class Owner, class Visitor>
void visitControlFields(Owner &machine, Visitor &visit) {
  // Number 255 stands for no semaphore in an instruction.
  visit("semaphores.count", machine.maxSemaphores, FieldRange{1, 255});
  visit("semaphores.ns", machine.semaphoreNs, nonNegativeReal);
  visit("sequencer.register_cycles", machine.registerCycles, nonNegativeReal);
  visit("sequencer.branch_cycles", machine.branchCycles, nonNegativeReal);
  visit("sequencer.loop_cycles", machine.loopCycles, nonNegativeReal);
  visit("fetch.block_bytes", machine.fetchBlockBytes, FieldRange{128, 1 << 24});
  visit("fetch.ahead", machine.fetchAhead, FieldRange{1, 1 << 20});
  visit("activation_tables.switch_ns", machine.activationTableSwitchNs,
        nonNegativeReal);
  visit("activation_tables.set", machine.activationTables);
  visit("ports.vec_pool_share_sbuf", machine.vecPoolShareSbuf);
  visit("ports.vec_act_share_psum", machine.vecActSharePsum);
}

template <class Owner, class Visitor>
void visitEnergyFields(Owner &energy, Visitor &visit) {
  visit("energy.mac_pj", energy.macPj, nonNegativeReal);
  visit("energy.operation_pj", energy.operationPj, nonNegativeReal);
  visit("energy.sbuf_pj_per_byte", energy.sbufPjPerByte, nonNegativeReal);
  visit("energy.psum_pj_per_byte", energy.psumPjPerByte, nonNegativeReal);
  visit("energy.hbm_pj_per_byte", energy.hbmPjPerByte, nonNegativeReal);
}

template <class Owner, class Visitor>
void visitMachineFields(Owner &machine, Visitor &&visit) {
  visit("name", machine.name);
  visitArrayFields(machine, visit);
  visitMemoryFields(machine, visit);
  visitEngineFields("act", machine.act, visit);
  visitEngineFields("vec", machine.vec, visit);
  visitEngineFields("pool", machine.pool, visit);
  visitCostFields(machine, visit);
  visitDmaFields(machine.dma, visit);
  visitControlFields(machine, visit);
  visitEnergyFields(machine.energy, visit);
}

} // namespace tilicho

#endif // TILICHO_RUNTIME_MACHINE_MACHINEFIELDS_H
