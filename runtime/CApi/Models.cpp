// SPDX-License-Identifier: Apache-2.0
// The C interface to the compiler.
#include "runtime/CApi/Models.h"
#include "runtime/Program/MappedFile.h"
#include "runtime/Timing/Json.h"

#include "absl/strings/str_cat.h"

#include <chrono>
#include <filesystem>
#include <sstream>

namespace fs = std::filesystem;

namespace tilicho::capi {

//===----------------------------------------------------------------------===//
// Reading what the caller gives
//===----------------------------------------------------------------------===//

static std::string orEmpty(const char *text) { return text ? text : ""; }

absl::StatusOr<ConstantInput> readConstant(const tilicho_tensor &given) {
  const tilicho_tensor tensor = readOptions(&given);
  ConstantInput constant;
  constant.name = orEmpty(tensor.name);
  if (tensor.dtype < TILICHO_F32 || tensor.dtype > TILICHO_F64)
    return absl::InvalidArgumentError(absl::StrCat(
        "tensor ", constant.name, " has an unknown type: ", tensor.dtype));
  if (!tensor.data)
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", constant.name,
                     " has no data, but its value is needed when compiling"));
  for (size_t dim = 0; dim < tensor.rank; ++dim)
    if (tensor.shape[dim] < 0)
      return absl::InvalidArgumentError(
          absl::StrCat("dimension ", dim, " of tensor ", constant.name, " is ",
                       tensor.shape[dim]));
  constant.dtype = tensor.dtype;
  constant.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  constant.bytes.assign(static_cast<const char *>(tensor.data),
                        size_t(elementCount(constant.shape)) *
                            isa::sizeOf(static_cast<isa::DType>(tensor.dtype)));
  return constant;
}

static absl::Status readBytes(const tilicho_model &model, ModelSource &source) {
  CompilerRequest &request = source.request;
  request.name = orEmpty(model.name);
  request.folder = orEmpty(model.folder);
  if (model.bytes) {
    source.bytes = {static_cast<const uint8_t *>(model.bytes), model.size};
    if (request.name.empty())
      request.name = "model";
    return absl::OkStatus();
  }
  if (!model.path)
    return absl::InvalidArgumentError("the model has neither bytes nor a path");
  auto file = mapFile(model.path);
  if (!file.ok())
    return file.status();
  source.bytes = file->bytes;
  source.owner = file->owner;
  if (request.name.empty())
    request.name = model.path;
  if (request.folder.empty())
    request.folder = fs::path(model.path).parent_path();
  if (request.folder.empty())
    request.folder = ".";
  return absl::OkStatus();
}

absl::Status checkArray(const char *what, const void *array, size_t count) {
  if (array || count == 0)
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(count, " ", what, " are given, but their array is NULL"));
}

absl::StatusOr<ModelSource> readModel(const tilicho_model *given,
                                      const tilicho_option *options,
                                      size_t optionCount) {
  ModelSource source;
  const tilicho_model model = readOptions(given);
  absl::Status status = readBytes(model, source);
  status.Update(checkArray("options", options, optionCount));
  status.Update(checkArray("constants", model.constants, model.constant_count));
  if (!status.ok())
    return status;
  for (size_t i = 0; i < optionCount; ++i)
    source.request.options.emplace_back(orEmpty(options[i].key),
                                        orEmpty(options[i].value));
  for (size_t i = 0; i < model.constant_count; ++i) {
    auto constant = readConstant(model.constants[i]);
    if (!constant.ok())
      return constant.status();
    source.request.constants.push_back(*std::move(constant));
  }
  return source;
}

//===----------------------------------------------------------------------===//
// Asking
//===----------------------------------------------------------------------===//

absl::StatusOr<std::shared_ptr<const LoadedProgram>>
compileProgram(const Context &context, const ModelSource &source) {
  const auto start = std::chrono::steady_clock::now();
  auto file = context.ask(source.request, source.bytes);
  if (!file.ok())
    return file.status();
  const std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  context.log(TILICHO_LOG_INFO, absl::StrCat("compiled ", source.request.name,
                                             " in ", seconds.count(), " s"));
  return loadFile(file->bytes, file->owner, source.request.name);
}

absl::StatusOr<ModelDescription> describeModel(const Context &context,
                                               ModelSource source) {
  source.request.kind = CompilerRequest::Describe;
  auto answer = context.ask(source.request, source.bytes);
  if (!answer.ok())
    return answer.status();
  ModelDescription description;
  if (!fromWire({reinterpret_cast<const char *>(answer->bytes.data()),
                 answer->bytes.size()},
                description))
    return makeStatus(TILICHO_INTERNAL, "the description is cut short");
  return description;
}

static void print(std::ostream &out, const TensorDescription &tensor) {
  out << "{\"name\": " << timing::jsonString(tensor.name) << ", \"dtype\": \""
      << isa::nameOf(static_cast<isa::DType>(tensor.dtype))
      << "\", \"shape\": [";
  for (size_t dim = 0; dim < tensor.shape.size(); ++dim) {
    out << (dim ? ", " : "");
    if (tensor.shape[dim] >= 0)
      out << tensor.shape[dim];
    else if (tensor.dims[dim].empty())
      out << "null";
    else
      out << timing::jsonString(tensor.dims[dim]);
  }
  out << "], \"reaches_shape\": " << (tensor.reachesShape ? "true" : "false")
      << "}";
}

static void print(std::ostream &out, const char *key,
                  const std::vector<TensorDescription> &tensors) {
  out << "\"" << key << "\": [";
  const char *separator = "";
  for (const TensorDescription &tensor : tensors) {
    out << separator;
    print(out, tensor);
    separator = ", ";
  }
  out << "]";
}

std::string toJson(const ModelDescription &description) {
  std::ostringstream out;
  out << "{";
  print(out, "inputs", description.inputs);
  out << ", ";
  print(out, "outputs", description.outputs);
  out << "}";
  return out.str();
}

} // namespace tilicho::capi

using namespace tilicho;
using namespace tilicho::capi;

/// The options of version 1 by their keys.
static std::vector<tilicho_option>
toOptions(const tilicho_compile_options &given) {
  std::vector<tilicho_option> options;
  if (given.machine)
    options.push_back({"machine", given.machine});
  if (given.precision)
    options.push_back({"precision", given.precision});
  if (given.optimization)
    options.push_back({"O", given.optimization});
  for (size_t i = 0; i < given.setting_count; ++i)
    options.push_back({"set", given.settings[i]});
  for (size_t i = 0; i < given.dim_count; ++i)
    options.push_back({"dim", given.dims[i]});
  return options;
}

extern "C" {

tilicho_error *tilicho_compile_model(tilicho_context *context,
                                     const tilicho_model *model,
                                     const tilicho_option *options,
                                     size_t option_count,
                                     tilicho_program **program) {
  return guarded([&] {
    auto source = readModel(model, options, option_count);
    if (!source.ok())
      return source.status();
    auto loaded = compileProgram(*contextOf(context), *source);
    if (loaded.ok())
      *program = new tilicho_program{*std::move(loaded)};
    return loaded.status();
  });
}

tilicho_error *tilicho_compile(const void *model, size_t size,
                               const tilicho_compile_options *options,
                               tilicho_program **program) {
  const tilicho_compile_options known = readOptions(options);
  const std::vector<tilicho_option> list = toOptions(known);
  tilicho_model source = {};
  source.struct_size = sizeof(source);
  source.bytes = model ? model : "";
  source.size = size;
  source.name = known.name;
  source.folder = known.folder;
  return tilicho_compile_model(nullptr, &source, list.data(), list.size(),
                               program);
}

tilicho_error *tilicho_check_model(tilicho_context *context,
                                   const tilicho_model *model,
                                   const tilicho_option *options,
                                   size_t option_count, tilicho_text **report) {
  return guarded([&] {
    auto source = readModel(model, options, option_count);
    if (!source.ok())
      return source.status();
    source->request.kind = CompilerRequest::Check;
    auto answer = contextOf(context)->ask(source->request, source->bytes);
    if (answer.ok())
      *report = new tilicho_text{
          {reinterpret_cast<const char *>(answer->bytes.data()),
           answer->bytes.size()}};
    return answer.status();
  });
}

tilicho_error *tilicho_describe_model(tilicho_context *context,
                                      const tilicho_model *model,
                                      const tilicho_option *options,
                                      size_t option_count,
                                      tilicho_text **description) {
  return guarded([&] {
    auto source = readModel(model, options, option_count);
    if (!source.ok())
      return source.status();
    auto described = describeModel(*contextOf(context), *std::move(source));
    if (described.ok())
      *description = new tilicho_text{toJson(*described)};
    return described.status();
  });
}

} // extern "C"
