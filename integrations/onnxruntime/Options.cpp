// SPDX-License-Identifier: Apache-2.0
// The provider's options, from a session's configuration.
#include "integrations/onnxruntime/Options.h"

#include <cstdlib>

using namespace tilicho::offload;

namespace {

/// ONNX Runtime puts this before the options of a provider.
const std::string prefix = "ep.tilichoexecutionprovider.";

class Reader {
public:
  Reader(Options &options, std::vector<std::string> &problems)
      : options(options), problems(problems) {}

  void readOwn(const std::string &key, const std::string &value);
  void readRuntimes(const std::string &key, const std::string &value);

private:
  bool readText(const std::string &key, const std::string &value);
  bool readCompilers(const std::string &key, const std::string &value);
  bool readNumber(const std::string &key, const std::string &value);
  void readPlacement(const std::string &value);

  Options &options;
  std::vector<std::string> &problems;
};

bool Reader::readText(const std::string &key, const std::string &value) {
  static const std::map<std::string, std::string Options::*> texts = {
      {"cache", &Options::cache},
      {"stats", &Options::stats},
      {"trace", &Options::trace}};
  auto found = texts.find(key);
  if (found == texts.end())
    return false;
  options.*found->second = value;
  return true;
}

bool Reader::readCompilers(const std::string &key, const std::string &value) {
  if (key == "machine")
    options.machine = value;
  if (key == "machine" || key == "precision" || key == "O") {
    options.compiler.emplace_back(key, value);
    return true;
  }
  if (key.rfind("set.", 0) == 0) {
    options.compiler.emplace_back("set", key.substr(4) + "=" + value);
    return true;
  }
  if (key.rfind("dim.", 0) == 0) {
    options.dims[key.substr(4)] = value;
    return true;
  }
  return false;
}

bool Reader::readNumber(const std::string &key, const std::string &value) {
  static const std::map<std::string, double Options::*> numbers = {
      {"host_gigabytes_per_second", &Options::hostGigabytesPerSecond},
      {"link_gigabytes_per_second", &Options::linkGigabytesPerSecond},
      {"launch_us", &Options::launchUs},
      {"host_node_us", &Options::hostNodeUs}};
  auto found = numbers.find(key);
  if (found == numbers.end() && key != "threads")
    return false;
  char *end;
  const double number = std::strtod(value.c_str(), &end);
  if (value.empty() || *end || !(number >= 0))
    problems.push_back("option " + key + ": a number is wanted, not '" + value +
                       "'");
  else if (key == "threads")
    options.threads = static_cast<unsigned>(number);
  else
    options.*found->second = number;
  return true;
}

void Reader::readPlacement(const std::string &value) {
  if (value == "pay")
    options.placement = Placement::Paying;
  else if (value == "all")
    options.placement = Placement::All;
  else if (value == "macs")
    options.placement = Placement::Macs;
  else
    problems.push_back("option placement: pay, all and macs are known, not '" +
                       value + "'");
}

void Reader::readOwn(const std::string &key, const std::string &value) {
  if (key == "placement")
    return readPlacement(value);
  if (!readText(key, value) && !readCompilers(key, value) &&
      !readNumber(key, value))
    problems.push_back("option " + key +
                       " is not known; these are: machine, set.FIELD, "
                       "precision, O, placement, dim.NAME, cache, stats, "
                       "trace, threads, host_gigabytes_per_second, "
                       "link_gigabytes_per_second, launch_us, host_node_us");
}

void Reader::readRuntimes(const std::string &key, const std::string &value) {
  if (key == "ep.context_enable")
    options.writesContext = value == "1";
  else if (key == "ep.context_embed_mode")
    options.embedsContext = value == "1";
  else if (key == "ep.context_file_path")
    options.contextPath = value;
  else if (key == "ep.context_node_name_prefix")
    options.contextPrefix = value;
}

} // namespace

Options
tilicho::offload::readOptions(const std::map<std::string, std::string> &entries,
                              std::vector<std::string> &problems) {
  Options options;
  Reader reader(options, problems);
  for (const auto &[key, value] : entries) {
    if (key.rfind(prefix, 0) == 0)
      reader.readOwn(key.substr(prefix.size()), value);
    else
      reader.readRuntimes(key, value);
  }
  return options;
}
