// SPDX-License-Identifier: Apache-2.0
// The structured operators: named, on tensors, with nothing decided yet about
// where a value lives.
#ifndef TILICHO_DIALECTS_TILE_IR_STRUCTUREDOPS_TD
#define TILICHO_DIALECTS_TILE_IR_STRUCTUREDOPS_TD

include "dialects/Tile/IR/TileDialect.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

// Integers: i8..i64 are signed, ui8..ui64 unsigned, i1 is a boolean.
def Tile_Tensor : StaticShapeTensorOf<[AnyType]>;

class Tile_StructuredOp<string mnemonic, list<Trait> traits = []>
    : Tile_Op<mnemonic, !listconcat(traits, [Pure])> {
  let hasVerifier = 1;
}

def Tile_ConstantOp : Tile_Op<"constant", [Pure, ConstantLike]> {
  let summary = "hold a constant and the steps still to be applied to it";
  let description = [{
    `value` is the data as the model gives it: `dense_resource` over the mapped
    file, or dense when small. `steps` are applied in order when the program is
    written: each is a dictionary with a `kind`:
    * `cast` to `type`;
    * `reshape` to `shape`;
    * `restride` with the attributes of `tile.restride` and the `shape` of its
      result;
    * `scale` of f32: as many equal parts as there are f64 `factors`, in row-major
      order, each times its factor in f64, rounded once;
    * `elementwise` with the attributes of `tile.elementwise`, the `type` of the
      result and, for two operands, `operand`, a dense constant; with
      `reversed` that is the first.

    The result has the type after the last step.

    ```mlir
    %w = tile.constant dense<1.0> : tensor<4x8xf32> : tensor<4x8xf32>
    %t = tile.constant dense<1.0> : tensor<4x8xf32>
        steps [{kind = "cast", type = bf16} ] : tensor<4x8xbf16>
    ```

    Constraints:
    * (C1) without steps the types of `value` and the result are equal.
  }];
  let arguments = (ins ElementsAttr:$value, OptionalAttr<ArrayAttr>:$steps);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $value (`steps` $steps^)? attr-dict `:` type($result)
  }];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Tile_ElementwiseOp : Tile_StructuredOp<"elementwise"> {
  let summary = "apply one arithmetic operation to each element";
  let description = [{
    `op` is a name of the ISA's AluOp (`add`, `exp`, `copy`, ...) or `select`
    (`condition != 0 ? x : y`). Operands broadcast as in NumPy. Arithmetic is
    done in `compute` (f32, i32, u32, i64, u64 or f64); the result is written by
    the ISA's rule for casts: float to integer rounds to nearest even and
    saturates, integer to narrower integer wraps. `copy` between equal types
    moves bits.

    ```mlir
    %c = tile.elementwise "add"(%a, %b) in "f32"
        : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
    ```

    Constraints:
    * (C1) `op` is known and has as many operands as given.
    * (C2) `compute` is known.
    * (C3) the operands' shapes broadcast to the result's.
  }];
  let arguments = (ins Variadic<Tile_Tensor>:$inputs, StrAttr:$op,
                       StrAttr:$compute);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $op `(` $inputs `)` `in` $compute attr-dict
    `:` functional-type($inputs, $result)
  }];
}

def Tile_ContractOp : Tile_StructuredOp<"contract"> {
  let summary = "multiply matrices, batched";
  let description = [{
    `result[b, m, n] = sum over k of (a[b, m, k] - zero_a) * (b[b, k, n] -
    zero_b)`. Leading dimensions broadcast as in NumPy. Floats accumulate in
    f32 and are rounded once, to the result's element type; integers accumulate
    in i32, modulo 2^32.
    `trans_a`: `a` is `[.., k, m]`; `trans_b`: `b` is `[.., n, k]`.

    ```mlir
    %c = tile.contract %a, %b : (tensor<4x8xf32>, tensor<8x16xf32>)
        -> tensor<4x16xf32>
    ```

    Constraints:
    * (C1) both operands have two dimensions or more, and the same k.
    * (C2) the result is batch, m, n.
    * (C3) zero points are 0 unless the operands are integers.
  }];
  let arguments = (ins Tile_Tensor:$a, Tile_Tensor:$b,
                       DefaultValuedAttr<BoolAttr, "false">:$trans_a,
                       DefaultValuedAttr<BoolAttr, "false">:$trans_b,
                       DefaultValuedAttr<I64Attr, "0">:$zero_a,
                       DefaultValuedAttr<I64Attr, "0">:$zero_b);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $a `,` $b attr-dict `:` functional-type(operands, $result)
  }];
}

def Tile_ConvolutionOp : Tile_StructuredOp<"convolution"> {
  let summary = "slide a kernel over the spatial dimensions";
  let description = [{
    `input` is `[n, c, spatial...]`, `kernel` is `[window..., c / group, o]`
    (the order in which the array takes it), the result `[n, o, spatial...]`.
    `input_dilations` spread the input's elements apart before the window
    slides (a transposed convolution by stride s is a convolution with input
    dilation s and a flipped kernel). Padding is an attribute and is zero after
    `zero_input` is taken off; it may be negative, which crops the dilated
    input. Sums and zero points are those of `tile.contract`.

    ```mlir
    %y = tile.convolution %x, %w {strides = array<i64: 2, 2>,
        dilations = array<i64: 1, 1>, input_dilations = array<i64: 1, 1>,
        pad_low = array<i64: 1, 1>, pad_high = array<i64: 1, 1>}
        : (tensor<1x3x8x8xf32>, tensor<3x3x3x16xf32>) -> tensor<1x16x4x4xf32>
    ```

    Constraints:
    * (C1) the attributes have one entry for each spatial dimension.
    * (C2) `group` divides c and o, and the kernel's c is c / group.
    * (C3) the result's shape follows from the others.
  }];
  let arguments = (ins Tile_Tensor:$input, Tile_Tensor:$kernel,
                       DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$input_dilations,
                       DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high,
                       DefaultValuedAttr<I64Attr, "1">:$group,
                       DefaultValuedAttr<I64Attr, "0">:$zero_input,
                       DefaultValuedAttr<I64Attr, "0">:$zero_kernel);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $kernel attr-dict `:` functional-type(operands, $result)
  }];
}

def Tile_ReductionOp : Tile_StructuredOp<"reduction"> {
  let summary = "reduce over axes, which stay with extent 1";
  let description = [{
    `op` is `add`, `mul`, `max`, `min`, or `arg_max`, `arg_min` (exactly one
    axis, an i64 or i32 result, the first of equals or, with `select_last`, the
    last). `element_op` (`copy`, `square`, `abs`) is applied to each element
    first. Arithmetic is in `compute`.

    ```mlir
    %s = tile.reduction "add" %x over [1] in "f32"
        : tensor<4x8xf32> -> tensor<4x1xf32>
    ```

    Constraints:
    * (C1) `op` and `element_op` are known.
    * (C2) axes are sorted, unique, within the rank, and of extent 1 in the
      result.
  }];
  let arguments = (ins Tile_Tensor:$input, StrAttr:$op,
                       DenseI64ArrayAttr:$axes, StrAttr:$compute,
                       DefaultValuedAttr<StrAttr, "\"copy\"">:$element_op,
                       DefaultValuedAttr<BoolAttr, "false">:$select_last);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $op $input `over` $axes `in` $compute attr-dict
    `:` type($input) `->` type($result)
  }];
}

def Tile_WindowReductionOp : Tile_StructuredOp<"window_reduction"> {
  let summary = "reduce over a window that slides over trailing dimensions";
  let description = [{
    `op` is `add` or `max`. The window covers the last `window.size()`
    dimensions. What lies in the padding does not take part. Floats are added
    in f32; the result may have another element type than the input.

    ```mlir
    %y = tile.window_reduction "max" %x {window = array<i64: 2, 2>,
        strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>,
        pad_low = array<i64: 0, 0>, pad_high = array<i64: 0, 0>}
        : tensor<1x8x8x8xf32> -> tensor<1x8x4x4xf32>
    ```

    Constraints:
    * (C1) the attributes have one entry for each windowed dimension.
    * (C2) the result's shape follows from the others.
  }];
  let arguments = (ins Tile_Tensor:$input, StrAttr:$op,
                       DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilations,
                       DenseI64ArrayAttr:$pad_low, DenseI64ArrayAttr:$pad_high);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $op $input attr-dict `:` type($input) `->` type($result)
  }];
}

def Tile_SoftmaxOp : Tile_StructuredOp<"softmax", [SameOperandsAndResultType]> {
  let summary = "exponentials along one axis, divided by their sum";
  let description = [{
    The maximum along `axis` is subtracted first. `logarithm`: the logarithm of
    that, computed as `x - max - log(sum)`.

    ```mlir
    %y = tile.softmax %x {axis = 1 : i64} : tensor<4x8xf32>
    ```

    Constraints:
    * (C1) `axis` is within the rank.
  }];
  let arguments = (ins Tile_Tensor:$input, I64Attr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$logarithm);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Tile_NormalizationOp : Tile_StructuredOp<"normalization", [SameOperandsAndResultType]> {
  let summary = "normalise over the trailing dimensions";
  let description = [{
    Over the dimensions from `axis` on: `(x - mean) / sqrt(variance + epsilon)`,
    or, without `subtract_mean`, `x / sqrt(mean(x * x) + epsilon)`. Arithmetic
    is f32.

    ```mlir
    %y = tile.normalization %x {axis = 1 : i64, epsilon = 1.0e-5 : f32}
        : tensor<4x8xf32>
    ```

    Constraints:
    * (C1) `axis` is within the rank.
  }];
  let arguments = (ins Tile_Tensor:$input, I64Attr:$axis, F32Attr:$epsilon,
                       DefaultValuedAttr<BoolAttr, "true">:$subtract_mean);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Tile_LocalNormalizationOp
    : Tile_StructuredOp<"local_normalization", [SameOperandsAndResultType]> {
  let summary = "divide by a power of the squares of neighbouring channels";
  let description = [{
    `x * (bias + scale * sum)^-exponent`, where `sum` is of the squares of those
    channels (dimension 1) that lie in a window of `size` around the element's:
    `(size - 1) / 2` before it, the others after it, none outside of the tensor.
    Arithmetic is f32. An emitter may round squares and powers to bf16 where the
    elements have no more bits.

    ```mlir
    %y = tile.local_normalization %x {size = 5 : i64, scale = 2.0e-5 : f32,
        bias = 1.0 : f32, exponent = 7.5e-1 : f32} : tensor<1x8x4x4xf32>
    ```

    Constraints:
    * (C1) there are two dimensions or more.
    * (C2) `size` is positive.
    * (C3) elements are floats of up to 32 bits.
  }];
  let arguments = (ins Tile_Tensor:$input, I64Attr:$size, F32Attr:$scale,
                       F32Attr:$bias, F32Attr:$exponent);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($result)";
}

def Tile_ReshapeOp : Tile_StructuredOp<"reshape"> {
  let summary = "give the same elements, in row-major order, another shape";
  let description = [{
    ```mlir
    %y = tile.reshape %x : tensor<4x8xf32> -> tensor<2x16xf32>
    ```

    Constraints:
    * (C1) both have as many elements, of the same type.
  }];
  let arguments = (ins Tile_Tensor:$input);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Tile_BitcastOp : Tile_StructuredOp<"bitcast"> {
  let summary = "read the bits of elements as those of another type";
  let description = [{
    ```mlir
    %y = tile.bitcast %x : tensor<4x8xf32> -> tensor<4x8xi32>
    ```

    Constraints:
    * (C1) both have the same shape.
    * (C2) elements of both take as many bytes.
  }];
  let arguments = (ins Tile_Tensor:$input);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Tile_RestrideOp : Tile_StructuredOp<"restride"> {
  let summary = "read a tensor along other strides";
  let description = [{
    Transposition, slicing with any step, reversal and broadcasting in one:
    along input dimension d the index is `starts[d]` plus, for the result
    dimension r with `dims[r] == d`, `steps[r] * index[r]`. A result dimension
    with `dims[r] == -1` repeats. An input dimension may be named once or not at
    all.

    ```mlir
    // The transpose of every second row, the last first.
    %y = tile.restride %x {starts = array<i64: 6, 0>, dims = array<i64: 1, 0>,
        steps = array<i64: 1, -2>} : tensor<8x4xf32> -> tensor<4x4xf32>
    ```

    Constraints:
    * (C1) `starts` has the input's rank, `dims` and `steps` the result's.
    * (C2) every index read is inside the input.
  }];
  let arguments = (ins Tile_Tensor:$input, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$steps);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def Tile_AssembleOp : Tile_StructuredOp<"assemble"> {
  let summary = "put pieces side by side into a tensor";
  let description = [{
    Concatenation and constant padding in one: piece i is written from
    `offsets[i * rank ...]` on, with `steps[i * rank ...]` between elements.
    Pieces do not overlap. What no piece covers is `fill`.

    ```mlir
    %y = tile.assemble %a, %b {offsets = array<i64: 0, 0, 0, 4>,
        steps = array<i64: 1, 1, 1, 1>}
        : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x8xf32>
    ```

    Constraints:
    * (C1) offsets and steps have pieces x rank entries.
    * (C2) every piece lies inside the result and has its type and rank.
    * (C3) without `fill` the pieces cover the result.
  }];
  let arguments = (ins Variadic<Tile_Tensor>:$pieces,
                       DenseI64ArrayAttr:$offsets, DenseI64ArrayAttr:$steps,
                       OptionalAttr<TypedAttrInterface>:$fill);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $pieces attr-dict `:` functional-type($pieces, $result)
  }];
}

def Tile_TakeOp : Tile_StructuredOp<"take"> {
  let summary = "read slices at indices along one axis";
  let description = [{
    `result[i.., j.., k..] = data[i.., indices[j..], k..]`, where `i` runs over
    the dimensions before `axis`. A negative index counts from the end; one
    outside traps when the program runs.

    ```mlir
    %y = tile.take %x, %i {axis = 0 : i64}
        : (tensor<10x4xf32>, tensor<3xi64>) -> tensor<3x4xf32>
    ```

    Constraints:
    * (C1) `axis` is within the rank of `data`; indices are i32 or i64.
    * (C2) the result's shape follows.
  }];
  let arguments = (ins Tile_Tensor:$data, Tile_Tensor:$indices, I64Attr:$axis);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $data `,` $indices attr-dict `:` functional-type(operands, $result)
  }];
}

def Tile_TakeElementsOp : Tile_StructuredOp<"take_elements"> {
  let summary = "read one element for each index along one axis";
  let description = [{
    `result[i..] = data[i.. with i[axis] replaced by indices[i..]]`.

    ```mlir
    %y = tile.take_elements %x, %i {axis = 1 : i64}
        : (tensor<3x4xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
    ```

    Constraints:
    * (C1) ranks are equal, the result has the shape of the indices, which
      outside `axis` fit into the data's.
  }];
  let arguments = (ins Tile_Tensor:$data, Tile_Tensor:$indices, I64Attr:$axis);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $data `,` $indices attr-dict `:` functional-type(operands, $result)
  }];
}

def Tile_PutOp : Tile_StructuredOp<"put"> {
  let summary = "write slices at indices along the first axis";
  let description = [{
    A copy of `data` in which `result[indices[j]] = updates[j]` for each j in
    order; with a `reduction` (`add`, `mul`, `max`, `min`) combined with what is
    there.

    ```mlir
    %y = tile.put %x, %i, %u
        : (tensor<10x4xf32>, tensor<3xi64>, tensor<3x4xf32>) -> tensor<10x4xf32>
    ```

    Constraints:
    * (C1) indices have rank 1; updates are their count by the rest of data.
  }];
  let arguments = (ins Tile_Tensor:$data, Tile_Tensor:$indices,
                       Tile_Tensor:$updates, OptionalAttr<StrAttr>:$reduction);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $data `,` $indices `,` $updates attr-dict
    `:` functional-type(operands, $result)
  }];
}

def Tile_PutElementsOp : Tile_StructuredOp<"put_elements"> {
  let summary = "write one element for each index along one axis";
  let description = [{
    A copy of `data` in which, for each i in row-major order,
    `result[i.. with i[axis] replaced by indices[i..]] = updates[i..]`, or
    combined with what is there by `reduction`.

    ```mlir
    %y = tile.put_elements %x, %i, %u {axis = 1 : i64}
        : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>)
        -> tensor<3x4xf32>
    ```

    Constraints:
    * (C1) ranks are equal; updates have the shape of the indices.
  }];
  let arguments = (ins Tile_Tensor:$data, Tile_Tensor:$indices,
                       Tile_Tensor:$updates, I64Attr:$axis,
                       OptionalAttr<StrAttr>:$reduction);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = [{
    $data `,` $indices `,` $updates attr-dict
    `:` functional-type(operands, $result)
  }];
}

def Tile_ScanOp : Tile_StructuredOp<"scan", [SameOperandsAndResultType]> {
  let summary = "combine each element with all before it along one axis";
  let description = [{
    `op` is `add` or `multiply`. `exclusive` leaves the element itself out;
    `reverse` runs from the end.

    ```mlir
    %y = tile.scan "add" %x in "f32" {axis = 1 : i64} : tensor<4x8xf32>
    ```

    Constraints:
    * (C1) `axis` is within the rank.
  }];
  let arguments = (ins Tile_Tensor:$input, StrAttr:$op, StrAttr:$compute,
                       I64Attr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$exclusive,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "$op $input `in` $compute attr-dict `:` type($result)";
}

def Tile_RecurrenceOp : Tile_StructuredOp<"recurrence"> {
  let summary = "carry a state along the last axis, multiplied and added to";
  let description = [{
    From `initial` on, `state = state * decay[.., t] + fresh[.., t]` for each t,
    in f32, each product and each sum rounded; `states[.., t]` is the state after
    step t, `last` the one after all. `decay` and `fresh` broadcast to `states`.

    ```mlir
    %h, %e = tile.recurrence %d, %f from %s
        : (tensor<4x9xf32>, tensor<4x9xf32>, tensor<4xf32>)
        -> (tensor<4x9xf32>, tensor<4xf32>)
    ```

    Constraints:
    * (C1) all are floats of at most 32 bits.
    * (C2) `decay` and `fresh` broadcast to the states, which have at least one
      step.
    * (C3) `initial` and `last` have the shape of the states without the last
      axis.
  }];
  let arguments = (ins Tile_Tensor:$decay, Tile_Tensor:$fresh,
                       Tile_Tensor:$initial);
  let results = (outs Tile_Tensor:$states, Tile_Tensor:$last);
  let assemblyFormat = [{
    $decay `,` $fresh `from` $initial attr-dict
    `:` functional-type(operands, results)
  }];
}

def Tile_TopKOp : Tile_StructuredOp<"top_k"> {
  let summary = "the largest or smallest elements along one axis, in order";
  let description = [{
    Values and their indices (i64) along `axis`; of equal values the one with
    the lower index comes first.

    ```mlir
    %v, %i = tile.top_k %x {axis = 1 : i64, largest = true}
        : tensor<4x8xf32> -> tensor<4x2xf32>, tensor<4x2xi64>
    ```

    Constraints:
    * (C1) `axis` is within the rank; the results differ from the input only
      in its extent, which is no larger.
  }];
  let arguments = (ins Tile_Tensor:$input, I64Attr:$axis, BoolAttr:$largest);
  let results = (outs Tile_Tensor:$values, Tile_Tensor:$indices);
  let assemblyFormat = [{
    $input attr-dict `:` type($input) `->` type($values) `,` type($indices)
  }];
}

def Tile_EmptyOp : Tile_Op<"empty", [Pure]> {
  let summary = "have memory that holds anything";
  let description = [{
    For what puts write parts of before anybody reads them.

    ```mlir
    %e = tile.empty : tensor<10x4xf32>
    ```
  }];
  let results = (outs Tile_Tensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

#endif // TILICHO_DIALECTS_TILE_IR_STRUCTUREDOPS_TD
