// SPDX-License-Identifier: Apache-2.0
// The programs of one group, by the shapes of its inputs.
#include "integrations/onnxruntime/Specializations.h"

using namespace tilicho::offload;

GroupModel Specializations::bound(const Shapes &shapes) const {
  GroupModel bound = model;
  for (size_t i = 0; i < shapes.size(); ++i) {
    bound.inputs[i].type.shape = shapes[i];
    bound.inputs[i].type.dims.assign(shapes[i].size(), "");
  }
  return bound;
}

std::shared_ptr<const Program> Specializations::find(const Shapes &shapes) {
  std::packaged_task<std::shared_ptr<const Program>()> task(
      [&] { return compileProgram(bound(shapes), options); });
  Result result;
  bool isNew;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto place = programs.find(shapes);
    isNew = place == programs.end();
    if (isNew)
      place = programs.emplace(shapes, task.get_future().share()).first;
    result = place->second;
  }
  if (isNew)
    task();
  return result.get();
}

Shapes
Specializations::bind(const std::map<std::string, int64_t> &sizes) const {
  Shapes shapes;
  for (const ModelValue &input : model.inputs) {
    std::vector<int64_t> shape = input.type.shape;
    for (size_t dim = 0; dim < shape.size(); ++dim)
      if (shape[dim] < 0)
        shape[dim] = sizes.at(dimensionName(input, dim));
    shapes.push_back(std::move(shape));
  }
  return shapes;
}
