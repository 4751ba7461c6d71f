// SPDX-License-Identifier: Apache-2.0
// Writes the ODS records of the onnx dialect from ONNX's own schemas.
#include "onnx/defs/schema.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>

using onnx::AttributeProto;
using onnx::OpSchema;

namespace {

/// The domain whose operators become operations, as schemas spell it.
const char *const domain = "";

/// Written by hand in OnnxOps.td.
const std::set<std::string> handWritten = {"Constant"};

std::string quoted(const std::string &text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result + "\"";
}

/// The first sentence of a schema's documentation, on one line.
std::string summaryOf(const OpSchema &schema) {
  std::string text = schema.doc() ? schema.doc() : "";
  std::string line;
  for (char c : text) {
    bool space = std::isspace(static_cast<unsigned char>(c));
    if (space && (line.empty() || line.back() == ' '))
      continue;
    line += space ? ' ' : c;
  }
  line = line.substr(0, line.find(". "));
  while (!line.empty() && (line.back() == ' ' || line.back() == '.'))
    line.pop_back();
  return line.substr(0, 300);
}

/// The accessor that mlir-tblgen makes of a name: two names that share one
/// cannot live in one operation.
std::string accessorOf(const std::string &name) {
  std::string result;
  bool upper = true;
  for (char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper ? std::toupper(static_cast<unsigned char>(c)) : c;
    upper = false;
  }
  return result;
}

class NameTable {
public:
  /// A name for `wanted` whose accessor is free; `suffix` tells them apart.
  std::string take(const std::string &wanted, const std::string &suffix) {
    std::string name = wanted;
    while (!taken.insert(accessorOf(name)).second)
      name += suffix;
    return name;
  }

private:
  // Accessors of every operation come first.
  std::set<std::string> taken = {"Name",     "Result", "Results", "Operand",
                                 "Operands", "Region", "Regions", "Loc",
                                 "Context",  "Attr",   "Attrs"};
};

bool holdsOnlyTensors(const OpSchema::FormalParameter &parameter) {
  const auto &types = parameter.GetTypes();
  return std::all_of(types.begin(), types.end(), [](onnx::DataType type) {
    return type->rfind("tensor(", 0) == 0;
  });
}

std::string constraintOf(const OpSchema::FormalParameter &parameter) {
  bool tensors = holdsOnlyTensors(parameter);
  switch (parameter.GetOption()) {
  case OpSchema::Single:
    return tensors ? "AnyTensor" : "AnyType";
  case OpSchema::Optional:
    return tensors ? "Onnx_OptionalTensor" : "AnyType";
  case OpSchema::Variadic:
    return tensors ? "Variadic<Onnx_OptionalTensor>" : "Variadic<AnyType>";
  }
  return "AnyType";
}

std::string attributeKind(AttributeProto::AttributeType type) {
  switch (type) {
  case AttributeProto::INT:
    return "Onnx_IntAttr";
  case AttributeProto::FLOAT:
    return "Onnx_FloatAttr";
  case AttributeProto::STRING:
    return "StrAttr";
  case AttributeProto::INTS:
    return "DenseI64ArrayAttr";
  case AttributeProto::FLOATS:
    return "DenseF32ArrayAttr";
  case AttributeProto::STRINGS:
    return "StrArrayAttr";
  case AttributeProto::TENSOR:
    return "ElementsAttr";
  case AttributeProto::TYPE_PROTO:
    return "TypeAttr";
  default:
    return "AnyAttr";
  }
}

std::string floatLiteral(float value) {
  std::ostringstream text;
  text.precision(9);
  text << value;
  std::string result = text.str();
  if (result.find_first_of(".e") == std::string::npos)
    result += ".0";
  return result + "f";
}

template <class List>
std::string braced(const List &list,
                   std::string (*literal)(typename List::value_type)) {
  std::string result = "{";
  for (const auto &value : list)
    result += (result.size() > 1 ? ", " : "") + literal(value);
  return result + "}";
}

/// The default as a C++ expression, empty when there is none.
std::string defaultOf(const AttributeProto &value) {
  switch (value.type()) {
  case AttributeProto::INT:
    return std::to_string(value.i());
  case AttributeProto::FLOAT:
    return floatLiteral(value.f());
  case AttributeProto::INTS:
    return braced(
        std::vector<int64_t>(value.ints().begin(), value.ints().end()),
        [](int64_t i) { return std::to_string(i); });
  case AttributeProto::FLOATS:
    return braced(
        std::vector<float>(value.floats().begin(), value.floats().end()),
        [](float f) { return floatLiteral(f); });
  default:
    return "";
  }
}

std::string attributeOf(const OpSchema::Attribute &attribute) {
  std::string kind = attributeKind(attribute.type);
  if (attribute.required)
    return kind;
  const AttributeProto &value = attribute.default_value;
  if (attribute.type == AttributeProto::STRING && value.has_s())
    return "DefaultValuedStrAttr<StrAttr, " + quoted(value.s()) + ">";
  std::string text = defaultOf(value);
  if (text.empty())
    return "OptionalAttr<" + kind + ">";
  return "DefaultValuedAttr<" + kind + ", " + quoted(text) + ">";
}

std::string joined(const std::vector<std::string> &items) {
  std::string result;
  for (const std::string &item : items)
    result += (result.empty() ? " " : ", ") + item;
  return result;
}

struct OpText {
  std::vector<std::string> arguments, results, regions;
};

OpText textOf(const OpSchema &schema) {
  OpText text;
  NameTable names;
  for (const auto &input : schema.inputs())
    text.arguments.push_back(constraintOf(input) + ":$" +
                             names.take(input.GetName(), "_in"));
  for (const auto &[name, attribute] : schema.attributes()) {
    bool region = attribute.type == AttributeProto::GRAPH;
    std::string unique = names.take(name, "_attribute");
    if (region)
      text.regions.push_back("SizedRegion<1>:$" + unique);
    else
      text.arguments.push_back(attributeOf(attribute) + ":$" + unique);
  }
  for (const auto &output : schema.outputs())
    text.results.push_back(constraintOf(output) + ":$" +
                           names.take(output.GetName(), "_out"));
  return text;
}

void writeOp(std::ostream &out, const OpSchema &schema) {
  OpText text = textOf(schema);
  bool random = schema.attributes().count("seed");
  const char *base = !text.regions.empty() ? "Onnx_RegionOp"
                     : random              ? "Onnx_RandomOp"
                                           : "Onnx_PureOp";
  out << "def Onnx_" << schema.Name() << "Op : " << base << "<"
      << quoted(schema.Name())
      << "> {\n  let summary = " << quoted(summaryOf(schema))
      << ";\n  let arguments = (ins" << joined(text.arguments)
      << ");\n  let results = (outs" << joined(text.results) << ");\n";
  if (!text.regions.empty())
    out << "  let regions = (region" << joined(text.regions) << ");\n";
  out << "}\n\n";
}

void writeAll(std::ostream &out) {
  std::map<std::string, OpSchema> schemas;
  for (const OpSchema &schema : onnx::OpSchemaRegistry::get_all_schemas())
    if (schema.domain() == domain && !schema.Deprecated() &&
        !handWritten.count(schema.Name()))
      schemas.emplace(schema.Name(), schema);
  out << "// Generated from ONNX's schemas, opset "
      << onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
             .Map()
             .at(domain)
             .second
      << ".\n\n";
  for (const auto &[name, schema] : schemas)
    writeOp(out, schema);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    std::cerr << "usage: tilicho-onnx-ods OUTPUT.td\n";
    return 1;
  }
  std::ofstream out(argv[1]);
  writeAll(out);
  out.close();
  if (out)
    return 0;
  std::cerr << "cannot write " << argv[1] << "\n";
  return 1;
}
