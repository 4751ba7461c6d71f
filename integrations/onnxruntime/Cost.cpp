// SPDX-License-Identifier: Apache-2.0
// Whether a group of nodes is worth moving its values.
#include "integrations/onnxruntime/Cost.h"

#include <algorithm>

using namespace tilicho::offload;

/// Bytes in a microsecond, of a rate in 1e9 bytes a second.
static constexpr double bytesPerUs = 1000;

static double bytesOf(const Ort::ConstValueInfo &value,
                      const std::map<std::string, int64_t> &sizes) {
  if (!value)
    return 0;
  const ValueType type = typeOf(value);
  // Elements of 4 bytes stand for all; 8 bits and 64 are rare.
  double bytes = 4;
  for (size_t dim = 0; dim < type.shape.size(); ++dim) {
    auto known = sizes.find(type.dims[dim]);
    const double open = known == sizes.end() ? 1 : double(known->second);
    bytes *= type.shape[dim] < 0 ? open : double(type.shape[dim]);
  }
  return bytes;
}

/// Without MACs a host is bound by memory and by starting each node.
static double hostUs(const std::vector<Ort::ConstNode> &members,
                     const std::map<std::string, int64_t> &sizes,
                     const Options &options) {
  double bytes = 0;
  for (const Ort::ConstNode &node : members) {
    for (const Ort::ConstValueInfo &input : node.GetInputs())
      bytes += bytesOf(input, sizes);
    for (const Ort::ConstValueInfo &output : node.GetOutputs())
      bytes += bytesOf(output, sizes);
  }
  return bytes / (options.hostGigabytesPerSecond * bytesPerUs) +
         options.hostNodeUs * double(members.size());
}

static double copyUs(const Program &program, const Options &options) {
  double bytes = 0;
  for (const Program::Tensor &input : program.inputs())
    bytes += double(input.bytes);
  for (const Program::Tensor &output : program.outputs())
    bytes += double(output.bytes);
  return bytes / (options.linkGigabytesPerSecond * bytesPerUs);
}

/// The count of MACs leaves out those in bodies, which may run any number of
/// times.
static bool hasMacs(const std::vector<Ort::ConstNode> &members,
                    const Program &program) {
  const bool hasBodies =
      std::any_of(members.begin(), members.end(), [](Ort::ConstNode node) {
        return !node.GetSubgraphs().empty();
      });
  return program.macs() > 0 || (hasBodies && program.usesArray());
}

bool tilicho::offload::groupPays(const std::vector<Ort::ConstNode> &members,
                                 const Program &program,
                                 const std::map<std::string, int64_t> &sizes,
                                 const Options &options) {
  // MACs are what the machine is for.
  if (options.placement == Placement::All || hasMacs(members, program))
    return true;
  if (options.placement == Placement::Macs)
    return false;
  return program.makespanUs() + copyUs(program, options) + options.launchUs <=
         hostUs(members, sizes, options);
}
