// SPDX-License-Identifier: Apache-2.0
// The programs of one group, by the shapes of its inputs.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_SPECIALIZATIONS_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_SPECIALIZATIONS_H

#include "integrations/onnxruntime/Programs.h"

#include <future>
#include <map>
#include <mutex>

namespace tilicho::offload {

/// Of each input of a group.
using Shapes = std::vector<std::vector<int64_t>>;

/// May be used from several threads at once.
class Specializations {
public:
  Specializations(GroupModel group, Options options)
      : model(std::move(group)), options(std::move(options)) {}

  /// The program for these shapes of the group's inputs, in order. It is
  /// compiled once, whoever asks at the same time. Throws when it cannot be.
  std::shared_ptr<const Program> find(const Shapes &shapes);

  /// Names of inputs whose values would have to be known when compiling.
  std::vector<std::string> inputsThatReachShapes(const Shapes &shapes) const {
    return offload::inputsThatReachShapes(bound(shapes), options);
  }

  /// The inputs' shapes, with `sizes` for open dimensions by name.
  Shapes bind(const std::map<std::string, int64_t> &sizes) const;

  const GroupModel &group() const { return model; }

private:
  using Result = std::shared_future<std::shared_ptr<const Program>>;

  GroupModel bound(const Shapes &shapes) const;

  const GroupModel model;
  const Options options;
  std::mutex mutex;
  std::map<Shapes, Result> programs;
};

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_SPECIALIZATIONS_H
