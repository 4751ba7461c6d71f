// SPDX-License-Identifier: Apache-2.0
// EPContext nodes: programs inside of, or beside, a compiled ONNX model.
#include "integrations/onnxruntime/Context.h"

#include <algorithm>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

using namespace tilicho::offload;

namespace fs = std::filesystem;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static fs::path contextPath(const std::string &modelPath,
                            const Options &options) {
  if (!options.contextPath.empty())
    return options.contextPath;
  if (modelPath.empty())
    throw std::runtime_error("a compiled model with its programs beside it "
                             "needs ep.context_file_path");
  const fs::path model = modelPath;
  return model.parent_path() / (model.stem().string() + "_ctx.onnx");
}

/// Writes the program beside the model; returns the file's name.
static std::string writeBeside(const Program &program,
                               const std::string &fusedName,
                               const fs::path &model) {
  const std::string name = model.stem().string() + "_" + fusedName + ".tlx";
  const fs::path path = model.parent_path() / name;
  std::ofstream file(path, std::ios::binary);
  file << program.file();
  if (!file.flush())
    throw std::runtime_error(path.string() + ": the program cannot be written");
  return name;
}

static std::vector<std::string>
namesOf(const std::vector<Program::Tensor> &tensors) {
  std::vector<std::string> names;
  for (const Program::Tensor &tensor : tensors)
    names.push_back(tensor.name);
  return names;
}

Ort::Node tilicho::offload::writeContextNode(const Program &program,
                                             const std::string &fusedName,
                                             const std::string &modelPath,
                                             const Options &options) {
  const std::string cached =
      options.embedsContext
          ? program.file()
          : writeBeside(program, fusedName, contextPath(modelPath, options));
  std::vector<Ort::OpAttr> attributes;
  auto addText = [&](const char *name, const std::string &text) {
    attributes.emplace_back(name, text.data(), int(text.size()),
                            ORT_OP_ATTR_STRING);
  };
  auto addNumber = [&](const char *name, int64_t number) {
    attributes.emplace_back(name, &number, 1, ORT_OP_ATTR_INT);
  };
  addNumber("main_context", 1);
  addNumber("embed_mode", options.embedsContext);
  addText("ep_cache_context", cached);
  addText("ep_sdk_version", tilicho_version());
  addText("hardware_architecture", program.machine());
  addText("partition_name", fusedName);
  addText("source", providerName);
  return Ort::Node("EPContext", "com.microsoft",
                   options.contextPrefix + fusedName, namesOf(program.inputs()),
                   namesOf(program.outputs()), attributes);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

template <class T>
static T readAttribute(const Ort::ConstNode &node, const char *name) {
  Ort::ConstOpAttr attribute;
  T value{};
  Ort::ThrowOnError(node.GetAttributeByName(name, attribute));
  if (!attribute)
    throw std::runtime_error("node '" + nodeName(node) + "' has no attribute " +
                             name);
  Ort::ThrowOnError(attribute.GetValue(value));
  return value;
}

/// A model may be anyone's: no file outside of its own folder is opened.
static std::string readBeside(const std::string &name,
                              const std::string &modelPath,
                              const Options &options) {
  const fs::path relative = fs::path(name).lexically_normal();
  if (relative.is_absolute() || relative.empty() || *relative.begin() == "..")
    throw std::runtime_error("'" + name +
                             "' lies outside of the model's folder");
  const std::string model = modelPath.empty() ? options.contextPath : modelPath;
  const fs::path path = fs::path(model).parent_path() / relative;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  if (!file || !(bytes << file.rdbuf()))
    throw std::runtime_error(path.string() + ": the program cannot be read");
  return bytes.str();
}

/// The description of a shipped machine, as tilicho_program_machine gives it;
/// "" of any other, whose file only the compiler can read.
static std::string shippedMachine(const std::string &name) {
  Dl_info library;
  if (name.find('/') != std::string::npos ||
      !dladdr(reinterpret_cast<const void *>(&tilicho_version), &library))
    return "";
  std::error_code ignored;
  const fs::path root =
      fs::canonical(library.dli_fname, ignored).parent_path().parent_path();
  std::ifstream file(root / "share/tilicho/machines" / (name + ".machine"));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Whether the session changes the field of a line `field=value`.
static bool isSet(const std::string &line, const Options &options) {
  const std::string start = line.substr(0, line.find('=') + 1);
  return std::any_of(options.compiler.begin(), options.compiler.end(),
                     [&](const auto &option) {
                       return option.first == "set" &&
                              option.second.compare(0, start.size(), start) ==
                                  0;
                     });
}

/// The first field, but for those that the session changes, in which two
/// descriptions differ: "program's, wanted"; "" when there is none.
static std::string difference(const std::string &program,
                              const std::string &wanted,
                              const Options &options) {
  std::istringstream ours(program), theirs(wanted);
  std::string our, their;
  while (std::getline(ours, our) && std::getline(theirs, their))
    if (our != their && !isSet(our, options))
      return our + ", " + their;
  return "";
}

static void checkMachine(const Ort::ConstNode &node, const Program &program,
                         const Options &options) {
  const std::string shipped = shippedMachine(options.machine);
  if (shipped.empty())
    return;
  const std::string fields =
      difference(program.description(), shipped, options);
  if (!fields.empty())
    throw std::runtime_error(
        "node '" + nodeName(node) + "' was compiled for another machine " +
        program.machine() + " than the session wants; they differ in " +
        fields + "; compile the model again");
}

static void checkOrigin(const Ort::ConstNode &node, const Program &program,
                        const Options &options) {
  const std::string version =
      readAttribute<std::string>(node, "ep_sdk_version");
  if (version != tilicho_version())
    throw std::runtime_error(
        "node '" + nodeName(node) + "' was compiled by Tilicho " + version +
        ", but this is " + tilicho_version() + "; compile the model again");
  const std::string wanted = fs::path(options.machine).stem().string();
  if (!wanted.empty() && wanted != program.machine())
    throw std::runtime_error("node '" + nodeName(node) +
                             "' was compiled for the machine " +
                             program.machine() + ", but the session wants " +
                             wanted + "; compile the model again");
  checkMachine(node, program, options);
}

std::shared_ptr<const Program>
tilicho::offload::readContextNode(const Ort::ConstNode &node,
                                  const std::string &modelPath,
                                  const Options &options) {
  std::string cached = readAttribute<std::string>(node, "ep_cache_context");
  if (!readAttribute<int64_t>(node, "embed_mode"))
    cached = readBeside(cached, modelPath, options);
  std::shared_ptr<const Program> program = loadProgram(cached);
  checkOrigin(node, *program, options);
  return program;
}

std::string tilicho::offload::compatibilityText(const Options &options) {
  const std::string machine = fs::path(options.machine).stem().string();
  return std::string("tilicho ") + tilicho_version() + " " +
         (machine.empty() ? "trn1" : machine);
}

bool tilicho::offload::isCompatible(const std::string &text) {
  const std::string wanted = std::string("tilicho ") + tilicho_version() + " ";
  return text.compare(0, wanted.size(), wanted) == 0;
}
