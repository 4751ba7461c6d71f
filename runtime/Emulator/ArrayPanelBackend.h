// SPDX-License-Identifier: Apache-2.0
// The back ends that multiply panels with vector instructions.
#ifndef TILICHO_RUNTIME_EMULATOR_ARRAYPANELBACKEND_H
#define TILICHO_RUNTIME_EMULATOR_ARRAYPANELBACKEND_H

#include "runtime/Emulator/ArrayBackend.h"
#include "runtime/Emulator/ArrayKernels.h"
#include "runtime/Emulator/ArrayPanels.h"

namespace tilicho {

/// Which kernel a back end takes for which arithmetic.
struct PanelKernels {
  CpuLevel level;
  const PortableKernels *portable;
  /// Of form ChainPair; null to use the portable one.
  const PanelKernel *narrowPairs = nullptr;
  /// Of form IntegerPair; null to use the portable one.
  const PanelKernel *integerPairs = nullptr;
};

class PanelBackend : public ArrayBackend {
public:
  PanelBackend(std::string name, const PanelKernels &kernels)
      : label(std::move(name)), kernels(kernels) {}

  std::string_view name() const override { return label; }
  void load(const Operand &source, Weights &weights,
            ThreadPool &pool) const override;
  void multiply(const ArrayProduct &product, ThreadPool &pool) const override;

private:
  const PanelKernel &wordKernel(Arithmetic arithmetic) const;
  const PanelKernel *pairKernel(Arithmetic arithmetic, isa::DType dtype,
                                int32_t zero) const;
  void multiplyPanels(const ArrayProduct &product, ThreadPool &pool) const;
  void multiplyBlocks(const ArrayProduct &product, ThreadPool &pool) const;

  std::string label;
  PanelKernels kernels;
};

} // namespace tilicho

#endif // TILICHO_RUNTIME_EMULATOR_ARRAYPANELBACKEND_H
