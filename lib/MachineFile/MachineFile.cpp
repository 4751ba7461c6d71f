// SPDX-License-Identifier: Apache-2.0
// Reads a machine file into a Machine, with every problem at once.
#include "lib/MachineFile/MachineFile.h"
#include "lib/MachineFile/FieldPath.h"
#include "lib/MachineFile/Shipped.h"
#include "runtime/Machine/MachineFields.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <cassert>
#include <cmath>
#include <cstring>
#include <fstream>
#include <google/protobuf/io/tokenizer.h>
#include <map>
#include <sstream>
#include <type_traits>

namespace tilicho::compiler {

using google::protobuf::Message;
using google::protobuf::TextFormat;

namespace {

/// The problems of one file, each with its place.
struct Problems final : google::protobuf::io::ErrorCollector {
  explicit Problems(absl::string_view file) : file(file) {}

  void AddError(int line, int column, const std::string &text) override {
    add(line + 1, column + 1, text);
  }
  // What the parser passes over, an unknown field, is a problem to us.
  void AddWarning(int line, int column, const std::string &text) override {
    AddError(line, column, text);
  }
  void add(int line, int column, absl::string_view text) {
    lines.push_back(absl::StrCat(file, ":", line, ":", column, ": ", text));
  }
  absl::Status status() const {
    if (lines.empty())
      return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
  }

  std::string file;
  std::vector<std::string> lines;
};

/// Fills each field of a Machine from the message's field of the same path.
struct Binder {
  const proto::Machine &message;
  const TextFormat::ParseInfoTree &tree;
  /// Paths that came from settings, with the setting.
  const std::map<std::string, std::string> &settings;
  Problems &problems;

  void report(const std::string &path, absl::string_view text) {
    auto setting = settings.find(path);
    if (setting != settings.end()) {
      problems.lines.push_back(
          absl::StrCat("--set=", setting->second, ": ", path, " ", text));
      return;
    }
    absl::StatusOr<FieldPlace> place = findField(message, path, &tree);
    problems.add(place.ok() ? place->line : 1, place.ok() ? place->column : 1,
                 absl::StrCat(path, " ", text));
  }

  /// The value at `path`, or null, which has been reported.
  template <class Value> const Value *find(const std::string &path) {
    absl::StatusOr<FieldPlace> place = findField(message, path, &tree);
    assert(place.ok() && "MachineFields.h names what machine.proto lacks");
    if (!place->parent ||
        !place->parent->GetReflection()->HasField(*place->parent, place->field))
      return report(path, "is missing"), nullptr;
    const auto &value =
        static_cast<const Value &>(place->parent->GetReflection()->GetMessage(
            *place->parent, place->field));
    if (!value.has_value())
      return report(path, "has no value"), nullptr;
    checkSource(path, value);
    return &value;
  }
  template <class Value>
  void checkSource(const std::string &path, const Value &value) {
    if (value.source().empty() && !value.assumed())
      report(path, "has neither a source nor assumed: true");
  }

  void operator()(std::string path, std::string &name) {
    name = message.name();
    if (name.empty())
      report(path, "is missing");
  }
  void operator()(std::string path, bool &flag) {
    if (const auto *value = find<proto::Flag>(path))
      flag = value->value();
  }
  template <class Number>
  void operator()(std::string path, Number &number, FieldRange range) {
    if (const auto *quantity = find<proto::Quantity>(path))
      assign(path, number, quantity->value(), range);
  }
  template <class Number>
  void assign(const std::string &path, Number &number, double value,
              FieldRange range) {
    if (!(value >= range.low && value <= range.high))
      return report(path, absl::StrCat("is ", value, " but must lie from ",
                                       range.low, " to ", range.high));
    if (std::is_integral<Number>::value && value != std::floor(value))
      return report(path,
                    absl::StrCat("is ", value, " but must be a whole number"));
    number = static_cast<Number>(value);
  }

  /// The repeated field at `path`; empty if what holds it is missing.
  template <class Use> void forEach(const std::string &path, Use use) {
    absl::StatusOr<FieldPlace> place = findField(message, path, &tree);
    assert(place.ok() && "MachineFields.h names what machine.proto lacks");
    if (!place->parent)
      return;
    const google::protobuf::Reflection &fields =
        *place->parent->GetReflection();
    for (int i = 0; i < fields.FieldSize(*place->parent, place->field); ++i)
      use(*place, fields, i);
  }
  void operator()(std::string path, TypeTable &table, FieldRange range) {
    forEach(path, [&](const FieldPlace &place,
                      const google::protobuf::Reflection &fields, int i) {
      const auto &rate = static_cast<const proto::TypeRate &>(
          fields.GetRepeatedMessage(*place.parent, place.field, i));
      checkSource(path, rate);
      for (int type : rate.dtype())
        assign(absl::StrCat(path, ".", elementTypeNames[type]),
               table.values[type], rate.value(), range);
    });
  }
  void operator()(std::string path, TypeSet &set, const char *const *names,
                  int count) {
    forEach(path, [&](const FieldPlace &place,
                      const google::protobuf::Reflection &fields, int i) {
      const std::string &name =
          fields.GetRepeatedEnum(*place.parent, place.field, i)->name();
      uint32_t before = set.bits;
      for (int type = 0; type < count; ++type)
        set.bits |= uint32_t(name == names[type]) << type;
      if (set.bits == before)
        report(path, absl::StrCat("cannot hold ", name));
    });
    if (set.bits == 0)
      report(path, "is missing");
  }
  void operator()(std::string, std::vector<std::vector<std::string>> &sets) {
    for (const proto::FunctionSet &set : message.activation_tables().set())
      sets.emplace_back(set.function().begin(), set.function().end());
  }
};

absl::Status parseText(absl::string_view text, proto::Machine &message,
                       TextFormat::ParseInfoTree &tree, Problems &problems) {
  TextFormat::Parser parser;
  parser.RecordErrorsTo(&problems);
  parser.WriteLocationsTo(&tree);
  parser.AllowUnknownField(true);
  parser.ParseFromString(std::string(text), &message);
  return problems.status();
}

absl::StatusOr<std::string> readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf()))
    return absl::NotFoundError(absl::StrCat("cannot read machine file ", path,
                                            ": ", std::strerror(errno)));
  return text.str();
}

} // namespace

absl::StatusOr<Machine> parseMachine(absl::string_view text,
                                     absl::string_view fileName,
                                     const std::vector<std::string> &settings) {
  proto::Machine message;
  TextFormat::ParseInfoTree tree;
  Problems problems(fileName);
  if (absl::Status status = parseText(text, message, tree, problems);
      !status.ok())
    return status;
  std::map<std::string, std::string> settingOfPath;
  for (const std::string &setting : settings) {
    absl::StatusOr<std::string> path = applySetting(message, setting);
    if (path.ok())
      settingOfPath[*path] = setting;
    else
      problems.lines.push_back(
          absl::StrCat("--set=", setting, ": ", path.status().message()));
  }
  Machine machine;
  Binder bind{message, tree, settingOfPath, problems};
  visitMachineFields(machine, bind);
  if (problems.lines.empty())
    for (const MachineProblem &problem : validate(machine))
      bind.report(problem.path, problem.message);
  if (absl::Status status = problems.status(); !status.ok())
    return status;
  return machine;
}

static absl::Status unknownMachine(absl::string_view name) {
  std::vector<std::string> shipped = shippedMachines();
  return absl::NotFoundError(absl::StrCat(
      "unknown machine \"", name, "\"; ",
      shipped.empty() ? "no folder share/tilicho/machines is beside the "
                        "program or library"
                      : "shipped are " + absl::StrJoin(shipped, ", "),
      "; a machine file is named by a path that ends in .textproto"));
}

absl::StatusOr<Machine> readMachine(absl::string_view nameOrPath,
                                    const std::vector<std::string> &settings) {
  std::string path(nameOrPath);
  if (!absl::StrContains(path, '/')) {
    std::string shipped = shippedMachinePath(nameOrPath);
    if (!shipped.empty())
      path = shipped;
    else if (!absl::EndsWith(path, ".textproto"))
      return unknownMachine(nameOrPath);
  }
  absl::StatusOr<std::string> text = readFile(path);
  if (!text.ok())
    return text.status();
  return parseMachine(*text, path, settings);
}

} // namespace tilicho::compiler
