# SPDX-License-Identifier: Apache-2.0
"""Values that stay on chip between operators, in the layout of their makers.

At the highest level a softmax leaves its rows on the partitions, a pooling its
channels; what follows reads them there.
"""

import numpy
import pytest
from structured import check, random, tensor, type_of

LEVEL = 3


def softmax(x):
    x = x.astype(numpy.float64)
    power = numpy.exp(x - x.max(axis=-1, keepdims=True))
    return (power / power.sum(axis=-1, keepdims=True)).astype(numpy.float32)


def max_pool(x):
    """3 x 3, by steps of 1, to the same size."""
    high, wide = x.shape[2:]
    sides = [(0, 0), (0, 0), (1, 1), (1, 1)]
    padded = numpy.pad(x, sides, constant_values=-numpy.inf)
    return numpy.max(
        [padded[:, :, i : i + high, j : j + wide] for i in range(3) for j in range(3)],
        axis=0,
    )


def softmax_text(result, operand, type_):
    return f"  {result} = tile.softmax {operand} {{axis = 2 : i64}} : {type_}\n"


def pool_text(result, operand, type_):
    lists = ", ".join(
        f"{name} = array<i64: {value}, {value}>"
        for name, value in [
            ("window", 3), ("strides", 1), ("dilations", 1),
            ("pad_low", 1), ("pad_high", 1),
        ]
    )  # fmt: skip
    return f'  {result} = tile.window_reduction "max" {operand} {{{lists}}} : {type_} -> {type_}\n'


ROWS = [(2, 129, 65), (1, 300, 17), (3, 5, 1000)]


def broadcasts(shape):
    n, rows, cols = shape
    return [
        shape, (cols,), (rows, 1), (n, 1, 1), (1, rows, 1), (),
        (1, rows, cols), (rows, cols),
    ]  # fmt: skip


@pytest.mark.parametrize("shape", ROWS, ids=str)
@pytest.mark.parametrize("which", range(8))
def test_operands_beside_rows(shape, which):
    x, other = random(shape), random(broadcasts(shape)[which], seed=1)
    whole = type_of(x)
    body = (
        softmax_text("%s", "%a0", whole)
        + f'  %u = tile.elementwise "subtract"(%a1, %s) in "f32" : ({type_of(other)}, {whole}) -> {whole}\n'
        + softmax_text("%r0", "%u", whole)
    )
    expected = softmax(other - softmax(x))
    check(body, [x, other], expected, level=LEVEL, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("shape", ROWS, ids=str)
@pytest.mark.parametrize("axes", [(2,), (0,), (0, 2), (1,)], ids=str)
def test_reductions_of_rows(shape, axes):
    x = random(shape)
    expected = softmax(x).max(axis=axes, keepdims=True)
    body = (
        softmax_text("%s", "%a0", type_of(x))
        + f'  %r0 = tile.reduction "max" %s over {list(axes)} in "f32" : {type_of(x)} -> {type_of(expected)}'
    )
    check(body, [x], expected, level=LEVEL, rtol=1e-4)


@pytest.mark.parametrize("shape", ROWS, ids=str)
def test_places_in_rows(shape):
    x = random(shape)
    expected = softmax(x).argmax(axis=2, keepdims=True)
    body = (
        softmax_text("%s", "%a0", type_of(x))
        + f'  %r0 = tile.reduction "arg_max" %s over [2] in "f32" : {type_of(x)} -> {type_of(expected)}'
    )
    check(body, [x], expected, level=LEVEL)


@pytest.mark.parametrize("shape", ROWS, ids=str)
def test_moves_of_rows(shape):
    x = random(shape)
    whole = type_of(x)
    expected = numpy.ascontiguousarray(2 * softmax(-softmax(x)).transpose(2, 1, 0))
    text = "{starts = array<i64: 0, 0, 0>, dims = array<i64: 2, 1, 0>, steps = array<i64: 1, 1, 1>}"
    body = (
        softmax_text("%s", "%a0", whole)
        + f'  %u = tile.elementwise "neg"(%s) in "f32" : ({whole}) -> {whole}\n'
        + softmax_text("%v", "%u", whole)
        + f'  %w = tile.elementwise "add"(%v, %v) in "f32" : ({whole}, {whole}) -> {whole}\n'
        + f"  %r0 = tile.restride %w {text} : {whole} -> {type_of(expected)}"
    )
    check(body, [x], expected, level=LEVEL, rtol=1e-4, atol=1e-5)


CHANNELS = [(2, 64, 9, 9), (1, 300, 7, 7), (3, 3, 20, 20)]


@pytest.mark.parametrize("shape", CHANNELS, ids=str)
def test_scale_shift_residual_of_channels(shape):
    column = (shape[1], 1, 1)
    inputs = [random(shape), random(column), random((1, *column), seed=1), random(shape, seed=1)]
    whole = tensor(shape, "f32")
    x, scale, shift, residual = inputs
    inner = numpy.maximum(residual + (max_pool(x) * scale + shift), 0)
    expected = max_pool(inner).sum((2, 3), keepdims=True)
    body = (
        pool_text("%p", "%a0", whole)
        + f'  %x = tile.elementwise "multiply"(%p, %a1) in "f32" : ({whole}, {type_of(scale)}) -> {whole}\n'
        + f'  %y = tile.elementwise "add"(%x, %a2) in "f32" : ({whole}, {type_of(shift)}) -> {whole}\n'
        + f'  %z = tile.elementwise "add"(%a3, %y) in "f32" : ({whole}, {whole}) -> {whole}\n'
        + f'  %w = tile.elementwise "relu"(%z) in "f32" : ({whole}) -> {whole}\n'
        + pool_text("%q", "%w", whole)
        + f'  %r0 = tile.reduction "add" %q over [2, 3] in "f32" : {whole} -> {type_of(expected)}'
    )
    check(body, inputs, expected, level=LEVEL, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("shape", CHANNELS, ids=str)
def test_gate_of_channels(shape):
    x = random(shape)
    whole, column = type_of(x), tensor((*shape[:2], 1, 1), "f32")
    pooled = max_pool(x)
    gate = 1 / (1 + numpy.exp(-pooled.sum((2, 3), keepdims=True)))
    body = (
        pool_text("%p", "%a0", whole)
        + f'  %g = tile.reduction "add" %p over [2, 3] in "f32" : {whole} -> {column}\n'
        + f'  %h = tile.elementwise "sigmoid"(%g) in "f32" : ({column}) -> {column}\n'
        + f'  %x = tile.elementwise "multiply"(%p, %h) in "f32" : ({whole}, {column}) -> {whole}\n'
        + pool_text("%r0", "%x", whole)
    )
    check(body, [x], max_pool(pooled * gate), level=LEVEL, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("machine", ["trn1", "trn2", "small", "tall", "tiny"])
@pytest.mark.parametrize("rows", [1, 100, 197])
def test_columns_between_products(rows, machine):
    """A product leaves what the next one sums over on the partitions."""
    x, w, b = random((rows, 96), low=-1, high=1), random((96, 256)), random((256,))
    v, c = random((256, 70), low=-0.02, high=0.02, seed=1), random((70,))
    inputs = [x, w, b, v, c]
    inner, outer = tensor((rows, 256), "f32"), tensor((rows, 70), "f32")
    body = (
        f"  %p = tile.contract %a0, %a1 : ({type_of(x)}, {type_of(w)}) -> {inner}\n"
        + f'  %q = tile.elementwise "add"(%p, %a2) in "f32" : ({inner}, {type_of(b)}) -> {inner}\n'
        + f'  %h = tile.elementwise "relu"(%q) in "f32" : ({inner}) -> {inner}\n'
        + f"  %s = tile.contract %h, %a3 : ({inner}, {type_of(v)}) -> {outer}\n"
        + f'  %t = tile.elementwise "add"(%s, %a4) in "f32" : ({outer}, {type_of(c)}) -> {outer}\n'
        + f"  %r0 = tile.softmax %t {{axis = 1 : i64}} : {outer}"
    )
    wide = [array.astype(numpy.float64) for array in inputs]
    hidden = numpy.maximum(wide[0] @ wide[1] + wide[2], 0)
    expected = softmax(hidden @ wide[3] + wide[4])
    check(body, inputs, expected, level=LEVEL, rtol=1e-3, atol=1e-4, machine=machine)


@pytest.mark.parametrize("dtype", ["f32", "bf16"])
@pytest.mark.parametrize("shape", [(256, 384), (1000, 192), (384, 1000)], ids=str)
def test_constant_by_blocks(shape, dtype):
    """A constant lies as its tiles are loaded, where that divides it."""
    x, w = random((64, shape[0]), dtype, -1, 1), random(shape, dtype, -1, 1)
    weights, result = type_of(w), tensor((64, shape[1]), dtype)
    body = (
        f'  %w = tile.constant dense<"0x{w.tobytes().hex()}"> : {weights} : {weights}\n'
        + f"  %r0 = tile.contract %a0, %w : ({type_of(x)}, {weights}) -> {result}"
    )
    expected = (x.astype(numpy.float64) @ w.astype(numpy.float64)).astype(w.dtype)
    tolerance = 1e-4 if dtype == "f32" else 1e-1
    check(body, [x], expected, level=LEVEL, rtol=1e-4 if dtype == "f32" else 2e-2, atol=tolerance)
