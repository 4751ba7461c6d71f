// SPDX-License-Identifier: Apache-2.0
// The provider of one session.
#include "integrations/onnxruntime/Provider.h"
#include "integrations/onnxruntime/Context.h"

#include <algorithm>
#include <stdexcept>

using namespace tilicho::offload;

static std::vector<std::string>
namesOf(const std::vector<Ort::ConstValueInfo> &values) {
  std::vector<std::string> names;
  for (const Ort::ConstValueInfo &value : values)
    names.push_back(value ? value.GetName() : "");
  return names;
}

Provider::Provider(Options given, const OrtLogger *logger)
    : OrtEp{}, options(std::move(given)),
      compatibility(compatibilityText(options)), logger(logger) {
  ort_version_supported = apiVersion();
  setCallbacks();
}

void Provider::setCallbacks() {
  GetName = [](const OrtEp *) noexcept { return providerName; };
  GetCapability = [](OrtEp *self, const OrtGraph *graph,
                     OrtEpGraphSupportInfo *support) noexcept {
    return guarded(
        [&] { static_cast<Provider *>(self)->getCapability(graph, support); });
  };
  Compile = [](OrtEp *self, const OrtGraph **graphs, const OrtNode **fused,
               size_t count, OrtNodeComputeInfo **infos,
               OrtNode **contextNodes) noexcept {
    return guarded([&] {
      for (size_t i = 0; i < count; ++i)
        static_cast<Provider *>(self)->compile(graphs[i], fused[i], infos + i,
                                               contextNodes ? contextNodes + i
                                                            : nullptr);
    });
  };
  ReleaseNodeComputeInfos = [](OrtEp *, OrtNodeComputeInfo **infos,
                               size_t count) noexcept {
    for (size_t i = 0; i < count; ++i)
      delete static_cast<Kernel *>(infos[i]);
  };
  GetCompiledModelCompatibilityInfo = [](OrtEp *self,
                                         const OrtGraph *) noexcept {
    return static_cast<Provider *>(self)->compatibility.c_str();
  };
}

void Provider::log(OrtLoggingLevel level, const std::string &line) const {
  if (level >= logger.GetLoggingSeverityLevel())
    (void)logger.LogMessage(level, ORT_FILE, __LINE__, "tilicho", line.c_str());
}

/// Tries the compiler and its options.
bool Provider::canCompile() {
  try {
    compileProgram(smallestModel(), options);
    return true;
  } catch (const std::exception &error) {
    refusal = error.what();
    return false;
  }
}

void Provider::getCapability(const OrtGraph *given,
                             OrtEpGraphSupportInfo *support) {
  const Ort::ConstGraph graph(given);
  OrtNodeFusionOptions fusion{};
  fusion.ort_version_supported = apiVersion();
  fusion.drop_constant_initializers = true;
  auto take = [&](const std::vector<const OrtNode *> &group) {
    Ort::ThrowOnError(Ort::GetEpApi().EpGraphSupportInfo_AddNodesToFuse(
        support, group.data(), group.size(), &fusion));
  };
  const std::vector<Ort::ConstNode> nodes = graph.GetNodes();
  if (!std::any_of(nodes.begin(), nodes.end(), isContextNode) &&
      !canCompile()) {
    // An error here would only be logged, and everything would run elsewhere.
    if (!nodes.empty())
      take({nodes.front()});
    return;
  }
  const Log stays = [&](const std::string &line) {
    log(ORT_LOGGING_LEVEL_INFO, line);
  };
  for (const auto &group : findGroups(graph, options, cache, stays))
    take(group);
}

/// Also makes the node that stands for the program in a compiled model.
std::unique_ptr<ProgramSource> Provider::sourceOf(const Ort::ConstGraph &graph,
                                                  const Ort::ConstNode &fused,
                                                  OrtNode **contextNode) {
  const std::string modelPath = graph.GetModelPath();
  const std::vector<Ort::ConstNode> nodes = graph.GetNodes();
  if (nodes.size() == 1 && isContextNode(nodes.front()))
    return loadedSource(readContextNode(nodes.front(), modelPath, options));
  std::shared_ptr<Specializations> programs = cache.find(
      writeGroup(graph, nodes, namesOf(graph.GetOutputs())), options);
  if (options.writesContext && contextNode) {
    const auto program = programs->find(programs->bind({}));
    *contextNode =
        writeContextNode(*program, fused.GetName(), modelPath, options)
            .release();
  }
  return compiledSource(std::move(programs));
}

void Provider::compile(const OrtGraph *graph, const OrtNode *fusedNode,
                       OrtNodeComputeInfo **info, OrtNode **contextNode) {
  if (!refusal.empty())
    throw std::runtime_error(refusal);
  const Ort::ConstNode fused(fusedNode);
  auto source = sourceOf(Ort::ConstGraph(graph), fused, contextNode);
  *info =
      new Kernel(std::move(source), fused.GetName(), namesOf(fused.GetInputs()),
                 namesOf(fused.GetOutputs()), options);
}
