// SPDX-License-Identifier: Apache-2.0
// tilicho-objdump: prints a program file as text that tilicho-as assembles.
#include "lib/Assembly/Disassemble.h"
#include "runtime/Program/Load.h"
#include "runtime/Program/MappedFile.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <filesystem>
#include <fstream>
#include <iostream>

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

static int fail(absl::string_view message) {
  llvm::errs() << llvm::StringRef(message.data(), message.size()) << "\n";
  return 1;
}

static int print(const tilicho::Program &program,
                 absl::Span<const uint8_t> bytes) {
  // The text may be assembled in another folder.
  std::string path = std::filesystem::absolute(std::string(input)).string();
  tilicho::compiler::DisassembleOptions options{path, bytes, inlineBytes,
                                                headerOnly, queue};
  if (!options.queue.empty() && !program.findQueue(options.queue))
    return fail("program has no queue '" + queue + "'");
  std::ofstream file;
  if (output != "-")
    file.open(output, std::ios::binary);
  std::ostream &out = output == "-" ? std::cout : file;
  tilicho::compiler::disassemble(program, options, out);
  out.flush();
  return out ? 0 : fail("cannot write " + output);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "prints a program file as text that tilicho-as assembles\n");
  auto file = tilicho::mapFile(input);
  if (!file.ok())
    return fail(file.status().message());
  auto program =
      tilicho::loadProgram(file->bytes, file->owner, std::string(input));
  if (!program.ok())
    return fail(program.status().message());
  return print(**program, file->bytes);
}
