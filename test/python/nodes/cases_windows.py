# SPDX-License-Identifier: Apache-2.0
"""Convolutions, their transposes, and pools."""

import numpy

from single_node import Node, given, known, weight


def conv(shape, filters, bias=False, dtype="f32", constant=True, **attributes):
    make = weight if constant else given
    operands = [given(*shape, dtype=dtype), make(*filters, dtype=dtype, low=-1, high=1)]
    if bias:
        operands.append(make(filters[0], dtype=dtype))
    return Node("Conv", operands, attributes)


def transposed(shape, filters, bias=0, dtype="f32", **attributes):
    operands = [given(*shape, dtype=dtype), weight(*filters, dtype=dtype, low=-1, high=1)]
    if bias:
        operands.append(weight(bias, dtype=dtype))
    return Node("ConvTranspose", operands, attributes)


def pool(op, shape, dtype="f32", outputs=1, **attributes):
    return Node(op, [given(*shape, dtype=dtype)], attributes, outputs)


CONVOLUTIONS = [
    # One dimension, odd sizes.
    conv((1, 1, 1), (1, 1, 1)), conv((0, 3, 9), (4, 3, 3)), conv((0, 4, 9, 8), (4, 1, 3, 3), group=4),
    conv((2, 3, 127), (5, 3, 3), bias=True, pads=[1, 1]),
    conv((1, 129, 129), (127, 129, 3), strides=[2], pads=[0, 2]),
    conv((1, 3, 1000), (3, 1, 7), bias=True, group=3, dilations=[5], pads=[15, 15]),
    conv((1, 4, 50), (6, 2, 4), group=2, auto_pad="SAME_UPPER", strides=[3]),
    conv((1, 2, 11), (2, 2, 4), auto_pad="SAME_LOWER", strides=[2]),
    conv((1, 2, 11), (2, 2, 4), auto_pad="VALID"),
    # Two.
    conv((1, 3, 17, 19), (8, 3, 3, 3), bias=True, pads=[1, 1, 1, 1]),
    conv((1, 3, 17, 19), (8, 3, 3, 3), constant=False, pads=[1, 1, 1, 1]),
    conv((2, 1, 1, 1), (3, 1, 1, 1)),
    conv((3, 127, 5, 5), (129, 127, 1, 1), bias=True),
    conv((1, 129, 7, 9), (3, 129, 3, 5), pads=[0, 1, 2, 3]),
    conv((1, 3, 33, 31), (16, 3, 7, 7), bias=True, strides=[2, 2], pads=[3, 3, 3, 3]),
    conv((1, 4, 12, 13), (4, 4, 3, 3), dilations=[2, 3], pads=[2, 3, 2, 3]),
    conv((1, 4, 12, 13), (4, 4, 3, 2), strides=[3, 1], dilations=[1, 2], pads=[1, 0, 0, 1]),
    conv((1, 12, 9, 9), (18, 4, 3, 3), group=3, bias=True, pads=[1, 1, 1, 1]),
    conv((1, 129, 8, 8), (129, 1, 3, 3), group=129, bias=True, pads=[1, 1, 1, 1]),
    conv((2, 5, 15, 14), (10, 1, 5, 5), group=5, strides=[2, 2], pads=[2, 2, 2, 2]),
    conv((1, 6, 10, 10), (6, 1, 3, 3), group=6, constant=False, auto_pad="SAME_UPPER"),
    conv((1, 3, 15, 16), (4, 3, 4, 3), auto_pad="SAME_UPPER", strides=[2, 3]),
    conv((1, 3, 15, 16), (4, 3, 4, 3), auto_pad="SAME_LOWER", strides=[2, 3]),
    conv((1, 3, 15, 16), (4, 3, 3, 3), auto_pad="SAME_LOWER", strides=[1, 1]),
    conv((1, 3, 15, 16), (4, 3, 4, 3), auto_pad="VALID", bias=True),
    conv((1, 2, 3, 1000), (3, 2, 3, 1)),
    conv((1, 1000, 1, 1), (3, 1000, 1, 1)),
    conv((1, 3, 9, 9), (2, 3, 9, 9)),
    conv((1, 3, 5, 5), (2, 3, 3, 3), strides=[5, 5], pads=[4, 4, 4, 4]),
    # More than a tile.
    conv((1, 129, 33, 31), (130, 129, 3, 3), bias=True, pads=[1, 1, 1, 1]),
    conv((3, 130, 16, 17), (130, 65, 2, 2), group=2, strides=[2, 2]),
    conv((2, 129, 31, 33), (258, 1, 3, 3), group=129, pads=[1, 1, 1, 1]),
    # One image fills a partition, and windows do not meet.
    conv((1, 3, 224, 224), (64, 3, 16, 16), strides=[16, 16]),
    # Three.
    conv((1, 3, 5, 6, 7), (4, 3, 3, 3, 3), bias=True, pads=[1, 1, 1, 1, 1, 1]),
    conv((2, 4, 5, 6, 7), (6, 2, 2, 3, 1), group=2, strides=[2, 1, 3], pads=[0, 1, 0, 1, 2, 0]),
    conv((1, 3, 6, 6, 6), (3, 1, 3, 3, 3), group=3, dilations=[1, 2, 2], auto_pad="VALID"),
    conv((1, 2, 5, 5, 5), (3, 2, 2, 2, 2), auto_pad="SAME_LOWER"),
    # Narrow types.
    conv((1, 5, 9, 11), (7, 5, 3, 3), dtype="f16", bias=True, pads=[1, 1, 1, 1]),
    conv((1, 5, 9, 11), (7, 5, 3, 3), dtype="bf16", bias=True, pads=[1, 1, 1, 1]),
    conv((1, 8, 9, 9), (8, 1, 3, 3), dtype="bf16", group=8, pads=[1, 1, 1, 1]),
    conv((1, 8, 9, 9), (8, 1, 3, 3), dtype="f16", group=8, strides=[2, 2]),
]

TRANSPOSED = [
    transposed((1, 1, 1), (1, 1, 3)),
    transposed((2, 3, 127), (3, 5, 4), 5, strides=[2], pads=[1, 1]),
    transposed((1, 4, 9), (4, 3, 3), 6, group=2, strides=[3], output_padding=[1]),
    transposed((1, 3, 9), (3, 2, 3), strides=[2], auto_pad="SAME_UPPER"),
    transposed((1, 3, 9), (3, 2, 4), strides=[1], auto_pad="SAME_LOWER"),
    transposed((1, 8, 7, 5), (8, 4, 2, 2), 4, strides=[2, 2]),
    transposed((1, 3, 7, 5), (3, 4, 3, 3), 4, strides=[2, 2], pads=[1, 1, 1, 1],
               output_padding=[1, 1]),
    transposed((1, 129, 5, 5), (129, 3, 3, 3), pads=[0, 1, 2, 1]),
    transposed((1, 6, 5, 6), (6, 1, 3, 3), 6, group=6, strides=[2, 2]),
    transposed((1, 6, 5, 6), (6, 2, 3, 2), group=3, strides=[1, 3], dilations=[2, 1]),
    transposed((1, 2, 5, 6), (2, 3, 3, 3), dilations=[2, 3], strides=[2, 1]),
    transposed((1, 2, 5, 6), (2, 3, 2, 2), strides=[3, 3]),
    transposed((1, 2, 5, 6), (2, 3, 3, 3), strides=[2, 2], output_shape=[10, 12]),
    transposed((1, 2, 5, 6), (2, 3, 3, 3), strides=[2, 2], output_shape=[9, 11],
               auto_pad="SAME_LOWER"),
    transposed((1, 2, 5, 6), (2, 3, 4, 3), strides=[2, 3], auto_pad="SAME_UPPER"),
    transposed((1, 2, 5, 6), (2, 3, 4, 3), strides=[2, 3], auto_pad="SAME_LOWER"),
    transposed((1, 2, 5, 6), (2, 3, 4, 3), strides=[2, 3], auto_pad="VALID"),
    transposed((1, 3, 3, 4, 5), (3, 2, 2, 3, 2), 2, strides=[2, 1, 2], pads=[0, 1, 0, 1, 1, 0]),
    transposed((1, 4, 3, 3, 3), (4, 1, 3, 3, 3), group=4, strides=[2, 2, 2],
               output_padding=[1, 0, 1]),
    transposed((1, 3, 7, 5), (3, 4, 3, 3), dtype="f16", strides=[2, 2]),
    transposed((1, 3, 7, 5), (3, 4, 3, 3), dtype="bf16", strides=[2, 2]),
]

MAX_AND_AVERAGE = [
    dict(shape=(1, 1, 1), kernel_shape=[1]),
    dict(shape=(2, 3, 127), kernel_shape=[3], strides=[2]),
    dict(shape=(1, 129, 1000), kernel_shape=[7], strides=[3], pads=[3, 2]),
    dict(shape=(1, 3, 20), kernel_shape=[4], strides=[3], ceil_mode=1),
    dict(shape=(1, 3, 13, 14), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    dict(shape=(1, 3, 13, 14), kernel_shape=[3, 2], strides=[2, 3], pads=[0, 1, 2, 0],
         ceil_mode=1),
    dict(shape=(1, 3, 13, 14), kernel_shape=[2, 3], dilations=[3, 2], pads=[1, 1, 0, 1]),
    dict(shape=(1, 3, 13, 14), kernel_shape=[3, 3], dilations=[2, 2], strides=[2, 2],
         ceil_mode=1),
    dict(shape=(1, 3, 13, 14), kernel_shape=[4, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
    dict(shape=(1, 3, 13, 14), kernel_shape=[4, 3], strides=[2, 2], auto_pad="SAME_LOWER"),
    dict(shape=(1, 3, 13, 14), kernel_shape=[4, 3], strides=[3, 2], auto_pad="VALID"),
    dict(shape=(1, 127, 7, 7), kernel_shape=[7, 7]),
    dict(shape=(1, 129, 4, 4), kernel_shape=[2, 2], strides=[2, 2], dtype="f16"),
    dict(shape=(1, 3, 8, 9), kernel_shape=[3, 3], pads=[1, 1, 1, 1], dtype="bf16"),
    dict(shape=(1, 3, 6, 7, 8), kernel_shape=[2, 3, 2], strides=[2, 1, 2],
         pads=[0, 1, 1, 1, 1, 0]),
    dict(shape=(2, 2, 6, 7, 8), kernel_shape=[3, 2, 3], strides=[2, 2, 2], ceil_mode=1),
]

POOLS = [
    *(pool(op, **case) for op in ("MaxPool", "AveragePool") for case in MAX_AND_AVERAGE),
    *(pool("AveragePool", count_include_pad=1, **case)
      for case in MAX_AND_AVERAGE if "pads" in case or "auto_pad" in case),
    # The indices too.
    pool("MaxPool", (1, 2, 9, 10), outputs=2, kernel_shape=[3, 3], strides=[2, 2],
         pads=[1, 1, 1, 1]),
    pool("MaxPool", (2, 3, 31), outputs=2, kernel_shape=[4], strides=[3], ceil_mode=1),
    pool("MaxPool", (1, 2, 9, 10), outputs=2, kernel_shape=[2, 3], storage_order=1,
         dilations=[2, 1]),
    pool("MaxPool", (1, 3, 9, 9), dtype="u8", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    pool("MaxPool", (1, 3, 9, 9), dtype="i8", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
    *(pool(op, shape) for op in ("GlobalMaxPool", "GlobalAveragePool")
      for shape in ((1, 3, 1000), (2, 129, 7, 7), (1, 1, 1, 1), (1, 3, 4, 5, 6))),
    *(Node("GlobalLpPool", [given(*shape)], {"p": p}, opset=21)
      for shape, p in (((2, 5, 7, 9), 2), ((2, 5, 127), 1), ((1, 2, 3, 4, 5), 3))),
    pool("GlobalAveragePool", (1, 5, 9, 9), dtype="f16"),
    pool("GlobalAveragePool", (1, 5, 9, 9), dtype="bf16"),
    pool("LpPool", (1, 3, 13), kernel_shape=[3], strides=[2], p=1),
    pool("LpPool", (1, 3, 13, 14), kernel_shape=[3, 2], pads=[1, 0, 1, 1], p=2),
    pool("LpPool", (1, 3, 13, 14), kernel_shape=[3, 3], strides=[2, 2], p=3,
         auto_pad="SAME_UPPER"),
    pool("LpPool", (1, 3, 5, 6, 7), kernel_shape=[2, 2, 2], p=2),
    Node("MaxUnpool", [given(1, 2, 3, 4), known([[[[0, 3, 4, 7], [17, 18, 20, 22], [32, 35, 37, 38]],
                                                 [[1, 2, 5, 6], [16, 19, 21, 23], [33, 34, 36, 39]]]])],
         dict(kernel_shape=[2, 2], strides=[2, 2])),
]


def fold(blocks, image, block, channels=2, batch=2, dtype="f32", **attributes):
    taps = int(numpy.prod(block))
    return Node("Col2Im", [given(batch, channels * taps, blocks, dtype=dtype),
                           known(image), known(block)], attributes)


FOLDED = [
    # Blocks that overlap, that do not, and that leave gaps.
    fold(5 * 6, [7, 8], [3, 3]), fold(2 * 4, [5, 9], [3, 2], strides=[2, 2]),
    fold(2 * 3, [6, 12], [3, 4], strides=[3, 4]), fold(2 * 2, [7, 9], [2, 3], strides=[5, 5]),
    fold(2 * 3, [5, 11], [3, 4], strides=[3, 4], pads=[1, 0, 0, 1]),
    fold(7 * 6, [7, 8], [3, 3], pads=[1, 0, 1, 0]),
    fold(2 * 2, [7, 8], [3, 3], dilations=[3, 2], strides=[1, 3], pads=[0, 1, 1, 1]),
    fold(3 * 3, [3, 3], [3, 3], pads=[2, 1, 0, 1]), fold(1, [1, 1], [1, 1]),
    fold(2 * 3 * 2, [3, 4, 5], [2, 2, 3], strides=[1, 1, 2], channels=1),
    fold(129, [1, 130], [1, 2], channels=129, batch=1),
    fold(5 * 6, [7, 8], [3, 3], dtype="f16"), fold(5 * 6, [7, 8], [3, 3], dtype="bf16"),
    fold(5 * 6, [7, 8], [3, 3], dtype="f64"), fold(5 * 6, [7, 8], [3, 3], dtype="i64"),
    fold(5 * 6, [7, 8], [3, 3], dtype="u8"), fold(5 * 6, [7, 8], [3, 3], dtype="i32"),
    fold(5 * 6, [7, 8], [3, 3], dtype="bool"),
]

CASES = CONVOLUTIONS + TRANSPOSED + POOLS + FOLDED
