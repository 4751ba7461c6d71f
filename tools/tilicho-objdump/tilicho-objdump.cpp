// SPDX-License-Identifier: Apache-2.0
// tilicho-objdump: prints a program file as text that tilicho-as assembles.
#include "lib/Assembly/Disassemble.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/MappedFile.h"
#include "tools/ParseFlags.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <filesystem>

namespace cl = llvm::cl;

static cl::OptionCategory category("Printing");
static cl::opt<std::string> input(cl::Positional, cl::Required,
                                  cl::desc("<program.tlx>"), cl::cat(category));
static cl::opt<std::string> output("o", cl::init("-"), cl::value_desc("file"),
                                   cl::desc("Text to write; default: stdout"),
                                   cl::cat(category));
static cl::opt<bool>
    headerOnly("header", cl::desc("Only machine, nodes, segments and sizes"),
               cl::cat(category));
static cl::opt<std::string> queue("queue", cl::value_desc("name"),
                                  cl::desc("Only the code of this queue"),
                                  cl::cat(category));
static cl::opt<uint64_t> inlineBytes(
    "inline-bytes", cl::init(64), cl::value_desc("bytes"),
    cl::desc("Longest constant that is spelt out instead of named by its "
             "place in the file; default 64"),
    cl::cat(category));

static int fail(const absl::Status &status) {
  llvm::errs() << std::string(status.message()) << "\n";
  return 1;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  tilicho::parseFlags(
      argc, argv, "prints a program file as text that tilicho-as assembles\n");
  auto file = tilicho::mapFile(input);
  if (!file.ok())
    return fail(file.status());
  auto program =
      tilicho::loadProgram(file->bytes, file->owner, std::string(input));
  if (!program.ok())
    return fail(program.status());
  // The text may be assembled in another folder.
  std::string path = std::filesystem::absolute(std::string(input)).string();
  absl::Status status = tilicho::compiler::disassembleTo(
      output, **program, {path, file->bytes, inlineBytes, headerOnly, queue});
  return status.ok() ? 0 : fail(status);
}
