// SPDX-License-Identifier: Apache-2.0
// A machine's canonical text, its hash and its comparison.
#include "runtime/Machine/MachineFields.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

#include <charconv>

namespace tilicho {
namespace {

using Field = std::pair<std::string, std::string>;

/// The shortest text that reads back as the same number.
std::string numberText(double value) {
  char buffer[32];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  return std::string(buffer, end);
}

/// Collects every field as path and text.
struct FieldWriter {
  std::vector<Field> &fields;

  void operator()(std::string path, const std::string &value) {
    fields.emplace_back(std::move(path), value);
  }
  void operator()(std::string path, const bool &value) {
    fields.emplace_back(std::move(path), value ? "true" : "false");
  }
  template <class Number>
  void operator()(std::string path, const Number &value, FieldRange) {
    fields.emplace_back(std::move(path), numberText(value));
  }
  void operator()(std::string path, const TypeTable &table, FieldRange) {
    for (int type = 0; type < numElementTypes; ++type)
      fields.emplace_back(absl::StrCat(path, ".", elementTypeNames[type]),
                          numberText(table.values[type]));
  }
  void operator()(std::string path, const TypeSet &set,
                  const char *const *names, int count) {
    std::vector<const char *> held;
    for (int type = 0; type < count; ++type)
      if (set.has(type))
        held.push_back(names[type]);
    fields.emplace_back(std::move(path), absl::StrJoin(held, ","));
  }
  void operator()(std::string path,
                  const std::vector<std::vector<std::string>> &sets) {
    std::vector<std::string> joined;
    for (const std::vector<std::string> &set : sets)
      joined.push_back(absl::StrJoin(set, ","));
    fields.emplace_back(std::move(path), absl::StrJoin(joined, ";"));
  }
};

/// Reads what `FieldWriter` wrote, line after line.
struct FieldReader {
  std::vector<absl::string_view> lines;
  size_t next = 0;
  std::string problem;

  absl::string_view take(const std::string &path) {
    absl::string_view line = next < lines.size() ? lines[next] : "";
    ++next;
    if (absl::ConsumePrefix(&line, path) && absl::ConsumePrefix(&line, "="))
      return line;
    fail(path);
    return "";
  }
  void fail(const std::string &path) {
    if (problem.empty())
      problem = absl::StrCat("line ", next, " does not hold ", path);
  }

  void operator()(std::string path, std::string &value) {
    value = std::string(take(path));
  }
  void operator()(std::string path, bool &value) {
    value = take(path) == "true";
  }
  template <class Number>
  void operator()(std::string path, Number &value, FieldRange range) {
    double number = 0;
    if (!absl::SimpleAtod(take(path), &number) ||
        !(number >= range.low && number <= range.high))
      return fail(path);
    value = static_cast<Number>(number);
  }
  void operator()(std::string path, TypeTable &table, FieldRange range) {
    for (int type = 0; type < numElementTypes; ++type)
      (*this)(absl::StrCat(path, ".", elementTypeNames[type]),
              table.values[type], range);
  }
  void operator()(std::string path, TypeSet &set, const char *const *names,
                  int count) {
    for (absl::string_view name :
         absl::StrSplit(take(path), ',', absl::SkipEmpty()))
      for (int type = 0; type < count; ++type)
        if (name == names[type])
          set.bits |= 1u << type;
  }
  void operator()(std::string path,
                  std::vector<std::vector<std::string>> &sets) {
    for (absl::string_view set :
         absl::StrSplit(take(path), ';', absl::SkipEmpty()))
      sets.push_back(absl::StrSplit(set, ','));
  }
};

std::vector<Field> fieldsOf(const Machine &machine) {
  std::vector<Field> fields;
  visitMachineFields(machine, FieldWriter{fields});
  return fields;
}

} // namespace

std::string serialize(const Machine &machine) {
  std::string text;
  for (const Field &field : fieldsOf(machine))
    absl::StrAppend(&text, field.first, "=", field.second, "\n");
  return text;
}

absl::StatusOr<Machine> deserializeMachine(absl::string_view text) {
  Machine machine;
  FieldReader reader{absl::StrSplit(text, '\n'), 0, ""};
  visitMachineFields(machine, reader);
  if (!reader.problem.empty())
    return absl::InvalidArgumentError(
        absl::StrCat("machine description is damaged: ", reader.problem));
  if (serialize(machine) != text)
    return absl::InvalidArgumentError(
        "machine description is damaged: it is not in canonical form");
  std::vector<MachineProblem> problems = validate(machine);
  if (!problems.empty())
    return absl::InvalidArgumentError(absl::StrCat(
        "machine description: ", problems[0].path, " ", problems[0].message));
  return machine;
}

Sha256 hash(const Machine &machine) { return sha256(serialize(machine)); }

std::vector<std::string> differences(const Machine &ours,
                                     const Machine &theirs) {
  std::vector<Field> left = fieldsOf(ours), right = fieldsOf(theirs);
  std::vector<std::string> lines;
  for (size_t i = 0; i < left.size(); ++i)
    if (left[i].second != right[i].second)
      lines.push_back(absl::StrCat(left[i].first, ": ", left[i].second, ", ",
                                   right[i].second));
  return lines;
}

} // namespace tilicho
