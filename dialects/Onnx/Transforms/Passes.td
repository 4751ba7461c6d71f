// SPDX-License-Identifier: Apache-2.0
// The passes of the onnx dialect.
#ifndef TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES
#define TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

def OnnxInferShapes : Pass<"onnx-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "infer types of results from those of operands";
  let description = [{
    Runs ONNX's own inference of each operator whose result has an open
    dimension, with the values of constant operands. See
    `test/dialects/Onnx/Transforms/onnx-infer-shapes.mlir`.
  }];
}

def OnnxFoldConstants : Pass<"onnx-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "compute what is known at compile time";
  let description = [{
    One walk in the order of the graph: infers the types of an operation, then
    replaces it by a constant when its operands are constants, or, for Shape
    and Size, when only its operand's type is known. An `If` whose condition is
    known is replaced by its branch. Constants in equal elements stay splats.
    See `test/dialects/Onnx/Transforms/onnx-fold-constants.mlir`.
  }];
}

def OnnxSimplify : Pass<"onnx-simplify", "::mlir::func::FuncOp"> {
  let summary = "remove operations that change nothing";
  let description = [{
    Identity, Dropout at inference, casts, transposes, reshapes, slices, pads
    and expansions without effect, and chains of transposes or reshapes. Every
    rewrite is exact. See `test/dialects/Onnx/Transforms/onnx-simplify.mlir`.
  }];
}

def OnnxMergeEqual : Pass<"onnx-merge-equal", "::mlir::func::FuncOp"> {
  let summary = "keep one of equal operations and none that are unused";
  let description = [{
    Common subexpressions and dead code. Unlike upstream's pass it looks past
    the ONNX names of values. See
    `test/dialects/Onnx/Transforms/onnx-merge-equal.mlir`.
  }];
}

def OnnxFoldBatchNorm : Pass<"onnx-fold-batch-norm", "::mlir::func::FuncOp"> {
  let summary = "fold batch normalisation into the convolution before it";
  let description = [{
    Scales the weights of a convolution with constant weights by
    scale / sqrt(variance + epsilon), computed in double and rounded once, and
    makes its bias from the rest. Also a Mul and an Add by a constant for each
    channel. Not exact: the product is rounded at another place. See
    `test/dialects/Onnx/Transforms/onnx-fold-batch-norm.mlir`.
  }];
}

def OnnxLowerPrecision : Pass<"onnx-lower-precision", "::mlir::func::FuncOp"> {
  let summary = "compute f32 parts in a narrower type";
  let description = [{
    Every f32 value between operators takes the type; inputs and outputs of
    the function keep theirs behind a Cast. See
    `test/dialects/Onnx/Transforms/onnx-lower-precision.mlir`.
  }];
  let options = [
    Option<"type", "type", "std::string", "\"bf16\"",
           "bf16 or f16">
  ];
}

def OnnxRequireStatic : Pass<"onnx-require-static", "::mlir::func::FuncOp"> {
  let summary = "refuse shapes that depend on data";
  let description = [{
    Names every node whose result has a dimension that is not known once all
    constants are folded. See
    `test/dialects/Onnx/Transforms/onnx-require-static-errors.mlir`.
  }];
}

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES
