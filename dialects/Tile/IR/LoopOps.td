// SPDX-License-Identifier: Apache-2.0
// The borders of loops and branches of run time, between structured operators.
#ifndef TILICHO_DIALECTS_TILE_IR_LOOPOPS_TD
#define TILICHO_DIALECTS_TILE_IR_LOOPOPS_TD

include "dialects/Tile/IR/StructuredOps.td"

def Tile_LoopBeginOp : Tile_Op<"loop_begin"> {
  let summary = "begin what is repeated while a condition holds";
  let description = [{
    The operations up to the matching `tile.loop_end` are one iteration. The
    results are `initial` in the first and what the end was given in the others.
    Without any iteration they are the end's results.

    ```mlir
    %v = tile.loop_begin %c, %x : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
    %w = tile.elementwise "add"(%v, %x) in "f32"
        : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    %y = tile.loop_end %d, %w : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
    ```

    Constraints:
    * (C1) the condition is one boolean.
    * (C2) the results have the types of the values.
  }];
  let arguments = (ins Tile_Tensor:$condition, Variadic<Tile_Tensor>:$initial);
  let results = (outs Variadic<Tile_Tensor>:$values);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Tile_LoopEndOp : Tile_Op<"loop_end"> {
  let summary = "end an iteration";
  let description = [{
    With `condition`, another iteration begins with `next`; otherwise the
    results are `next`. `tile.loop_begin` has an example.

    Constraints:
    * (C1) the condition is one boolean.
    * (C2) the results have the types of the values.
    * (C3) there is a matching `tile.loop_begin` with values of the same types.
  }];
  let arguments = (ins Tile_Tensor:$condition, Variadic<Tile_Tensor>:$next);
  let results = (outs Variadic<Tile_Tensor>:$values);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Tile_IfBeginOp : Tile_Op<"if_begin"> {
  let summary = "begin what happens when a condition holds";
  let description = [{
    With `condition`, what stands up to the matching `tile.if_else` is executed
    and what stands from there to the `tile.if_end` is not; without it the other
    way round. The values of the side that is executed are the results.

    ```mlir
    tile.if_begin %c : tensor<i1>
    %t = tile.elementwise "abs"(%x) in "f32" : (tensor<4xf32>) -> tensor<4xf32>
    tile.if_else %t : (tensor<4xf32>) -> ()
    %e = tile.elementwise "exp"(%x) in "f32" : (tensor<4xf32>) -> tensor<4xf32>
    %y = tile.if_end %e : (tensor<4xf32>) -> tensor<4xf32>
    ```

    Constraints:
    * (C1) the condition is one boolean.
    * (C2) there is a matching `tile.if_else`.
  }];
  let arguments = (ins Tile_Tensor:$condition);
  let assemblyFormat = "$condition attr-dict `:` type($condition)";
  let hasVerifier = 1;
}

def Tile_IfElseOp : Tile_Op<"if_else"> {
  let summary = "end what happens when a condition holds";
  let description = [{
    Gives the results of that side. `tile.if_begin` has an example.

    Constraints:
    * (C1) there is a matching `tile.if_begin` and a `tile.if_end`.
  }];
  let arguments = (ins Variadic<Tile_Tensor>:$given);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Tile_IfEndOp : Tile_Op<"if_end"> {
  let summary = "end what happens when a condition does not hold";
  let description = [{
    Gives the results of that side. `tile.if_begin` has an example.

    Constraints:
    * (C1) there is a matching `tile.if_else`, with values of the same types.
    * (C2) the results have the types of the values.
  }];
  let arguments = (ins Variadic<Tile_Tensor>:$given);
  let results = (outs Variadic<Tile_Tensor>:$values);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // TILICHO_DIALECTS_TILE_IR_LOOPOPS_TD
