// SPDX-License-Identifier: Apache-2.0
// tilicho-tblgen: generates code and documents from the ISA's TableGen files.
#include "IsaModel.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/TableGenBackend.h"

using llvm::TableGen::Emitter::Opt;

static Opt cppDecls("gen-isa-cpp-decls", tilicho::tblgen::emitCppDecls,
                    "enums, instruction structs and the tables' declarations");
static Opt cppDefs("gen-isa-cpp-defs", tilicho::tblgen::emitCppDefs,
                   "encoder, decoder and the tables of the assembler");

static Opt ods("gen-isa-ods", tilicho::tblgen::emitOds,
               "ODS text of the isa dialect's operations");

static Opt docs("gen-isa-docs", tilicho::tblgen::emitDocs,
                "docs/generated/isa-tables.md");
static Opt examples("gen-isa-examples", tilicho::tblgen::emitExamples,
                    "a program of all examples, for tilicho-as");

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::ParseCommandLineOptions(
      argc, argv, "generates code and documents from the ISA's .td files\n");
  return llvm::TableGenMain(argv[0], llvm::MultiFileTableGenMainFn());
}
