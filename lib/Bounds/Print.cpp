// SPDX-License-Identifier: Apache-2.0
// Bounds as text and as figures.
#include "lib/Bounds/Bounds.h"

#include "absl/strings/str_format.h"

namespace tilicho::compiler {

static void putLine(std::string &out, const char *name, double first,
                    const char *unit, double second, const char *remark) {
  absl::StrAppendFormat(&out, "%-28s %14.3f %-7s %12.3f us  %s\n", name, first,
                        unit, second, remark);
}

static void putTime(std::string &out, const char *name, double us,
                    const char *remark) {
  absl::StrAppendFormat(&out, "%-28s %22s %12.3f us  %s\n", name, "", us,
                        remark);
}

static void putTraffic(std::string &out, const Bounds &bounds,
                       const Machine &machine) {
  double dma = machine.dma.engines * machine.dma.bytesPerNs;
  absl::StrAppendFormat(&out, "\nHBM traffic %30s %8.4g GB/s %8.4g GB/s\n", "",
                        dma, machine.hbmGBs);
  auto put = [&](const char *name, double bytes) {
    absl::StrAppendFormat(&out, "%-28s %11.3f MB %10.3f us %10.3f us\n", name,
                          bytes / 1e6, bytes / dma / 1e3,
                          bytes / machine.hbmGBs / 1e3);
  };
  put("compulsory", bounds.compulsoryBytes);
  put("for the chip's finite memory", bounds.finiteMemoryBytes);
  put("layer by layer, no bound", bounds.layerwiseBytes);
}

std::string printBounds(const Bounds &bounds, const Machine &machine) {
  std::string out = absl::StrFormat(
      "%.4f GMAC on the array, %.4f GMAC depthwise, on %s\n\n",
      bounds.macs / 1e9, bounds.depthwiseMacs / 1e9, machine.name);
  putLine(out, "array, ideal", bounds.peIdealCycles / 1e3, "kcycles",
          bounds.peIdealUs, "all cells multiply");
  putLine(out, "array, by tiles", bounds.peTileCycles / 1e3, "kcycles",
          bounds.peTileUs, "the better operand in the array");
  putLine(out, "  weights in the array", bounds.peWeightStationaryCycles / 1e3,
          "kcycles",
          bounds.peWeightStationaryCycles / machine.arrayClockGhz / 1e3,
          "for comparison, no bound");
  putTime(out, "products out of PSUM", bounds.evacuationUs,
          "on the fastest engine");
  putTime(out, "busiest engine", bounds.engineUs,
          "all work on the engines that can do it, best split");
  putTime(out, "dependence chain", bounds.chainUs,
          "one result of each operator");
  putTraffic(out, bounds, machine);
  absl::StrAppendFormat(&out,
                        "\nintermediate values at once  %11.3f MB, %.0f B in "
                        "each of %d partitions\n",
                        bounds.liveBytes / 1e6,
                        bounds.liveBytes / machine.sbufPartitions,
                        machine.sbufPartitions);
  absl::StrAppendFormat(&out, "bound %50.3f us %10.3f us\nbound by %s\n",
                        bounds.boundUs, bounds.boundAtHbmUs, bounds.boundBy);
  if (bounds.unknownNodes > 0)
    absl::StrAppendFormat(&out,
                          "%d nodes have no known shape and count nothing; "
                          "bind dimensions with --dim=NAME=VALUE\n",
                          bounds.unknownNodes);
  return out;
}

std::map<std::string, double> boundFigures(const Bounds &bounds) {
  return {{"bound_us", bounds.boundUs},
          {"bound_at_hbm_us", bounds.boundAtHbmUs},
          {"pe_ideal_us", bounds.peIdealUs},
          {"pe_tile_us", bounds.peTileUs},
          {"psum_evacuation_us", bounds.evacuationUs},
          {"engine_bound_us", bounds.engineUs},
          {"hbm_bound_us", bounds.dmaUs},
          {"chain_bound_us", bounds.chainUs},
          {"hbm_compulsory_bytes", bounds.compulsoryBytes},
          {"hbm_layerwise_bytes", bounds.layerwiseBytes},
          {"hbm_finite_memory_bytes", bounds.finiteMemoryBytes},
          {"live_bound_bytes", bounds.liveBytes},
          {"macs", bounds.macs + bounds.depthwiseMacs}};
}

std::map<std::string, double> boundFigures(const NodeBounds &bounds) {
  return {{"bound_us", bounds.boundUs},
          {"pe_ideal_us", bounds.peIdealUs},
          {"pe_tile_us", bounds.peTileUs},
          {"psum_evacuation_us", bounds.evacuationUs},
          {"engine_bound_us", bounds.vectorUs},
          {"hbm_compulsory_bytes", bounds.constantBytes},
          {"hbm_layerwise_bytes", bounds.layerBytes},
          {"macs", bounds.macs}};
}

} // namespace tilicho::compiler
