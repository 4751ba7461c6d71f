// SPDX-License-Identifier: Apache-2.0
// Formats diagnostics for people who do not read MLIR.
#include "lib/Pipelines/Diagnostics.h"

#include "mlir/IR/Location.h"

using namespace mlir;
using namespace tilicho::compiler;

/// A location in words: an ONNX node's name, or a place in a file.
static void printPlace(Location location, llvm::raw_ostream &out) {
  if (auto name = dyn_cast<NameLoc>(location)) {
    out << name.getName().getValue();
    return;
  }
  if (auto file = dyn_cast<FileLineColLoc>(location)) {
    out << file.getFilename().getValue() << ":" << file.getLine() << ":"
        << file.getColumn();
    return;
  }
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    llvm::interleave(
        fused.getLocations(), out,
        [&](Location part) { printPlace(part, out); }, "+");
    return;
  }
  if (auto call = dyn_cast<CallSiteLoc>(location))
    printPlace(call.getCallee(), out);
}

static StringRef severityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("unknown severity");
}

static void printLine(const Diagnostic &diagnostic, llvm::raw_ostream &out) {
  std::string place;
  llvm::raw_string_ostream placeStream(place);
  printPlace(diagnostic.getLocation(), placeStream);
  if (!place.empty())
    out << place << ": ";
  out << severityName(diagnostic.getSeverity()) << ": " << diagnostic << "\n";
  for (const Diagnostic &note : diagnostic.getNotes())
    printLine(note, out);
}

DiagnosticLines::DiagnosticLines(MLIRContext *context, llvm::raw_ostream &out)
    : handler(context, [this, &out](Diagnostic &diagnostic) {
        std::lock_guard<std::mutex> lock(mutex);
        printLine(diagnostic, out);
      }) {}
