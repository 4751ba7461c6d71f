// SPDX-License-Identifier: Apache-2.0
// A fused node: runs a group's program on ONNX Runtime's own buffers.
#include "integrations/onnxruntime/Kernel.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

using namespace tilicho::offload;

namespace {

class Compiled : public ProgramSource {
public:
  explicit Compiled(std::shared_ptr<Specializations> programs)
      : programs(std::move(programs)) {}
  std::shared_ptr<const Program> find(const Shapes &shapes) override {
    return programs->find(shapes);
  }
  std::vector<std::string> inputNames() const override {
    std::vector<std::string> names;
    for (const ModelValue &input : programs->group().inputs)
      names.push_back(input.name);
    return names;
  }

private:
  std::shared_ptr<Specializations> programs;
};

std::string toText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (int64_t size : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

class Loaded : public ProgramSource {
public:
  explicit Loaded(std::shared_ptr<const Program> program)
      : program(std::move(program)) {}
  std::shared_ptr<const Program> find(const Shapes &shapes) override {
    const std::vector<Program::Tensor> &wanted = program->inputs();
    for (size_t i = 0; i < wanted.size(); ++i)
      if (shapes[i] != wanted[i].shape)
        throw std::runtime_error("the model was compiled for input '" +
                                 wanted[i].name + "' of shape " +
                                 toText(wanted[i].shape) +
                                 ", but it is given " + toText(shapes[i]));
    return program;
  }
  std::vector<std::string> inputNames() const override {
    std::vector<std::string> names;
    for (const Program::Tensor &input : program->inputs())
      names.push_back(input.name);
    return names;
  }

private:
  std::shared_ptr<const Program> program;
};

size_t placeOf(const std::string &name, const std::vector<std::string> &names) {
  auto place = std::find(names.begin(), names.end(), name);
  if (place == names.end())
    throw std::runtime_error("the fused node has no value '" + name + "'");
  return place - names.begin();
}

} // namespace

std::unique_ptr<ProgramSource>
tilicho::offload::compiledSource(std::shared_ptr<Specializations> programs) {
  return std::make_unique<Compiled>(std::move(programs));
}

std::unique_ptr<ProgramSource>
tilicho::offload::loadedSource(std::shared_ptr<const Program> program) {
  return std::make_unique<Loaded>(std::move(program));
}

Kernel::Kernel(std::unique_ptr<ProgramSource> given, std::string name,
               std::vector<std::string> inputs,
               std::vector<std::string> outputs, const Options &options)
    : OrtNodeComputeInfo{}, source(std::move(given)), name(std::move(name)),
      inputs(std::move(inputs)), outputs(std::move(outputs)), options(options) {
  for (const std::string &wanted : source->inputNames())
    sourceInputs.push_back(placeOf(wanted, this->inputs));
  ort_version_supported = apiVersion();
  CreateState = [](OrtNodeComputeInfo *self, OrtNodeComputeContext *,
                   void **state) -> OrtStatus * {
    *state = self;
    return nullptr;
  };
  Compute = [](OrtNodeComputeInfo *, void *state, OrtKernelContext *context) {
    return guarded([&] { static_cast<Kernel *>(state)->compute(context); });
  };
  ReleaseState = [](OrtNodeComputeInfo *, void *) {};
}

std::vector<size_t>
Kernel::placesOf(const std::vector<Program::Tensor> &tensors,
                 const std::vector<std::string> &names) const {
  std::vector<size_t> places;
  for (const Program::Tensor &tensor : tensors)
    places.push_back(placeOf(tensor.name, names));
  return places;
}

/// An output whose size is known when the run has ended.
static void giveRows(Ort::KernelContext &context, size_t place,
                     const Program::Tensor &tensor, int64_t rows,
                     const std::vector<uint8_t> &bytes) {
  std::vector<int64_t> shape = tensor.shape;
  const int64_t most = std::exchange(shape[tensor.rowsDimension], rows);
  auto value = context.GetOutput(place, shape);
  if (rows > 0)
    std::memcpy(value.GetTensorMutableRawData(), bytes.data(),
                bytes.size() / most * rows);
}

void Kernel::compute(OrtKernelContext *given) {
  Ort::KernelContext context(given);
  Shapes shapes;
  for (size_t place : sourceInputs)
    shapes.push_back(
        context.GetInput(place).GetTensorTypeAndShapeInfo().GetShape());
  const std::shared_ptr<const Program> program = source->find(shapes);
  std::vector<tilicho_buffer> in, out;
  for (size_t place : placesOf(program->inputs(), inputs)) {
    Ort::ConstValue value = context.GetInput(place);
    in.push_back({const_cast<void *>(value.GetTensorRawData()),
                  value.GetTensorSizeInBytes()});
  }
  const std::vector<size_t> places = placesOf(program->outputs(), outputs);
  std::vector<std::vector<uint8_t>> kept(places.size());
  for (size_t i = 0; i < places.size(); ++i) {
    const Program::Tensor &tensor = program->outputs()[i];
    kept[i].resize(tensor.rowsVary ? tensor.bytes : 0);
    void *data = tensor.rowsVary ? kept[i].data()
                                 : context.GetOutput(places[i], tensor.shape)
                                       .GetTensorMutableRawData();
    out.push_back({data, tensor.bytes});
  }
  const std::vector<int64_t> rows = program->run(options, name, in, out);
  for (size_t i = 0; i < places.size(); ++i)
    if (program->outputs()[i].rowsVary)
      giveRows(context, places[i], program->outputs()[i], rows[i], kept[i]);
}
