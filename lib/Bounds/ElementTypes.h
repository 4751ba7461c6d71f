// SPDX-License-Identifier: Apache-2.0
// ONNX's element types as the machine has them.
#ifndef TILICHO_LIB_BOUNDS_ELEMENTTYPES_H
#define TILICHO_LIB_BOUNDS_ELEMENTTYPES_H

#include "lib/Bounds/Graph.h"
#include "runtime/Isa/Isa.h"

namespace tilicho::compiler::bounds {

/// How f32 tensors are lowered.
class ElementTypes {
public:
  explicit ElementTypes(isa::DType precision) : precision(precision) {}

  /// Type in memory; f32 for what is no number.
  isa::DType typeOf(const Tensor &tensor) const;
  /// The type in which it is calculated with: inputs and outputs of the model
  /// are lowered as the rest.
  isa::DType insideTypeOf(const Tensor &tensor) const;
  /// Bytes in HBM; inputs and outputs of the model keep their type.
  double bytesOf(const Tensor &tensor) const {
    return tensor.elements() * bytesPerElement(tensor);
  }
  double bytesPerElement(const Tensor &tensor) const;

private:
  isa::DType precision;
};

} // namespace tilicho::compiler::bounds

#endif // TILICHO_LIB_BOUNDS_ELEMENTTYPES_H
