# SPDX-License-Identifier: Apache-2.0
"""tile.softmax, tile.normalization, tile.scan and tile.top_k."""

import numpy
import pytest
from structured import COMPUTE, DTYPES, MACHINES, attributes, check, random, type_of


def softmax(x, axis, logarithm=False):
    x = x.astype(numpy.float64)
    x = x - x.max(axis=axis, keepdims=True)
    total = numpy.exp(x).sum(axis=axis, keepdims=True)
    return x - numpy.log(total) if logarithm else numpy.exp(x) / total


def check_softmax(shape, axis, logarithm, dtype="f32", **options):
    x = random(shape, dtype)
    text = attributes(axis=axis, logarithm=logarithm)
    body = f"  %r0 = tile.softmax %a0 {text} : {type_of(x)}"
    expected = softmax(x, axis, logarithm).astype(DTYPES[dtype])
    narrow = dtype in ("f16", "bf16")
    check(
        body, [x], expected,
        rtol=1e-2 if narrow else 1e-5, atol=1e-3 if narrow else 1e-6, **options,
    )  # fmt: skip


SOFTMAX = [
    ((4, 8), 0),
    ((129, 1000), 1),
    ((1, 1000, 1, 1), 1),
    ((2, 21, 30, 30), 1),
    ((3, 100003), 1),
    ((1, 1), 1),
    ((5,), 0),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shape, axis", SOFTMAX, ids=str)
@pytest.mark.parametrize("logarithm", [False, True])
def test_softmax(shape, axis, logarithm, machine):
    check_softmax(shape, axis, logarithm, machine=machine)


@pytest.mark.parametrize("dtype", ["bf16", "f16", "f64"])
def test_softmax_types(dtype):
    check_softmax((4, 130), 1, False, dtype)


def test_softmax_of_nothing():
    check("  %r0 = tile.softmax %a0 {axis = 1 : i64} : tensor<0x3xf32>",
          [random((0, 3))], random((0, 3)))  # fmt: skip


def check_normalization(shape, axis, subtract_mean, dtype="f32", **options):
    x = random(shape, dtype)
    text = attributes(axis=axis, epsilon="1.0e-5 : f32", subtract_mean=subtract_mean)
    body = f"  %r0 = tile.normalization %a0 {text} : {type_of(x)}"
    wide = x.astype(numpy.float64)
    axes = tuple(range(axis, x.ndim))
    if subtract_mean:
        wide = wide - wide.mean(axis=axes, keepdims=True)
    power = numpy.square(wide).mean(axis=axes, keepdims=True)
    expected = wide / numpy.sqrt(power + numpy.float32(1e-5))
    narrow = dtype in ("f16", "bf16")
    check(
        body, [x], expected.astype(DTYPES[dtype]),
        rtol=1e-2 if narrow else 1e-5, atol=1e-2 if narrow else 1e-5, **options,
    )  # fmt: skip


NORMALIZATIONS = [
    ((128, 768), 1),
    ((2, 3, 50, 50), 2),
    ((2, 100003), 1),
    ((1000, 12), 1),
    ((5, 1), 1),
    ((7,), 0),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shape, axis", NORMALIZATIONS, ids=str)
@pytest.mark.parametrize("subtract_mean", [True, False])
def test_normalization(shape, axis, subtract_mean, machine):
    check_normalization(shape, axis, subtract_mean, machine=machine)


@pytest.mark.parametrize("dtype", ["bf16", "f64"])
def test_normalization_types(dtype):
    check_normalization((4, 130), 1, True, dtype)


def check_scan(shape, axis, dtype, exclusive, reverse, op="add", **options):
    x = random(shape, dtype)
    text = attributes(axis=axis, exclusive=exclusive, reverse=reverse)
    body = f'  %r0 = tile.scan "{op}" %a0 in "{COMPUTE[dtype]}" {text} : {type_of(x)}'
    wide = numpy.flip(x, axis) if reverse else x
    if dtype == "f32":
        wide = wide.astype(numpy.float64)
    function = numpy.cumsum if op == "add" else numpy.cumprod
    result = function(wide, axis=axis, dtype=wide.dtype)
    if exclusive:
        result = numpy.roll(result, 1, axis)
        numpy.moveaxis(result, axis, 0)[0] = 0 if op == "add" else 1
    if reverse:
        result = numpy.flip(result, axis)
    # A sum of 60,000 terms in f32, one after the other.
    check(body, [x], result.astype(x.dtype), rtol=1e-4, atol=1e-2, **options)


@pytest.mark.parametrize("machine", ["trn1", "edge"])
@pytest.mark.parametrize(
    "shape, axis", [((129, 7), 0), ((3, 5, 7), 1), ((1,), 0), ((2, 60001, 2), 1)], ids=str
)
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_scan(shape, axis, exclusive, reverse, machine):
    check_scan(shape, axis, "f32", exclusive, reverse, machine=machine)


@pytest.mark.parametrize("dtype, op", [("i64", "add"), ("i32", "add"), ("f64", "add"), ("i64", "multiply")])
def test_scan_types(dtype, op):
    check_scan((5, 9), 1, dtype, False, True, op)


def check_top_k(shape, axis, k, largest, dtype="f32", **options):
    x = numpy.round(random(shape, dtype).astype(numpy.float64) * 5)
    x = x.clip(-100, 100).astype(DTYPES[dtype])
    keys = x.astype(numpy.float64)
    order = numpy.argsort(-keys if largest else keys, axis=axis, kind="stable")
    indices = numpy.take(order, range(k), axis=axis).astype(numpy.int64)
    values = numpy.take_along_axis(x, indices, axis)
    text = attributes(axis=axis, largest=largest)
    body = (
        f"  %r0, %r1 = tile.top_k %a0 {text} : {type_of(x)}"
        f" -> {type_of(values)}, {type_of(indices)}"
    )
    check(body, [x], [values, indices], **options)


TOP_K = [
    ((4, 8), 0, 4),
    ((3, 129, 5), 1, 1),
    ((1, 50257), 1, 5),
    ((2, 40000), 1, 40),
    ((5, 1), 1, 1),
    ((130, 100), 1, 100),
    ((2, 20001), 1, 15000),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shape, axis, k", TOP_K, ids=str)
@pytest.mark.parametrize("largest", [True, False])
def test_top_k(shape, axis, k, largest, machine):
    check_top_k(shape, axis, k, largest, machine=machine)


@pytest.mark.parametrize("dtype", ["i64", "i8", "bf16"])
def test_top_k_types(dtype):
    check_top_k((4, 20), 1, 5, True, dtype)
