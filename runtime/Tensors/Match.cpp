// SPDX-License-Identifier: Apache-2.0
// Pairs tensors with segments by name, or by position where they have none.
#include "runtime/Tensors/Match.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <algorithm>
#include <map>

namespace tilicho {
namespace {

/// Whether `tensor` can stand for `segment`; a raw one takes its type.
bool fits(Tensor &tensor, const Segment &segment) {
  if (tensor.isRaw && isa::sizeOf(tensor.dtype) == isa::sizeOf(segment.dtype) &&
      isa::isFloat(segment.dtype))
    tensor.dtype = segment.dtype;
  // tf32 is stored as f32.
  if (segment.dtype == isa::DType::tf32 && tensor.dtype == isa::DType::f32)
    tensor.dtype = isa::DType::tf32;
  std::vector<int64_t> shape = segment.shape;
  const size_t dim = segment.rowsDimension;
  if (segment.rows != Segment::rowsAreFixed && dim < tensor.shape.size())
    shape[dim] = std::min(shape[dim], tensor.shape[dim]);
  return tensor.dtype == segment.dtype && tensor.shape == shape;
}

class Matcher {
public:
  Matcher(const TensorSource &source, const Program &program,
          Segment::Kind kind)
      : source(source), program(program), kind(kind) {}
  absl::StatusOr<std::vector<Tensor>> run();

private:
  void give(const std::string &name, const Tensor &tensor);
  template <class... Args> void report(const Args &...args) {
    problems.push_back(absl::StrCat(source.place, ": ", args...));
  }

  const TensorSource &source;
  const Program &program;
  Segment::Kind kind;
  std::map<std::string, Tensor> given;
  std::vector<std::string> problems;
};

void Matcher::give(const std::string &name, const Tensor &tensor) {
  if (!given.emplace(name, tensor).second)
    report(kindName(kind), " ", name, " is given twice");
}

absl::StatusOr<std::vector<Tensor>> Matcher::run() {
  std::vector<std::string> names;
  const std::vector<uint32_t> wanted = program.segmentsOf(kind);
  for (uint32_t index : wanted)
    names.push_back(program.segments[index].name);
  for (size_t i = 0; i < source.tensors.size(); ++i) {
    const std::string &name = source.tensors[i].name;
    give(!name.empty()      ? name
         : i < names.size() ? names[i]
                            : absl::StrCat("number ", i),
         source.tensors[i]);
  }
  std::vector<Tensor> matched;
  for (uint32_t index : wanted) {
    const Segment &segment = program.segments[index];
    auto found = given.find(segment.name);
    if (found == given.end()) {
      report(kindName(kind), " ", segment.name, " (",
             typeText(segment.dtype, segment.shape), ") is missing");
      continue;
    }
    Tensor tensor = std::move(found->second);
    given.erase(found);
    if (!fits(tensor, segment))
      report(kindName(kind), " ", segment.name, " is ",
             typeText(tensor.dtype, tensor.shape), ", but the program wants ",
             typeText(segment.dtype, segment.shape));
    tensor.name = segment.name;
    matched.push_back(std::move(tensor));
  }
  for (const auto &[name, tensor] : given)
    report("the program has no ", kindName(kind), " ", name, "; it has ",
           names.empty() ? "none" : absl::StrJoin(names, ", "));
  if (!problems.empty())
    return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
  return matched;
}

} // namespace

absl::StatusOr<std::vector<Tensor>> matchTensors(const TensorSource &source,
                                                 const Program &program,
                                                 Segment::Kind kind) {
  return Matcher(source, program, kind).run();
}

} // namespace tilicho
