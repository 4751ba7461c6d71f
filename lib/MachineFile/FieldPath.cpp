// SPDX-License-Identifier: Apache-2.0
// Walks a machine file's message along a field path, and sets what is there.
#include "lib/MachineFile/FieldPath.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <algorithm>

namespace tilicho::compiler {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

namespace {

/// Whether a path goes on below `field`: groups do, values do not.
bool isGroup(const FieldDescriptor &field) {
  return field.message_type() && !field.is_repeated() &&
         field.message_type() != proto::Quantity::descriptor() &&
         field.message_type() != proto::Flag::descriptor();
}

absl::Status unknownField(absl::string_view path, const Descriptor &group) {
  std::vector<std::string> names;
  for (int i = 0; i < group.field_count(); ++i)
    names.push_back(group.field(i)->name());
  return absl::InvalidArgumentError(
      absl::StrCat("unknown machine field \"", path, "\"; fields of ",
                   group.name(), " are ", absl::StrJoin(names, ", ")));
}

/// Moves `place` to where the text has `field`, if it does.
void locate(FieldPlace &place, const TextFormat::ParseInfoTree *tree) {
  if (!tree)
    return;
  TextFormat::ParseLocation at =
      tree->GetLocation(place.field, place.field->is_repeated() ? 0 : -1);
  if (at.line >= 0)
    place.line = at.line + 1, place.column = at.column + 1;
}

absl::Status notA(absl::string_view what, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", value, "\" is no ", what));
}

absl::Status setQuantity(proto::Quantity &quantity, absl::string_view value) {
  double number = 0;
  if (!absl::SimpleAtod(value, &number))
    return notA("number", value);
  quantity.Clear();
  quantity.set_value(number);
  quantity.set_source("--set");
  return absl::OkStatus();
}

absl::Status setFlag(proto::Flag &flag, absl::string_view value) {
  bool holds = false;
  if (!absl::SimpleAtob(value, &holds))
    return notA("truth value; write true or false", value);
  flag.Clear();
  flag.set_value(holds);
  flag.set_source("--set");
  return absl::OkStatus();
}

/// Takes `type` out of every rate and adds one of its own.
absl::Status setRate(Message &parent, const FieldDescriptor &field,
                     absl::string_view typeName, absl::string_view value) {
  proto::DType type;
  double number = 0;
  if (!proto::DType_Parse(std::string(typeName), &type))
    return notA("element type", typeName);
  if (!absl::SimpleAtod(value, &number))
    return notA("number", value);
  const google::protobuf::Reflection &fields = *parent.GetReflection();
  for (int i = 0; i < fields.FieldSize(parent, &field); ++i) {
    auto &rate = static_cast<proto::TypeRate &>(
        *fields.MutableRepeatedMessage(&parent, &field, i));
    auto *types = rate.mutable_dtype();
    types->erase(std::remove(types->begin(), types->end(), int(type)),
                 types->end());
  }
  auto &rate =
      static_cast<proto::TypeRate &>(*fields.AddMessage(&parent, &field));
  rate.add_dtype(type);
  rate.set_value(number);
  rate.set_source("--set");
  return absl::OkStatus();
}

absl::Status setTypes(Message &parent, const FieldDescriptor &field,
                      absl::string_view value) {
  parent.GetReflection()->ClearField(&parent, &field);
  for (absl::string_view name : absl::StrSplit(value, ',')) {
    const auto *type = field.enum_type()->FindValueByName(std::string(name));
    if (!type)
      return notA("element type", name);
    parent.GetReflection()->AddEnum(&parent, &field, type);
  }
  return absl::OkStatus();
}

void setTables(proto::ActivationTables &tables, absl::string_view value) {
  tables.clear_set();
  for (absl::string_view set : absl::StrSplit(value, ';', absl::SkipEmpty()))
    for (absl::string_view name : absl::StrSplit(set, ',', absl::SkipEmpty())) {
      if (name.data() == set.data())
        tables.add_set();
      tables.mutable_set(tables.set_size() - 1)
          ->add_function(std::string(name));
    }
}

/// The message that holds the field at `path`, made if need be.
Message &mutableParent(Message &root, absl::string_view path,
                       const FieldDescriptor &field) {
  Message *message = &root;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    if (message->GetDescriptor() == field.containing_type())
      break;
    message = message->GetReflection()->MutableMessage(
        message, message->GetDescriptor()->FindFieldByName(std::string(name)));
  }
  return *message;
}

absl::Status setField(proto::Machine &machine, const FieldPlace &place,
                      absl::string_view path, absl::string_view value) {
  Message &parent = mutableParent(machine, path, *place.field);
  const google::protobuf::Reflection &fields = *parent.GetReflection();
  if (place.field->type() == FieldDescriptor::TYPE_STRING)
    return fields.SetString(&parent, place.field, std::string(value)),
           absl::OkStatus();
  if (place.field->type() == FieldDescriptor::TYPE_ENUM)
    return setTypes(parent, *place.field, value);
  const Descriptor *type = place.field->message_type();
  if (type == proto::TypeRate::descriptor())
    return setRate(parent, *place.field, place.rest, value);
  if (type == proto::FunctionSet::descriptor())
    return setTables(static_cast<proto::ActivationTables &>(parent), value),
           absl::OkStatus();
  Message *message = fields.MutableMessage(&parent, place.field);
  if (type == proto::Flag::descriptor())
    return setFlag(static_cast<proto::Flag &>(*message), value);
  return setQuantity(static_cast<proto::Quantity &>(*message), value);
}

} // namespace

absl::StatusOr<FieldPlace> findField(const proto::Machine &machine,
                                     absl::string_view path,
                                     const TextFormat::ParseInfoTree *tree) {
  FieldPlace place;
  place.parent = &machine;
  const Descriptor *group = machine.GetDescriptor();
  std::vector<absl::string_view> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    place.field = group->FindFieldByName(std::string(names[i]));
    if (!place.field)
      return unknownField(path, *group);
    locate(place, tree);
    if (!isGroup(*place.field)) {
      place.rest = absl::StrJoin(names.begin() + i + 1, names.end(), ".");
      bool takesRest =
          place.field->message_type() == proto::TypeRate::descriptor();
      if (!place.rest.empty() && !takesRest)
        return unknownField(path, *place.field->containing_type());
      return place;
    }
    group = place.field->message_type();
    const google::protobuf::Reflection *fields =
        place.parent ? place.parent->GetReflection() : nullptr;
    bool isThere = fields && fields->HasField(*place.parent, place.field);
    if (tree && isThere)
      tree = tree->GetTreeForNested(place.field, -1);
    place.parent =
        isThere ? &fields->GetMessage(*place.parent, place.field) : nullptr;
  }
  return unknownField(path, *group);
}

absl::StatusOr<std::string> applySetting(proto::Machine &machine,
                                         absl::string_view setting) {
  std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(setting, absl::MaxSplits('=', 1));
  if (setting.find('=') == absl::string_view::npos)
    return absl::InvalidArgumentError("write it as FIELD=VALUE");
  absl::StatusOr<FieldPlace> place = findField(machine, parts.first, nullptr);
  if (!place.ok())
    return place.status();
  absl::Status status = setField(machine, *place, parts.first, parts.second);
  if (!status.ok())
    return status;
  return std::string(parts.first);
}

} // namespace tilicho::compiler
