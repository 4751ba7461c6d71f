// SPDX-License-Identifier: Apache-2.0
// Finds values inside the graph by name.
#include "tools/tilicho-run/Dump.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>

namespace tilicho::run {
namespace {

/// Takes the graph's outputs off, which are written anyway.
void removeOutputs(const Program &program, std::vector<std::string> &names) {
  for (uint32_t index : program.segmentsOf(Segment::Kind::Output))
    names.erase(
        std::remove(names.begin(), names.end(), program.segments[index].name),
        names.end());
}

constexpr const char *fusedRemedy =
    "fused into the nodes that read them, or folded: compile the model with "
    "-O0 to have them";

/// The first few of many.
std::string someOf(std::vector<std::string> names) {
  constexpr size_t numShown = 8;
  const size_t numHidden = names.size() - std::min(names.size(), numShown);
  if (numHidden > 0) {
    names.resize(numShown);
    names.push_back(absl::StrCat("and ", numHidden, " more"));
  }
  return absl::StrJoin(names, ", ");
}

absl::Status noValue(const Program &program,
                     const std::vector<std::string> &names) {
  return absl::NotFoundError(absl::StrCat(
      "--dump: the model has no value ", absl::StrJoin(names, ", "),
      "; it has ", program.values.size(), " that --dump=all writes"));
}

} // namespace

absl::StatusOr<Dumped> findValues(const Program &program,
                                  const Options &options) {
  Dumped dumped;
  std::vector<std::string> missing = options.dump;
  const bool isAll = options.dump == std::vector<std::string>{"all"};
  for (size_t i = 0; i < program.values.size(); ++i) {

    auto name =
        std::find(missing.begin(), missing.end(), program.values[i].name);
    if (!isAll && name == missing.end())
      continue;
    if (!isAll)
      missing.erase(name);
    dumped.found.push_back(i);
  }
  for (const std::string &fused : program.fusedValues) {
    auto name = std::find(missing.begin(), missing.end(), fused);
    if (!isAll && name == missing.end())
      continue;
    if (!isAll)
      missing.erase(name);
    dumped.fused.push_back(fused);
  }
  if (isAll)
    missing.clear();
  removeOutputs(program, missing);
  if (!missing.empty())
    return noValue(program, missing);
  if (!isAll && !dumped.fused.empty())
    return absl::NotFoundError(absl::StrCat("--dump: not in the program are ",
                                            someOf(dumped.fused), "; they are ",
                                            fusedRemedy));
  return dumped;
}

std::string dumpText(const Dumped &dumped) {
  if (dumped.fused.empty())
    return "";
  return absl::StrCat("dump     ", dumped.found.size(), " values; ",
                      dumped.fused.size(), " others are nowhere, ", fusedRemedy,
                      ": ", someOf(dumped.fused), "\n");
}

} // namespace tilicho::run
