// SPDX-License-Identifier: Apache-2.0
// Every flag of tilicho-run, its help and its reader.
#include "tools/tilicho-run/Options.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <cmath>

namespace tilicho::run {
namespace {

/// Reads a flag's value; says what is wanted when it cannot.
using Reader = const char *(*)(absl::string_view value, Options &options);

struct Flag {
  const char *name;
  /// Empty for flags without a value.
  const char *value;
  const char *help;
  Reader read;
};

template <class Number>
const char *readTolerance(absl::string_view value, Number &tolerance) {
  if (absl::SimpleAtod(value, &tolerance) && tolerance >= 0)
    return nullptr;
  return "a number that is not negative";
}

const char *readTiming(absl::string_view value, Options &options) {
  TimingMode &mode = options.session.timing;
  if (value == "on")
    mode = TimingMode::On;
  else if (value == "off")
    mode = TimingMode::Off;
  else if (value == "only")
    mode = TimingMode::Only;
  else
    return "on, off or only";
  return nullptr;
}

const char *readThreads(absl::string_view value, Options &options) {
  if (absl::SimpleAtoi(value, &options.session.threads) &&
      options.session.threads <= 1024)
    return nullptr;
  return "a number of threads up to 1024";
}

const char *readSeed(absl::string_view value, Options &options) {
  uint64_t seed = 0;
  if (!absl::SimpleAtoi(value, &seed))
    return "a whole number";
  options.randomSeed = seed;
  return nullptr;
}

template <std::string Options::*member>
const char *readText(absl::string_view value, Options &options) {
  options.*member = std::string(value);
  return value.empty() ? "a file" : nullptr;
}

template <bool Options::*member>
const char *readSwitch(absl::string_view, Options &options) {
  options.*member = true;
  return nullptr;
}

const char *readInputs(absl::string_view value, Options &options) {
  if (options.inputs.empty())
    options.inputs = std::string(value);
  else
    options.laterInputs.emplace_back(value);
  return value.empty() ? "a file" : nullptr;
}

const Flag flags[] = {
    {"inputs", "FILES",
     "an .npz file by ONNX name, NAME=FILE.npy,..., one .npy\n"
     "file, or a folder of ONNX TensorProtos (test_data_set_0);\n"
     "given again, those of another run with --state",
     readInputs},
    {"random", "SEED",
     "inputs from a seed, beside --inputs for those not given:\n"
     "floats in [-1, 1), integers 0 to 9, those of 8 bits all",
     readSeed},
    {"state", "PAIRS",
     "INPUT=OUTPUT,...: what a run writes, the next one reads;\n"
     "auto: all that the program updates in place",
     readText<&Options::state>},
    {"outputs", "FILES", "where outputs go: .npz, NAME=FILE.npy,... or .npy",
     readText<&Options::outputs>},
    {"expected", "FILES", "compare the outputs with these; differences fail",
     readText<&Options::expected>},
    {"rtol", "NUMBER", "relative tolerance of --expected (1e-3)",
     [](absl::string_view value, Options &options) {
       return readTolerance(value, options.tolerance.relative);
     }},
    {"atol", "NUMBER", "absolute tolerance of --expected (1e-5)",
     [](absl::string_view value, Options &options) {
       return readTolerance(value, options.tolerance.absolute);
     }},
    {"dump", "NAMES", "write these values of the graph too, or `all`",
     [](absl::string_view value, Options &options) -> const char * {
       options.dump = absl::StrSplit(value, ',', absl::SkipEmpty());
       return options.dump.empty() ? "ONNX names" : nullptr;
     }},
    {"timing", "MODE", "on: values and time, off: values, only: time",
     readTiming},
    {"trace", "FILE", "write a Chrome trace, which Perfetto opens",
     [](absl::string_view value, Options &options) -> const char * {
       options.session.tracePath = std::string(value);
       return value.empty() ? "a file" : nullptr;
     }},
    {"stats", "FILE", "write statistics as JSON; -: print them alone",
     readText<&Options::stats>},
    {"report", "", "print where the time went, by node, stall and tensor",
     readSwitch<&Options::isReport>},
    {"machine", "NAME|FILE",
     "refuse a program of another machine: a shipped name, or\n"
     "a text that tilicho-machine wrote",
     readText<&Options::machine>},
    {"threads", "N", "threads of the emulator (0: all the host has)",
     readThreads},
    {"sanitize", "", "trap on uninitialised reads and on races",
     [](absl::string_view, Options &options) -> const char * {
       options.session.sanitize = true;
       return nullptr;
     }},
    {"quiet", "", "print nothing but errors", readSwitch<&Options::isQuiet>},
};

std::string helpText() {
  std::string text = "runs a program on the emulator and the cycle model\n\n"
                     "usage: tilicho-run PROGRAM.tlx [flags]\n\n";
  constexpr size_t column = 22;
  for (const Flag &flag : flags) {
    std::string line = absl::StrCat("  --", flag.name);
    if (*flag.value)
      absl::StrAppend(&line, "=", flag.value);
    if (line.size() + 1 > column)
      line += "\n" + std::string(column, ' ');
    else
      line.resize(column, ' ');
    bool isFirst = true;
    for (absl::string_view part : absl::StrSplit(flag.help, '\n')) {
      absl::StrAppend(&text, isFirst ? line : std::string(column, ' '), part,
                      "\n");
      isFirst = false;
    }
  }
  return text + "  --help, --version\n";
}

absl::Status readFlag(absl::string_view argument, Options &options) {
  absl::string_view name = argument.substr(2), value;
  const size_t equals = name.find('=');
  if (equals != absl::string_view::npos) {
    value = name.substr(equals + 1);
    name = name.substr(0, equals);
  }
  for (const Flag &flag : flags) {
    if (name != flag.name)
      continue;
    if (!*flag.value && equals != absl::string_view::npos)
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " takes no value"));
    const char *wanted = *flag.value && equals == absl::string_view::npos
                             ? "a value"
                             : flag.read(value, options);
    if (!wanted)
      return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(argument, ": ", wanted,
                                                   " is wanted, as --",
                                                   flag.name, "=", flag.value));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown flag --", name, "; see --help"));
}

absl::Status checkTogether(const Options &options) {
  if (options.program.empty())
    return absl::InvalidArgumentError(
        "a program file is wanted, as tilicho-run model.tlx; see --help");
  const bool isTimeOnly = options.session.timing == TimingMode::Only;
  const char *needsValues = !options.outputs.empty()    ? "outputs"
                            : !options.expected.empty() ? "expected"
                            : !options.dump.empty()     ? "dump"
                            : options.session.sanitize  ? "sanitize"
                                                        : nullptr;
  if (isTimeOnly && needsValues)
    return absl::InvalidArgumentError(absl::StrCat(
        "--", needsValues, " needs values, but --timing=only has none"));
  if (options.session.timing == TimingMode::Off &&
      (!options.session.tracePath.empty() || options.isReport))
    return absl::InvalidArgumentError(
        absl::StrCat(options.isReport ? "--report" : "--trace",
                     " needs time, but --timing=off has none"));
  if (!options.laterInputs.empty() && options.state.empty())
    return absl::InvalidArgumentError(
        "--inputs is given again, for another run; give --state too, or one "
        "--inputs=NAME=FILE,...");
  if (!options.dump.empty() && !absl::EndsWith(options.outputs, ".npz"))
    return absl::InvalidArgumentError(
        "--dump adds values to the outputs: give --outputs=FILE.npz");
  return absl::OkStatus();
}

} // namespace

absl::StatusOr<Options> parseOptions(int argc, const char *const *argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h") {
      options.textOnly = helpText();
      return options;
    }
    if (argument == "--version") {
      options.textOnly = "tilicho-run " TILICHO_VERSION "\n";
      return options;
    }
    if (absl::StartsWith(argument, "--")) {
      if (absl::Status status = readFlag(argument, options); !status.ok())
        return status;
      continue;
    }
    if (!options.program.empty() || absl::StartsWith(argument, "-"))
      return absl::InvalidArgumentError(
          absl::StrCat("unexpected argument ", argument, "; see --help"));
    options.program = std::string(argument);
  }
  if (absl::Status status = checkTogether(options); !status.ok())
    return status;
  return options;
}

} // namespace tilicho::run
