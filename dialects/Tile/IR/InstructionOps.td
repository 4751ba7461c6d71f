// SPDX-License-Identifier: Apache-2.0
// Buffers and the one operation that stands for an instruction on them.
#ifndef TILICHO_DIALECTS_TILE_IR_INSTRUCTIONOPS_TD
#define TILICHO_DIALECTS_TILE_IR_INSTRUCTIONOPS_TD

include "dialects/Tile/IR/TileTypes.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Tile_SegmentOp : Tile_Op<"segment", [MemoryEffects<[MemAlloc]>]> {
  let summary = "name a tensor in HBM";
  let description = [{
    `kind` is `input`, `output`, `constant` or `scratch`. The tensor lies
    row-major and dense. A constant carries its value as a `tile.constant` does.

    ```mlir
    %x = tile.segment input "x" : tensor<1x3x8x8xf32> -> !tile.buffer<hbm, 1 x 768>
    ```

    Constraints:
    * (C1) the kind is known; exactly a constant has a value.
    * (C2) the buffer is in HBM and holds the tensor.
  }];
  let arguments = (ins StrAttr:$kind, StrAttr:$name, TypeAttr:$tensor,
                       OptionalAttr<ElementsAttr>:$value,
                       OptionalAttr<ArrayAttr>:$steps);
  let results = (outs Tile_BufferType:$buffer);
  let hasCustomAssemblyFormat = 0;
  let assemblyFormat = [{
    $kind $name (`value` $value^)? (`steps` $steps^)? attr-dict
    `:` $tensor `->` type($buffer)
  }];
  let hasVerifier = 1;
}

def Tile_AllocOp : Tile_Op<"alloc", [MemoryEffects<[MemAlloc]>]> {
  let summary = "reserve memory on chip";
  let description = [{
    The memory is live from the first to the last instruction that touches it.
    `partition` is the first partition.

    ```mlir
    %t = tile.alloc at 0 : !tile.buffer<sbuf, 128 x 4096>
    ```

    Constraints:
    * (C1) the buffer is on chip.
  }];
  let arguments = (ins I64Attr:$partition);
  let results = (outs Tile_BufferType:$buffer);
  let assemblyFormat = "`at` $partition attr-dict `:` type($buffer)";
  let hasVerifier = 1;
}

def Tile_ValueOp : Tile_Op<"value"> {
  let summary = "say where a value of the ONNX graph lies";
  let description = [{
    Here in program order, all instructions before it executed, the buffer holds
    a box of the elements of the ONNX value `name`, whose type is `tensor`. The
    box starts at element `first` of the value, row-major, and at byte `offset`
    of partition `partition`; digit d of the box, `counts[d]` long, moves on by
    `valueSteps[d]` elements of the value, `partitionSteps[d]` partitions and
    `byteSteps[d]` bytes. A value may lie in several boxes. The operation does
    nothing and keeps no buffer alive.

    ```mlir
    tile.value "relu" : tensor<1x64x56xf32> in %t : !tile.buffer<sbuf, 64 x 224>
        at 0, 0 from 0 [64, 56] [56, 1] [1, 0] [0, 4]
    ```

    Constraints:
    * (C1) the four lists are of one length.
  }];
  let arguments = (ins StrAttr:$name, TypeAttr:$tensor,
                       Tile_BufferType:$buffer, I64Attr:$partition,
                       I64Attr:$offset, I64Attr:$first,
                       DenseI64ArrayAttr:$counts,
                       DenseI64ArrayAttr:$valueSteps,
                       DenseI64ArrayAttr:$partitionSteps,
                       DenseI64ArrayAttr:$byteSteps);
  let assemblyFormat = [{
    $name `:` $tensor `in` $buffer `:` type($buffer) `at` $partition `,` $offset
    `from` $first $counts $valueSteps $partitionSteps $byteSteps attr-dict
  }];
  let hasVerifier = 1;
}

def Tile_IssueOp : Tile_Op<"issue", [AttrSizedOperandSegments]> {
  let summary = "have an engine execute one instruction on tiles";
  let description = [{
    `mnemonic` is an instruction of the ISA, stated with its operands and fields
    in `dialects/Isa/IR`. `buffers` are its memory operands in the order of the
    ISA's entry, each walked by its entry in `accesses` over
    `partitions` x `counts`; `loops` are the loop variables that the accesses
    refer to. `queue` is the engine's queue, or `dma` for any DMA queue.
    `fields` holds the instruction's other fields by name; a scalar operand that
    is a column of SBUF is `{column = i}` and stands in `buffers` at index i.

    ```mlir
    tile.issue "tensor_tensor" on "vec" (%d, %a, %b)
        [#tile.access<f32, 0, 0, [1], []>, #tile.access<f32, 0, 0, [1], []>,
         #tile.access<f32, 0, 0, [1], []>] over 128 x [64]
        {fields = {op0 = "add"}}
        : !tile.buffer<sbuf, 128 x 256>, !tile.buffer<sbuf, 128 x 256>,
          !tile.buffer<sbuf, 128 x 256>
    ```

    Constraints:
    * (C1) the mnemonic is known and may run on the queue.
    * (C2) there is one access for each buffer.
    * (C3) at most four counts, and a step for each in every access.
  }];
  let arguments = (ins StrAttr:$mnemonic, StrAttr:$queue,
                       Variadic<Tile_BufferType>:$buffers,
                       Variadic<Index>:$loops, ArrayAttr:$accesses,
                       I64Attr:$partitions, DenseI64ArrayAttr:$counts,
                       OptionalAttr<DictionaryAttr>:$fields);
  let assemblyFormat = [{
    $mnemonic `on` $queue `(` $buffers `)` (`loops` `(` $loops^ `)`)? $accesses
    `over` $partitions `x` $counts attr-dict `:` type($buffers)
  }];
  let hasVerifier = 1;
}

def Tile_BeginWhileOp : Tile_Op<"begin_while"> {
  let summary = "repeat the instructions up to the matching end";
  let description = [{
    While the first byte of `condition` is not 0, what stands between this and
    its `tile.end_while` is executed; it is read before each iteration. All
    queues meet before the first iteration and after each one.

    ```mlir
    tile.begin_while %c : !tile.buffer<hbm, 1 x 1>
    ```
  }];
  let arguments = (ins Tile_BufferType:$condition);
  let assemblyFormat = "$condition attr-dict `:` type($condition)";
}

def Tile_EndWhileOp : Tile_Op<"end_while"> {
  let summary = "end what a begin_while repeats";
  let description = [{
    ```mlir
    tile.end_while
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_BeginIfOp : Tile_Op<"begin_if"> {
  let summary = "execute one of two runs of instructions";
  let description = [{
    Where the first byte of `condition` is not 0, what stands up to the matching
    `tile.else` is executed, otherwise what stands from there to the
    `tile.end_if`. All queues meet before and after.

    ```mlir
    tile.begin_if %c : !tile.buffer<hbm, 1 x 1>
    ```
  }];
  let arguments = (ins Tile_BufferType:$condition);
  let assemblyFormat = "$condition attr-dict `:` type($condition)";
}

def Tile_ElseOp : Tile_Op<"else"> {
  let summary = "end what a begin_if executes with its condition";
  let description = [{
    ```mlir
    tile.else
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Tile_EndIfOp : Tile_Op<"end_if"> {
  let summary = "end what a begin_if executes without its condition";
  let description = [{
    ```mlir
    tile.end_if
    ```
  }];
  let assemblyFormat = "attr-dict";
}

#endif // TILICHO_DIALECTS_TILE_IR_INSTRUCTIONOPS_TD
