# SPDX-License-Identifier: Apache-2.0
"""Matrix products, and the integer products of quantised models."""

import itertools

import numpy

from single_node import Node, exactly, given, known, weight


def matmul(left, right, dtype="f32", make=given):
    return Node("MatMul", [given(*left, dtype=dtype), make(*right, dtype=dtype)], {})


def gemm(left, right, bias=None, dtype="f32", make=weight, **attributes):
    operands = [given(*left, dtype=dtype), make(*right, dtype=dtype)]
    if bias is not None:
        operands.append(make(*bias, dtype=dtype))
    return Node("Gemm", operands, attributes)


MATMULS = [
    *(matmul(left, right) for left, right in [
        ((1, 1), (1, 1)), ((3, 127), (127, 129)), ((129, 1000), (1000, 3)),
        ((127, 1), (1, 129)), ((1, 129), (129, 1)), ((7,), (7,)), ((7,), (7, 5)),
        ((5, 7), (7,)), ((3, 5, 7), (7,)), ((7,), (3, 7, 5)), ((2, 5, 7), (7, 3)),
        ((5, 7), (2, 7, 3)), ((2, 3, 5, 7), (2, 3, 7, 4)),
        ((2, 3, 5, 7), (3, 7, 4)), ((2, 1, 5, 7), (3, 7, 4)),
        ((1, 3, 5, 7), (2, 1, 7, 4)), ((2, 1, 3, 5, 7), (4, 1, 7, 6)),
        ((3, 129, 3), (3, 3, 127)), ((12, 1, 64), (12, 64, 127)),
        ((1, 1000), (1000, 129)), ((257, 1000), (1000, 130)),
        ((3, 0), (0, 5)), ((2, 0), (2, 0, 5)), ((0,), (0,)), ((0, 0), (0, 5)),
        ((0, 4), (4, 5)), ((3, 4), (4, 0)), ((2, 0, 4), (2, 4, 5))]),
    *(matmul(left, right, make=weight) for left, right in [
        ((3, 127), (127, 129)), ((2, 5, 129), (129, 3)), ((129,), (129, 5)),
        ((2, 3, 5, 7), (3, 7, 4)), ((5, 7), (7,))]),
    *(matmul(*shapes, dtype=dtype) for dtype in ("f16", "bf16") for shapes in [
        ((3, 127), (127, 129)), ((2, 1, 5, 7), (3, 7, 4)), ((7,), (7,))]),
    *(matmul((5, 9), (9, 4), dtype=dtype) for dtype in ("f64", "i32", "u32", "i64", "u64")),
]

GEMMS = [
    gemm((1, 1), (1, 1)),
    gemm((3, 127), (127, 129), (129,)),
    gemm((129, 3), (3, 1), (1,), alpha=0.5, beta=2.0),
    gemm((127, 3), (127, 5), (3, 1), transA=1),
    gemm((3, 127), (5, 127), (3, 5), transB=1, make=given),
    gemm((127, 3), (5, 127), (1, 5), transA=1, transB=1, alpha=-1.5, beta=0.25),
    gemm((3, 1000), (1000, 10), (), make=given),
    gemm((4, 6), (6, 5), (5,), alpha=0.0),
    gemm((4, 6), (6, 5), (5,), beta=0.0),
    gemm((4, 0), (0, 5), (5,), make=given),
    gemm((5, 9), (9, 7), (7,), dtype="f16", alpha=0.5),
    gemm((5, 9), (7, 9), (7,), dtype="bf16", transB=1),
]

BYTES = ("u8", "i8")


def point(dtype, value):
    return known(value, dtype)


def matmul_integer(left, right, types, points):
    operands = [given(*left, dtype=types[0]), weight(*right, dtype=types[1])]
    operands += [None if value is None else known(value, dtype)
                 for dtype, value in zip(types, points)]
    return Node("MatMulInteger", operands, {})


MATMULS_OF_INTEGERS = [
    *(matmul_integer((3, 129), (129, 5), types, points)
      for types in itertools.product(BYTES, BYTES)
      for points in ((), (3, 5), (None, 7))),
    matmul_integer((2, 5, 7), (2, 7, 3), ("u8", "i8"), (128, -1)),
    matmul_integer((1, 1000), (1000, 127), ("u8", "i8"), (127,)),
    matmul_integer((5, 7), (7, 3), ("u8", "i8"), (2, [1, 0, -3])),
    matmul_integer((5, 7), (7, 3), ("u8", "u8"), (2, [1, 0, 255])),
]


def conv_integer(shape, filters, points=(), types=("u8", "u8"), **attributes):
    operands = [given(*shape, dtype=types[0]), weight(*filters, dtype=types[1])]
    operands += [known(value, dtype) for dtype, value in zip(types, points)]
    return Node("ConvInteger", operands, attributes)


CONVS_OF_INTEGERS = [
    conv_integer((1, 3, 9, 9), (5, 3, 3, 3)),
    conv_integer((1, 3, 9, 9), (5, 3, 3, 3), (7, 3), pads=[1, 1, 1, 1]),
    conv_integer((2, 4, 9, 8), (6, 2, 3, 2), (200, 9), group=2, strides=[2, 1]),
    conv_integer((1, 5, 9, 9), (5, 1, 3, 3), (128, 128), group=5, pads=[1, 0, 1, 0]),
    conv_integer((1, 3, 127), (5, 3, 3), (1, 2), dilations=[2]),
    conv_integer((1, 2, 5, 5, 5), (3, 2, 2, 2, 2), (1, 2)),
    conv_integer((1, 3, 9, 9), (5, 3, 3, 3), (7, 3), auto_pad="SAME_UPPER"),
    conv_integer((1, 129, 3, 3), (127, 129, 3, 3), (7, 3)),
]


def qlinear_matmul(left, right, types, result, scales=(0.02, 0.01, 0.3)):
    operands = []
    for shape, dtype, scale, make in zip((left, right), types, scales, (given, weight)):
        zero = [3] * right[-1] if numpy.ndim(scale) else 3
        operands += [make(*shape, dtype=dtype), known(scale, "f32"), known(zero, dtype)]
    return Node("QLinearMatMul", [*operands, known(scales[2], "f32"), known(5, result)], {})


QLINEAR_MATMULS = [
    *(qlinear_matmul((7, 129), (129, 5), types, types[0])
      for types in (("u8", "u8"), ("u8", "i8"), ("i8", "i8"))),
    qlinear_matmul((2, 3, 9), (2, 9, 4), ("u8", "u8"), "u8"),
    qlinear_matmul((1, 1000), (1000, 3), ("u8", "i8"), "u8"),
    qlinear_matmul((5, 9), (9, 3), ("u8", "i8"), "u8", (0.02, [0.01, 0.02, 0.005], 0.1)),
    qlinear_matmul((3, 1), (1, 127), ("i8", "i8"), "i8"),
]


def qlinear_conv(shape, filters, types=("u8", "u8"), scale=0.01, bias=False,
                 output=0.2, **attributes):
    zero = [2 if types[1] == "u8" else 0] * filters[0] if numpy.ndim(scale) else 2
    operands = [given(*shape, dtype=types[0]), known(0.02, "f32"), known(7, types[0]),
                weight(*filters, dtype=types[1]), known(scale, "f32"), known(zero, types[1]),
                known(output, "f32"), known(9, types[0])]
    if bias:
        operands.append(weight(filters[0], dtype="i32", low=-5000, high=5000))
    return Node("QLinearConv", operands, attributes)


QLINEAR_CONVS = [
    *(qlinear_conv((1, 3, 9, 9), (5, 3, 3, 3), types, bias=bias, pads=[1, 1, 1, 1])
      for types in (("u8", "u8"), ("u8", "i8"), ("i8", "i8")) for bias in (False, True)),
    *(qlinear_conv((1, 3, 7, 8), (4, 3, 3, 2), types, [0.01, 0.02, 0.005, 0.1], bias=True)
      for types in (("u8", "i8"), ("i8", "i8"))),
    qlinear_conv((2, 6, 9, 8), (6, 1, 3, 3), ("u8", "i8"), group=6, bias=True),
    qlinear_conv((2, 4, 9, 8), (6, 2, 3, 3), ("u8", "u8"), group=2, strides=[2, 2]),
    qlinear_conv((1, 3, 127), (5, 3, 3), ("u8", "i8"), dilations=[2], pads=[2, 2]),
    qlinear_conv((1, 129, 5, 5), (3, 129, 1, 1), ("u8", "i8"), bias=True),
    qlinear_conv((1, 3, 9, 9), (5, 3, 3, 3), ("u8", "i8"), auto_pad="SAME_LOWER", strides=[2, 2]),
]


def quantize(shape, scale, zero, dtype, low=-2, high=2, **attributes):
    point = [] if zero is None else [known(zero, dtype)]
    return Node("QuantizeLinear", [given(*shape, low=low, high=high), known(scale, "f32"), *point],
                attributes)


def dequantize(shape, scale, zero, dtype, **attributes):
    point = [] if zero is None else [known(zero, dtype)]
    return Node("DequantizeLinear", [given(*shape, dtype=dtype), known(scale, "f32"), *point],
                attributes)


QUANTIZATIONS = [
    *(quantize((3, 127), 0.013, 5, dtype) for dtype in ("u8", "i8", "u16", "i16")),
    *(quantize((3, 129), 0.003, 0, dtype) for dtype in ("u8", "i8")),
    # Halves: to the even neighbour.
    Node("QuantizeLinear", [known([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 1e9, -1e9], "f32"),
                            known(1.0, "f32"), known(0, "i8")], {}),
    quantize((1000,), 0.02, None, "u8"),
    quantize((2, 3, 5), [0.1, 0.02, 0.03], [1, 2, 3], "u8"),
    quantize((2, 3, 5), [0.1, 0.02], [1, -2], "i8", axis=0),
    quantize((2, 3, 5), [0.1] * 4 + [0.01], [1, -2, 3, 0, 9], "i8", axis=-1),
    quantize((2, 6), numpy.full((2, 2), 0.03), numpy.full((2, 2), 4), "u8", axis=1, block_size=3),
    *(dequantize((3, 127), 0.013, 5, dtype) for dtype in ("u8", "i8", "u16", "i16")),
    dequantize((5, 9), 0.5, None, "i32"),
    dequantize((1000,), 0.02, None, "u8"),
    dequantize((2, 3, 5), [0.1, 0.02, 0.03], [1, 2, 3], "u8"),
    dequantize((2, 3, 5), [0.1, 0.02], [1, -2], "i8", axis=0),
    dequantize((2, 3, 5), [0.1] * 4 + [0.01], [1, -2, 3, 0, 9], "i8", axis=-1),
    dequantize((2, 6), numpy.full((2, 2), 0.03), numpy.full((2, 2), 4), "u8", axis=1,
               block_size=3),
    *(Node("DynamicQuantizeLinear", [given(*shape, low=low, high=high)], {}, 3)
      for shape, low, high in [((1,), -2, 2), ((3, 127), -2, 2), ((129,), 1, 2),
                               ((1000,), -9, -1), ((2, 3, 5), -1, 100)]),
]


def determinant(*shape, dtype="f32"):
    return Node("Det", [given(*shape, dtype=dtype)], {})


# Zeros where the pivot would be, and nothing but zeros under it.
HARD = numpy.array([[[0, 2, 1], [3, 0, 5], [7, 1, 0]], [[0, 1, 2], [0, 3, 4], [0, 5, 6]],
                    [[1, 2, 3], [2, 4, 6], [1, 0, 1]]], numpy.float32)
DETERMINANTS = [
    determinant(1, 1), determinant(2, 2), determinant(3, 5, 5), determinant(2, 3, 9, 9),
    determinant(129, 4, 4), determinant(17, 17), determinant(0, 3, 3),
    determinant(3, 5, 5, dtype="f64"), determinant(3, 4, 4, dtype="f16"),
    determinant(3, 4, 4, dtype="bf16"), Node("Det", [exactly(HARD)], {}),
]

CASES = (DETERMINANTS + MATMULS + GEMMS + MATMULS_OF_INTEGERS + CONVS_OF_INTEGERS + QLINEAR_MATMULS
         + QLINEAR_CONVS + QUANTIZATIONS)
