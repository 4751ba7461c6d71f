// SPDX-License-Identifier: Apache-2.0
// tilicho-as: assembles a text into a program file.
#include "lib/Assembly/Assemble.h"
#include "runtime/Program/Write.h"
#include "tools/ParseFlags.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("Assembling");
static cl::opt<std::string> input(cl::Positional, cl::init("-"),
                                  cl::desc("<input.tas, or - for stdin>"),
                                  cl::cat(category));
static cl::opt<std::string> output("o", cl::Required, cl::value_desc("file"),
                                   cl::desc("Program to write, or -"),
                                   cl::cat(category));

static int fail(absl::string_view message) {
  llvm::errs() << llvm::StringRef(message.data(), message.size()) << "\n";
  return 1;
}

static absl::Status write(const tilicho::Program &program) {
  if (output != "-")
    return tilicho::writeProgram(program, output);
  auto bytes = tilicho::writeProgramToMemory(program);
  if (!bytes.ok())
    return bytes.status();
  llvm::outs().write(reinterpret_cast<const char *>(bytes->data()),
                     bytes->size());
  return absl::OkStatus();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  tilicho::parseFlags(argc, argv,
                      "assembles a program for a machine of Tilicho\n");
  auto text = llvm::MemoryBuffer::getFileOrSTDIN(input, /*IsText=*/true);
  if (!text)
    return fail("cannot read " + input + ": " + text.getError().message());
  llvm::StringRef buffer = (*text)->getBuffer();
  auto program = tilicho::compiler::assemble(
      {buffer.data(), buffer.size()}, input == "-" ? "<stdin>" : input.c_str());
  if (!program.ok())
    return fail(program.status().message());
  absl::Status status = write(**program);
  return status.ok() ? 0 : fail(status.message());
}
