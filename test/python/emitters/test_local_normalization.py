# SPDX-License-Identifier: Apache-2.0
"""tile.local_normalization: windows of channels, by the array and without it."""

import numpy
import pytest
from structured import MACHINES, MORE, attributes, check, random, type_of

ODD = [*MACHINES, *MORE]


def normalize(x, size, scale, bias, exponent):
    """The definition, in f64."""
    wide = x.astype(numpy.float64)
    low, channels = (size - 1) // 2, x.shape[1]
    sums = numpy.stack([
        (wide[:, max(c - low, 0):c - low + size] ** 2).sum(1)
        for c in range(channels)], 1)  # fmt: skip
    return wide * (bias + scale * sums) ** -exponent


def body_of(x, size, scale, bias, exponent):
    how = attributes(size=size, scale=f"{scale:e} : f32", bias=f"{bias:e} : f32",
                     exponent=f"{exponent:e} : f32")  # fmt: skip
    return f"  %r0 = tile.local_normalization %a0 {how} : {type_of(x)}"


def check_local(x, size=5, scale=0.125, bias=1.0, exponent=0.75, **options):
    expected = normalize(x, size, scale, bias, exponent).astype(x.dtype)
    tolerance = {"bfloat16": 2e-2, "float16": 2e-3}.get(x.dtype.name, 2e-6)
    check(body_of(x, size, scale, bias, exponent), [x], expected,
          rtol=tolerance, atol=1e-6, **options)  # fmt: skip


SHAPES = {
    "one tile": ((2, 10, 7, 7), 5),
    "one channel": ((2, 1, 7, 7), 5),
    "even window": ((1, 9, 5, 5), 4),
    "more than all channels": ((1, 6, 3, 3), 21),
    "blocks of channels": ((2, 200, 11, 13), 5),
    "channels of several banks": ((1, 1100, 3, 5), 3),
    "no positions": ((70, 12), 3),
    "three dimensions": ((2, 33, 3, 5, 4), 5),
    "large": ((1, 3, 150, 170), 3),
    "long rows": ((2, 9, 1, 30000), 3),
}


@pytest.mark.parametrize("machine", ODD)
@pytest.mark.parametrize("case", SHAPES)
def test_shapes(case, machine):
    shape, size = SHAPES[case]
    check_local(random(shape), size, machine=machine)


@pytest.mark.parametrize("machine", ["trn1", "edge", "small"])
@pytest.mark.parametrize("dtype", ["bf16", "f16"])
@pytest.mark.parametrize("case", ["blocks of channels", "channels of several banks"])
def test_types(case, dtype, machine):
    shape, size = SHAPES[case]
    check_local(random(shape, dtype), size, machine=machine)


@pytest.mark.parametrize("scale, bias, exponent", [
    (0.5, 0.0, 0.5), (-64.0, 0.5, 2.0), (0.5, 2.0, 0.0), (0.25, 1.0, -1.5)])  # fmt: skip
def test_powers(scale, bias, exponent):
    check_local(random((2, 9, 6, 5)), 3, scale, bias, exponent)


@pytest.mark.parametrize("machine", ["trn1", "edge", "tall"])
@pytest.mark.parametrize("dtype", ["f32", "bf16"])
def test_not_finite_values_stay_among_their_neighbours(dtype, machine):
    x = random((1, 150, 4, 9), dtype)
    x[0, 20, 1, 3], x[0, 90, 2, 2], x[0, 140, 3, 8] = numpy.nan, numpy.inf, -numpy.inf
    check_local(x, 5, machine=machine)


@pytest.mark.parametrize("machine", ["trn1", "tpu1", "small"])
@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("dtype", ["f32", "bf16"])
@pytest.mark.parametrize("shape", [(3, 24, 30, 34), (2, 140, 14, 14)])
def test_resident(shape, dtype, level, machine):
    x = random(shape, dtype)
    eye = numpy.eye(shape[1]).reshape(1, 1, shape[1], shape[1]).astype(x.dtype)
    expected = normalize(x, 5, 0.125, 1.0, 0.75).astype(x.dtype)
    how = attributes(strides=[1, 1], dilations=[1, 1], input_dilations=[1, 1],
                     pad_low=[0, 0], pad_high=[0, 0])  # fmt: skip
    types = f"({type_of(x)}, {type_of(eye)}) -> {type_of(x)}"
    body = "\n".join([
        f"  %c = tile.convolution %a0, %a1 {how} : {types}",
        body_of(x, 5, 0.125, 1.0, 0.75).replace("%r0", "%n").replace("%a0", "%c"),
        f"  %r0 = tile.convolution %n, %a1 {how} : {types}"])  # fmt: skip
    tolerance = 2e-2 if dtype == "bf16" else 2e-6
    check(body, [x, eye], expected, machine=machine, level=level, rtol=tolerance)
