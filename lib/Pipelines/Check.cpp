// SPDX-License-Identifier: Apache-2.0
// Lowers and times a model to say where its nodes run.
#include "lib/Pipelines/Check.h"

#include "dialects/Onnx/IR/OnnxOps.h"
#include "lib/Conversion/OnnxToTile/OnnxToTile.h"
#include "lib/Target/BuildProgram.h"
#include "runtime/Timing/Timing.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace tilicho::compiler;

//===----------------------------------------------------------------------===//
// Collecting
//===----------------------------------------------------------------------===//

static std::map<std::string, double> macsByNode(const Model &model) {
  std::map<std::string, double> macs;
  if (model.bounds)
    for (const NodeBounds &node : model.bounds->nodes)
      macs[node.name] = node.macs;
  return macs;
}

/// The nodes of a module at the onnx stage, and what stands against them.
static CheckReport collectNodes(Model &model) {
  CheckReport report;
  std::map<std::string, double> macs = macsByNode(model);
  model.module->walk([&](Operation *op) {
    if (!isa_and_nonnull<tilicho::ir::onnx::OnnxDialect>(op->getDialect()) ||
        isa<tilicho::ir::onnx::ConstantOp, tilicho::ir::onnx::PendingOp,
            tilicho::ir::onnx::NoneOp, tilicho::ir::onnx::YieldOp>(op))
      return;
    NodeReport node;
    node.name = tilicho::ir::onnx::getNodeName(op);
    node.opType = op->getName().stripDialect().str();
    if (std::optional<std::string> why = whyNotSupported(op)) {
      node.reason = *why;
      report.supported = false;
    }
    // A node that became several operations is counted once.
    node.macs = std::exchange(macs[node.name], 0);
    report.macs += node.macs;
    report.nodes.push_back(std::move(node));
  });
  return report;
}

/// The name of a queue without the number of a DMA queue.
static std::string engineOf(const std::string &queue) {
  return StringRef(queue).rtrim("0123456789").str();
}

static std::string reasonFor(const std::string &engine) {
  return llvm::StringSwitch<std::string>(engine)
      .Case("pe", "products accumulate in the array")
      .Case("act", "functions of one operand, spread by load")
      .Case("vec", "elementwise operations and reductions")
      .Case("pool", "64-bit types, sorting, or across partitions")
      .Case("dma", "moves of data only")
      .Default("a view of its operand, or part of another node");
}

/// Times by engine for each node name.
static std::map<std::string, std::map<std::string, double>>
busyByNode(const tilicho::Program &program,
           const tilicho::timing::Result &result) {
  std::map<std::string, std::map<std::string, double>> busy;
  for (size_t node = 0; node < program.nodes.size(); ++node)
    for (auto [queue, ns] : llvm::enumerate(result.nodes[node].busyNs))
      if (ns > 0)
        busy[program.nodes[node]][engineOf(result.queues[queue].name)] += ns;
  return busy;
}

static void addTimes(CheckReport &report, const tilicho::Program &program,
                     const tilicho::timing::Result &result) {
  auto busy = busyByNode(program, result);
  double total = 0;
  std::vector<double> longest(report.nodes.size());
  for (auto [node, time] : llvm::zip_equal(report.nodes, longest)) {
    node.engine = "none";
    // Loads and stores go beside the work; they decide only where they are
    // all there is.
    for (auto &[engine, ns] : std::exchange(busy[node.name], {})) {
      bool better = node.engine == "none" || node.engine == "dma" ||
                    (engine != "dma" && ns > time);
      if (engine != "sync" && better && !(engine == "dma" && time > 0)) {
        node.engine = engine;
        time = ns;
      }
    }
    node.reason = reasonFor(node.engine);
    total += time;
  }
  for (auto [node, time] : llvm::zip_equal(report.nodes, longest)) {
    node.timeShare = total > 0 ? time / total : 0;
    node.timeUs = time / 1000;
    node.macShare = report.macs > 0 ? node.macs / report.macs : 0;
  }
  report.makespanUs = result.makespanNs / 1000;
}

std::optional<CheckReport>
tilicho::compiler::checkModel(Model &model, const CompileOptions &options) {
  if (failed(lowerTo(Stage::Onnx, *model.module, options)))
    return std::nullopt;
  CheckReport report = collectNodes(model);
  if (!report.supported)
    return report;
  std::unique_ptr<BuiltProgram> built = buildModel(model, options);
  if (!built)
    return std::nullopt;
  auto result = timing::simulate(built->program);
  if (!result.ok()) {
    report.untimed = std::string(result.status().message());
    return report;
  }
  addTimes(report, built->program, *result);
  return report;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

std::string tilicho::compiler::printReport(const CheckReport &report) {
  std::string text;
  llvm::raw_string_ostream out(text);
  size_t nameWidth = 4, opWidth = 8;
  for (const NodeReport &node : report.nodes) {
    nameWidth = std::max(nameWidth, node.name.size());
    opWidth = std::max(opWidth, node.opType.size());
  }
  out << llvm::left_justify("node", nameWidth) << "  "
      << llvm::left_justify("operator", opWidth)
      << "  engine     MACs    time  reason\n";
  for (const NodeReport &node : report.nodes)
    out << llvm::left_justify(node.name, nameWidth) << "  "
        << llvm::left_justify(node.opType, opWidth) << "  "
        << llvm::left_justify(node.engine.empty() ? "-" : node.engine, 6)
        << llvm::format("  %6.2f%% %6.2f%%  ", 100 * node.macShare,
                        100 * node.timeShare)
        << (node.engine.empty() && !node.reason.empty() ? "not supported: "
                                                        : "")
        << node.reason << "\n";
  if (!report.untimed.empty())
    out << "no times without a run: " << report.untimed << "\n";
  else if (report.supported)
    out << llvm::format("%.6g MACs, %.3f us on the cycle model\n", report.macs,
                        report.makespanUs);
  return text;
}

std::string tilicho::compiler::reportToJson(const CheckReport &report) {
  llvm::json::Array nodes;
  for (const NodeReport &node : report.nodes)
    nodes.push_back(llvm::json::Object{{"name", node.name},
                                       {"operator", node.opType},
                                       {"engine", node.engine},
                                       {"reason", node.reason},
                                       {"macs", node.macs},
                                       {"mac_share", node.macShare},
                                       {"time_share", node.timeShare},
                                       {"time_us", node.timeUs}});
  llvm::json::Object top{{"supported", report.supported},
                         {"macs", report.macs},
                         {"makespan_us", report.makespanUs},
                         {"nodes", std::move(nodes)}};
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(top)));
  return text;
}
