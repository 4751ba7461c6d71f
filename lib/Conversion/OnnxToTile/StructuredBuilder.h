// SPDX-License-Identifier: Apache-2.0
// Builds structured operators: shapes and types of results are worked out here.
#ifndef TILICHO_LIB_CONVERSION_ONNXTOTILE_STRUCTUREDBUILDER_H
#define TILICHO_LIB_CONVERSION_ONNXTOTILE_STRUCTUREDBUILDER_H

#include "dialects/Tile/IR/StructuredShapes.h"
#include "dialects/Tile/IR/TensorShapes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace tilicho::compiler {

using ir::elementOf;
using ir::rankOf;
using ir::shapeOf;
using ir::tile::Shape;

/// The compute type in which arithmetic on `element` is exact or, for floats of
/// 16 bits and fewer, rounded once.
llvm::StringRef computeFor(mlir::Type element);
/// The same for operations that only compare, move or combine truth values:
/// f32 wherever that holds the element exactly, since every engine has it.
llvm::StringRef orderComputeFor(mlir::Type element);
/// The element type whose values are those of a compute type.
mlir::Type elementFor(llvm::StringRef compute, mlir::MLIRContext *context);

/// Sizes of a window that slides, one entry for each dimension.
struct Window {
  Shape window, strides, dilations, inputDilations, padLow, padHigh;
};

class StructuredBuilder {
public:
  StructuredBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::MLIRContext *context() { return builder.getContext(); }
  mlir::Type f32() { return builder.getF32Type(); }
  mlir::Type i32() { return builder.getI32Type(); }
  mlir::Type i64() { return builder.getI64Type(); }
  mlir::Type boolean() { return builder.getI1Type(); }

  // Constants.
  mlir::Value constant(mlir::ElementsAttr value);
  mlir::Value scalar(mlir::Type element, double value);
  mlir::Value splat(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                    double value);
  mlir::Value reals(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<double> values);
  mlir::Value integers(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                       llvm::ArrayRef<int64_t> values);
  /// 0, 1, ... along `axis` of a shape that is 1 elsewhere.
  mlir::Value iota(mlir::Type element, int64_t rank, int64_t axis,
                   int64_t count);

  // Elementwise. `element` is the result's.
  mlir::Value elementwise(llvm::StringRef op, mlir::ValueRange inputs,
                          llvm::StringRef compute, mlir::Type element);
  /// ONNX's Cast: floats are truncated on their way to an integer.
  mlir::Value cast(mlir::Value value, mlir::Type element);
  /// `condition ? x : y` in the type of x.
  mlir::Value select(mlir::Value condition, mlir::Value x, mlir::Value y);

  // Moves. What changes nothing builds nothing.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> order);
  mlir::Value restride(mlir::Value value, llvm::ArrayRef<int64_t> starts,
                       llvm::ArrayRef<int64_t> dims,
                       llvm::ArrayRef<int64_t> steps,
                       llvm::ArrayRef<int64_t> shape);
  mlir::Value slice(mlir::Value value, int64_t axis, int64_t start,
                    int64_t count, int64_t step = 1);
  /// Repeats to `shape` by NumPy's rule.
  mlir::Value broadcast(mlir::Value value, llvm::ArrayRef<int64_t> shape);
  /// `value`, of one dimension, along `axis` of `rank` dimensions.
  mlir::Value alongAxis(mlir::Value value, int64_t rank, int64_t axis);
  mlir::Value insertDim(mlir::Value value, int64_t axis);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> pieces, int64_t axis);
  /// Adds constant elements on both sides; negative amounts crop.
  mlir::Value pad(mlir::Value value, llvm::ArrayRef<int64_t> low,
                  llvm::ArrayRef<int64_t> high, mlir::TypedAttr fill);
  mlir::Value take(mlir::Value data, mlir::Value indices, int64_t axis);
  mlir::Value takeElements(mlir::Value data, mlir::Value indices, int64_t axis);
  /// `reduction` is empty for a plain write.
  mlir::Value put(mlir::Value data, mlir::Value indices, mlir::Value updates,
                  llvm::StringRef reduction);
  mlir::Value putElements(mlir::Value data, mlir::Value indices,
                          mlir::Value updates, int64_t axis,
                          llvm::StringRef reduction);
  /// Elements `indices` along `axis`: by strides where they form few runs.
  mlir::Value pick(mlir::Value value, int64_t axis,
                   llvm::ArrayRef<int64_t> indices);

  // The large operators.
  mlir::Value contract(mlir::Value a, mlir::Value b, mlir::Type element,
                       bool transA = false, bool transB = false,
                       int64_t zeroA = 0, int64_t zeroB = 0);
  mlir::Value convolution(mlir::Value input, mlir::Value kernel,
                          const Window &window, mlir::Type element,
                          int64_t group = 1, int64_t zeroInput = 0,
                          int64_t zeroKernel = 0);
  mlir::Value reduce(llvm::StringRef op, mlir::Value value,
                     llvm::ArrayRef<int64_t> axes, llvm::StringRef compute,
                     mlir::Type element, llvm::StringRef elementOp = "copy",
                     bool selectLast = false);
  mlir::Value windowReduce(llvm::StringRef op, mlir::Value value,
                           const Window &window, mlir::Type element);

  mlir::OpBuilder &builder;
  mlir::Location loc;
};

/// Arithmetic in one compute type. Values on the way have its element type, so
/// that an operator of several steps rounds once, at its end.
class Arithmetic {
public:
  Arithmetic(StructuredBuilder &build, mlir::Type element)
      : Arithmetic(build, computeFor(element)) {}
  Arithmetic(StructuredBuilder &build, llvm::StringRef compute)
      : build(build), compute(compute),
        type(elementFor(compute, build.context())) {}

  mlir::Value operator()(llvm::StringRef op, mlir::ValueRange inputs) {
    return build.elementwise(op, inputs, compute, type);
  }
  /// The last step, written as `element`.
  mlir::Value into(mlir::Type element, llvm::StringRef op,
                   mlir::ValueRange inputs) {
    return build.elementwise(op, inputs, compute, element);
  }
  mlir::Value number(double value) { return build.scalar(type, value); }
  /// `value` written as `element`, unless it is that already.
  mlir::Value as(mlir::Type element, mlir::Value value);
  mlir::Value sum(mlir::Value value, llvm::ArrayRef<int64_t> axes,
                  llvm::StringRef elementOp = "copy") {
    return build.reduce("add", value, axes, compute, type, elementOp);
  }

  StructuredBuilder &build;
  llvm::StringRef compute;
  mlir::Type type;
};

} // namespace tilicho::compiler

#endif // TILICHO_LIB_CONVERSION_ONNXTOTILE_STRUCTUREDBUILDER_H
