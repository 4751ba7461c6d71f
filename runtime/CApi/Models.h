// SPDX-License-Identifier: Apache-2.0
// Models and options of the caller as requests to the compiler.
#ifndef TILICHO_RUNTIME_CAPI_MODELS_H
#define TILICHO_RUNTIME_CAPI_MODELS_H

#include "runtime/CApi/Context.h"
#include "runtime/CApi/Handles.h"

namespace tilicho::capi {

/// A model's bytes with all that is asked about it.
struct ModelSource {
  absl::Span<const uint8_t> bytes;
  /// Of a mapped file or a copy; null where the bytes are the caller's.
  std::shared_ptr<const void> owner;
  CompilerRequest request;
};

/// An array that the caller gives may be null only where it is empty.
absl::Status checkArray(const char *what, const void *array, size_t count);

/// Reads the caller's structs, and the file where the model is one.
absl::StatusOr<ModelSource> readModel(const tilicho_model *model,
                                      const tilicho_option *options,
                                      size_t optionCount);

/// The caller's tensor with its data, which has to be there.
absl::StatusOr<ConstantInput> readConstant(const tilicho_tensor &tensor);

absl::StatusOr<std::shared_ptr<const LoadedProgram>>
compileProgram(const Context &context, const ModelSource &source);

absl::StatusOr<ModelDescription> describeModel(const Context &context,
                                               ModelSource source);
/// The description as JSON.
std::string toJson(const ModelDescription &description);

} // namespace tilicho::capi

#endif // TILICHO_RUNTIME_CAPI_MODELS_H
