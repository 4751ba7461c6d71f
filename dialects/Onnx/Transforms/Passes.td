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

    ```mlir
    %y = onnx.Relu %x : (tensor<4x8xf32>) -> tensor<?x?xf32>
    // becomes
    %y = onnx.Relu %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
}

def OnnxFoldConstants : Pass<"onnx-fold-constants", "::mlir::func::FuncOp"> {
  let summary = "compute what is known at compile time";
  let description = [{
    One walk in the order of the graph: infers the types of an operation, then
    replaces it by a constant when its operands are constants, or, for Shape
    and Size, when only its operand's type is known. An `If` whose condition is
    known is replaced by its branch, one whose branches compute nothing by a
    choice. A `Loop` and a `Scan` become their iterations; a `Scan` whose states are multiplied
    and added to becomes one of nothing else, between operators that do the rest
    for all steps at once. Of a `Loop` that stays, the outputs that it collects
    take the shape of as many iterations as there can be. Constants in
    equal elements stay splats. See
    `test/dialects/Onnx/Transforms/onnx-fold-constants.mlir` and
    `onnx-fold-regions.mlir` there.

    ```mlir
    %n = onnx.Shape %x : (tensor<2x3xf32>) -> tensor<2xi64>
    // becomes
    %n = onnx.Constant dense<[2, 3]> : tensor<2xi64>
    ```
  }];
  let options = [Option<"vectorizeScans", "vectorize-scans", "bool", "true",
                        "do a Scan's work for all steps at once where possible">];
}

def OnnxSimplify : Pass<"onnx-simplify", "::mlir::func::FuncOp"> {
  let summary = "remove operations that change nothing";
  let description = [{
    Identity, Dropout at inference, casts, transposes, reshapes, slices, pads
    and expansions without effect, and chains of transposes or reshapes. Every
    rewrite is exact. See `test/dialects/Onnx/Transforms/onnx-simplify.mlir`.

    ```mlir
    %a = onnx.Transpose %x : (tensor<2x3xf32>) -> tensor<3x2xf32>
    %b = onnx.Transpose %a : (tensor<3x2xf32>) -> tensor<2x3xf32>
    %y = onnx.Relu %b : (tensor<2x3xf32>) -> tensor<2x3xf32>
    // becomes
    %y = onnx.Relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
    ```
  }];
}

def OnnxMergeEqual : Pass<"onnx-merge-equal", "::mlir::func::FuncOp"> {
  let summary = "keep one of equal operations and none that are unused";
  let description = [{
    Common subexpressions and dead code. Unlike upstream's pass it looks past
    the ONNX names of values. See
    `test/dialects/Onnx/Transforms/onnx-merge-equal.mlir`.

    ```mlir
    %a = onnx.Exp %x : (tensor<4xf32>) -> tensor<4xf32>
    %b = onnx.Exp %x : (tensor<4xf32>) -> tensor<4xf32>
    %y = onnx.Add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    // becomes
    %a = onnx.Exp %x : (tensor<4xf32>) -> tensor<4xf32>
    %y = onnx.Add %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ```
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

    ```mlir
    %c = onnx.Conv %x, %w, %none : (...) -> tensor<1x8x4x4xf32>
    %y = onnx.BatchNormalization %c, %scale, %bias, %mean, %variance : (...)
    // becomes
    %y = onnx.Conv %x, %scaled_w, %new_bias : (...) -> tensor<1x8x4x4xf32>
    ```
  }];
}

def OnnxFormSoftmax : Pass<"onnx-form-softmax", "::mlir::func::FuncOp"> {
  let summary = "make one Softmax of the operators that it is spelt with";
  let description = [{
    Powers of what is left of the maximum along an axis, divided by their sum,
    are a Softmax; the difference less the sum's logarithm is a LogSoftmax. Not
    exact: a Softmax multiplies by the sum's reciprocal. See
    `test/dialects/Onnx/Transforms/onnx-form-softmax.mlir`.

    ```mlir
    %m = onnx.ReduceMax %x, %axis : (...) -> tensor<4x1xf32>
    %d = onnx.Sub %x, %m : (...) -> tensor<4x8xf32>
    %e = onnx.Exp %d : (...) -> tensor<4x8xf32>
    %s = onnx.ReduceSum %e, %axis : (...) -> tensor<4x1xf32>
    %y = onnx.Div %e, %s : (...) -> tensor<4x8xf32>
    // becomes
    %y = onnx.Softmax %x {axis = 1} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    ```
  }];
}

def OnnxLowerPrecision : Pass<"onnx-lower-precision", "::mlir::func::FuncOp"> {
  let summary = "compute f32 parts in a narrower type";
  let description = [{
    Every f32 value between operators takes the type; inputs and outputs of
    the function keep theirs behind a Cast. See
    `test/dialects/Onnx/Transforms/onnx-lower-precision.mlir`.

    ```mlir
    %y = onnx.Relu %x : (tensor<4xf32>) -> tensor<4xf32>
    // becomes
    %a = onnx.Cast %x {to = bf16} : (tensor<4xf32>) -> tensor<4xbf16>
    %b = onnx.Relu %a : (tensor<4xbf16>) -> tensor<4xbf16>
    %y = onnx.Cast %b {to = f32} : (tensor<4xbf16>) -> tensor<4xf32>
    ```
  }];
  let options = [
    Option<"type", "type", "std::string", "\"bf16\"",
           "bf16 or f16">
  ];
}

def OnnxCountRows : Pass<"onnx-count-rows", "::mlir::func::FuncOp"> {
  let summary = "count rows of which a run decides how many there are";
  let description = [{
    A `NonZero`, `Compress`, `Unique` or `NonMaxSuppression` becomes operators of
    fixed shapes, with room for as many rows as there can be, where all that is
    made of its rows, row by row, are results of the function. The function
    returns their number too, with the attribute `tile.rows_of`. Elsewhere the
    operation stays, with the reason.
    See `test/dialects/Onnx/Transforms/onnx-count-rows.mlir`.

    ```mlir
    %i = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
    // becomes
    %c = onnx.Cast %x {to = 9} : (tensor<4xf32>) -> tensor<4xi1>
    %p, %n, %s = onnx.places %c
        : (tensor<4xi1>) -> (tensor<4xi32>, tensor<i64>, tensor<4xi32>)
    ```
  }];
}

def OnnxRequireStatic : Pass<"onnx-require-static", "::mlir::func::FuncOp"> {
  let summary = "refuse shapes that depend on data";
  let description = [{
    Names every node whose result has a dimension that is not known once all
    constants are folded, and every `If`, `Loop` and `Scan` that is left then.
    See
    `test/dialects/Onnx/Transforms/onnx-require-static-errors.mlir`.

    ```mlir
    // error: NonZero: the shape of result 'places' depends on data
    %i = onnx.NonZero %x : (tensor<4xf32>) -> tensor<1x?xi64>
    ```
  }];
}

#endif // TILICHO_DIALECTS_ONNX_TRANSFORMS_PASSES
