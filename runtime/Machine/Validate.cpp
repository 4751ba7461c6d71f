// SPDX-License-Identifier: Apache-2.0
// What must hold of a machine before anything is built for it.
#include "runtime/Machine/MachineFields.h"

#include "absl/strings/str_cat.h"

#include <cmath>

namespace tilicho {
namespace {

/// Checks each field by itself.
struct RangeChecker {
  std::vector<MachineProblem> &problems;

  void operator()(std::string path, const std::string &name) {
    if (name.empty() || name.find_first_of("\n=/") != std::string::npos)
      problems.push_back({std::move(path), "must be a word"});
  }
  void operator()(std::string, const bool &) {}
  template <class Number>
  void operator()(std::string path, const Number &value, FieldRange range) {
    double number = static_cast<double>(value);
    if (number >= range.low && number <= range.high)
      return;
    problems.push_back(
        {std::move(path), absl::StrCat("is ", number, " but must lie from ",
                                       range.low, " to ", range.high)});
  }
  void operator()(std::string path, const TypeTable &table, FieldRange range) {
    for (int type = 0; type < numElementTypes; ++type)
      (*this)(absl::StrCat(path, ".", elementTypeNames[type]),
              table.values[type], range);
  }
  void operator()(std::string path, const TypeSet &set, const char *const *,
                  int) {
    if (set.bits == 0)
      problems.push_back({std::move(path), "names no type"});
  }
  void operator()(std::string path,
                  const std::vector<std::vector<std::string>> &sets) {
    for (const std::vector<std::string> &set : sets)
      for (const std::string &function : set)
        if (function.empty() ||
            function.find_first_of("\n=,;") != std::string::npos)
          problems.push_back({path, "holds a function without a name"});
  }
};

/// Checks what ties fields together.
struct RelationChecker {
  std::vector<MachineProblem> &problems;

  void atMost(const char *path, int64_t value, const char *limitPath,
              int64_t limit) {
    if (value > limit)
      problems.push_back({path, absl::StrCat("is ", value, " but ", limitPath,
                                             " is ", limit, "; set both")});
  }
  void multiple(const char *path, int64_t value, const char *unitPath,
                int64_t unit) {
    if (unit > 0 && value % unit != 0)
      problems.push_back({path, absl::StrCat("is ", value, ", no multiple of ",
                                             unitPath, ", which is ", unit)});
  }
};

void checkRelations(const Machine &m, std::vector<MachineProblem> &problems) {
  RelationChecker check{problems};
  check.atMost("array.rows", m.arrayRows, "sbuf.partitions", m.sbufPartitions);
  check.atMost("array.cols", m.arrayCols, "psum.partitions", m.psumPartitions);
  check.atMost("array.row_tile", m.arrayRowTile, "array.rows", m.arrayRows);
  check.atMost("array.col_tile", m.arrayColTile, "array.cols", m.arrayCols);
  check.atMost("sbuf.usable_bytes", m.sbufUsableBytes,
               "sbuf.bytes_per_partition", m.sbufBytesPerPartition);
  check.multiple("sbuf.partitions", m.sbufPartitions, "partition_quantum",
                 m.partitionQuantum);
  check.multiple("psum.partitions", m.psumPartitions, "partition_quantum",
                 m.partitionQuantum);
  // Accumulators are 4 bytes wide and no operand crosses a bank.
  check.multiple("psum.bank_bytes", m.psumBankBytes, "an accumulator", 4);
}

} // namespace

std::vector<MachineProblem> validate(const Machine &machine) {
  std::vector<MachineProblem> problems;
  visitMachineFields(machine, RangeChecker{problems});
  if (problems.empty())
    checkRelations(machine, problems);
  return problems;
}

} // namespace tilicho
