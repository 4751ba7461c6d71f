// SPDX-License-Identifier: Apache-2.0
// The provider's options, from a session's configuration.
#ifndef TILICHO_INTEGRATIONS_ONNXRUNTIME_OPTIONS_H
#define TILICHO_INTEGRATIONS_ONNXRUNTIME_OPTIONS_H

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tilicho::offload {

/// Which groups are taken.
enum class Placement {
  /// Those with MACs, and others where moving the values pays.
  Paying,
  /// All that can be.
  All,
  /// Those with MACs.
  Macs
};

struct Options {
  /// Of the compiler, as of tilicho_option.
  std::vector<std::pair<std::string, std::string>> compiler;
  /// Sizes of open dimensions that groups are tried with.
  std::map<std::string, std::string> dims;
  Placement placement = Placement::Paying;
  /// A machine that was asked for, or "".
  std::string machine;
  /// A folder for compiled programs, or "".
  std::string cache;
  /// A file to which each run adds a line of JSON, or "".
  std::string stats;
  /// A file for the Chrome trace of the last run, or "".
  std::string trace;
  unsigned threads = 0;

  // Of the machine that the host is, for Placement::Paying.
  double hostGigabytesPerSecond = 10;
  double linkGigabytesPerSecond = 16;
  double launchUs = 10;
  double hostNodeUs = 2;

  // Of ONNX Runtime: whether a compiled model is to be written, and where.
  bool writesContext = false;
  bool embedsContext = false;
  std::string contextPath, contextPrefix;
};

/// Reads options from the entries of a session's configuration. Adds a line to
/// `problems` for each that is not understood.
Options readOptions(const std::map<std::string, std::string> &entries,
                    std::vector<std::string> &problems);

} // namespace tilicho::offload

#endif // TILICHO_INTEGRATIONS_ONNXRUNTIME_OPTIONS_H
