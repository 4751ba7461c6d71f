// SPDX-License-Identifier: Apache-2.0
// Fields of a machine file's message by their paths.
#ifndef TILICHO_LIB_MACHINEFILE_FIELDPATH_H
#define TILICHO_LIB_MACHINEFILE_FIELDPATH_H

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "machines/machine.pb.h"

#include <google/protobuf/text_format.h>
#include <string>

namespace tilicho::compiler {

/// A field in a message, and the rest of a path that goes on below it: the
/// type's name in `array.passes.bf16`.
struct FieldPlace {
  const google::protobuf::FieldDescriptor *field = nullptr;
  /// The message that holds it; null when that is itself missing.
  const google::protobuf::Message *parent = nullptr;
  std::string rest;
  /// Line and column, from 1, of the field or of what encloses it.
  int line = 1, column = 1;
};

/// Finds the field that `path` names. `tree` may be null.
absl::StatusOr<FieldPlace>
findField(const proto::Machine &machine, absl::string_view path,
          const google::protobuf::TextFormat::ParseInfoTree *tree);

/// Carries out `FIELD=VALUE`, giving "--set" as the number's source. Returns
/// the path that was set.
absl::StatusOr<std::string> applySetting(proto::Machine &machine,
                                         absl::string_view setting);

} // namespace tilicho::compiler

#endif // TILICHO_LIB_MACHINEFILE_FIELDPATH_H
