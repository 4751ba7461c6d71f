# SPDX-License-Identifier: Apache-2.0
"""tile.reduction: axes, types, and reductions over the partitions."""

import numpy
import pytest
from structured import COMPUTE, DTYPES, MACHINES, attributes, check, random, tensor, type_of

REDUCE = {"add": numpy.sum, "mul": numpy.prod, "max": numpy.max, "min": numpy.min}
ELEMENT = {"copy": lambda x: x, "square": numpy.square, "abs": numpy.abs}


def check_reduction(op, x, axes, dtype, element="copy", **options):
    compute = COMPUTE[dtype]
    shape = tuple(1 if dim in axes else extent for dim, extent in enumerate(x.shape))
    body = (
        f'  %r0 = tile.reduction "{op}" %a0 over {list(axes)} in "{compute}"'
        f' {{element_op = "{element}"}} : {type_of(x)} -> {tensor(shape, dtype)}'
    )
    wide = {"f32": "f64", "u32": "ui32", "u64": "ui64"}.get(compute, compute)
    values = ELEMENT[element](x.astype(DTYPES[wide]))
    expected = REDUCE[op](values, axis=tuple(axes), keepdims=True)
    # The order of a float sum is the machine's: the error grows with its
    # length, as NumPy's would.
    check(
        body, [x], expected.astype(DTYPES[dtype]),
        rtol=1e-2 if dtype in ("f16", "bf16") else 2e-5, atol=1e-3, **options,
    )  # fmt: skip


AXES = [
    ((4, 8), [1]),
    ((1000, 129), [0]),
    ((1000, 129), [0, 1]),
    ((2, 64, 7, 7), [2, 3]),
    ((2, 64, 7, 7), [0, 2]),
    ((3, 5, 7, 3, 2), [0, 2, 4]),
    ((100003,), [0]),
    ((200000, 3), [0]),
    ((2, 3, 2, 3, 2, 3), [1, 3, 5]),
    ((127, 1, 129), [1]),
    ((1,), [0]),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shape, axes", AXES, ids=str)
def test_axes(shape, axes, machine):
    for op in ("add", "max"):
        check_reduction(op, random(shape), axes, "f32", machine=machine)


@pytest.mark.parametrize("dtype", [name for name in DTYPES if name != "i1"])
def test_types(dtype):
    check_reduction("add", random((129, 65), dtype), [1], dtype)
    check_reduction("min", random((129, 65), dtype), [0], dtype)
    check_reduction("max", random((3, 5, 7), dtype), [0, 2], dtype)


def test_product():
    check_reduction("mul", random((7, 9), low=0.5, high=1.5), [1], "f32")


@pytest.mark.parametrize("element", ["square", "abs"])
def test_element_operations(element):
    check_reduction("add", random((12900,)), [0], "f32", element)


@pytest.mark.parametrize(
    "op, neutral", [("add", 0), ("max", -numpy.inf), ("min", numpy.inf)]
)
def test_no_elements(op, neutral):
    x = numpy.empty((0, 3), numpy.float32)
    body = f'  %r0 = tile.reduction "{op}" %a0 over [0] in "f32" : tensor<0x3xf32> -> tensor<1x3xf32>'
    check(body, [x], numpy.full((1, 3), neutral, numpy.float32))


def check_arg(op, x, axis, dtype, last=False, **options):
    find = numpy.argmax if op == "arg_max" else numpy.argmin
    where = find(numpy.flip(x, axis) if last else x, axis=axis)
    if last:
        where = x.shape[axis] - 1 - where
    expected = numpy.expand_dims(where, axis).astype(numpy.int64)
    text = attributes(select_last=last)
    body = (
        f'  %r0 = tile.reduction "{op}" %a0 over [{axis}] in "{COMPUTE[dtype]}"'
        f" {text} : {type_of(x)} -> {type_of(expected)}"
    )
    check(body, [x], expected, **options)


ARGS = [
    ((4, 10), 1),
    ((4, 10), 0),
    ((3, 129, 5), 1),
    ((1, 100003), 1),
    ((2, 40000, 3), 1),
    ((5, 1), 1),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shape, axis", ARGS, ids=str)
def test_arguments(shape, axis, machine):
    x = numpy.round(random(shape) * 3)  # With many equal values.
    for op in ("arg_max", "arg_min"):
        for last in (False, True):
            check_arg(op, x, axis, "f32", last, machine=machine)


@pytest.mark.parametrize("dtype", ["i64", "i32", "bf16", "i8"])
def test_argument_types(dtype):
    check_arg("arg_max", random((5, 129), dtype), 1, dtype)


def test_first_nan_is_the_largest():
    x = random((1, 100003))
    x[0, 70001] = x[0, 90000] = numpy.nan
    check_arg("arg_max", x, 1, "f32")
