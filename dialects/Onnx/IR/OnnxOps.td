// SPDX-License-Identifier: Apache-2.0
// All operations of the onnx dialect: the generated ones, and those that no
// schema describes.
#ifndef TILICHO_DIALECTS_ONNX_IR_ONNXOPS
#define TILICHO_DIALECTS_ONNX_IR_ONNXOPS

include "OnnxBase.td"
include "OnnxGeneratedOps.td"

def Onnx_ConstantOp
    : Onnx_Op<"Constant", [ConstantLike, Pure,
                           AllTypesMatch<["value", "output"]>]> {
  let summary = "a tensor known at compile time";
  let description = [{
    Up to 1 KiB, or when all elements are equal, the value is a dense
    attribute; beyond that a `dense_resource`, which may lie in the mapped
    model file.

    ```mlir
    %0 = onnx.Constant dense<[1, 2]> : tensor<2xi64>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
  let builders = [OpBuilder<(ins "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, value.getType(), value);
  }]>];
}

def Onnx_PendingOp : Onnx_Op<"pending", [Pure]> {
  let summary = "a large tensor known at compile time but for some steps";
  let description = [{
    What a pass makes of a weight is not calculated: the weight stays where it
    lies, beside the steps of a `tile.constant` that are applied in order when
    the program is written.

    ```mlir
    %0 = onnx.pending dense_resource<w> : tensor<64x512xf32>
        [{kind = "cast", type = bf16} ] : tensor<64x512xbf16>
    ```
  }];
  let arguments = (ins ElementsAttr:$value, ArrayAttr:$steps);
  let results = (outs AnyTensor:$output);
  let assemblyFormat = "$value $steps attr-dict `:` type($output)";
}

def Onnx_PlacesOp : Onnx_Op<"places", [Pure]> {
  let summary = "where the true elements are, and how many";
  let description = [{
    The positions of the true elements in order, and behind them 0. `count` is
    how many true elements there are; positions beyond the length of `places`
    are left out. `numbers` has for each element how many are true up to it.

    ```mlir
    %places, %count, %numbers = onnx.places %flags
        : (tensor<8xi1>) -> (tensor<8xi32>, tensor<i64>, tensor<8xi32>)
    ```
  }];
  let arguments = (ins AnyTensor:$flags);
  let results = (outs AnyTensor:$places, AnyTensor:$count, AnyTensor:$numbers);
  let assemblyFormat = "$flags attr-dict `:` functional-type($flags, results)";
}

def Onnx_NoneOp : Onnx_Op<"none", [ConstantLike, Pure]> {
  let summary = "an optional operand that is absent";
  let description = [{
    ```mlir
    %0 = onnx.none
    ```
  }];
  let arguments = (ins);
  let results = (outs NoneType:$output);
  let assemblyFormat = "attr-dict";
  let hasFolder = 1;
  let builders = [OpBuilder<(ins), [{
    $_state.addTypes($_builder.getNoneType());
  }]>];
}

def Onnx_YieldOp : Onnx_Op<"yield", [Pure, ReturnLike, Terminator]> {
  let summary = "ends a graph of If, Loop, Scan or SequenceMap";
  let description = [{
    ```mlir
    onnx.yield %0 : tensor<2xf32>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // TILICHO_DIALECTS_ONNX_IR_ONNXOPS
