# SPDX-License-Identifier: Apache-2.0
"""tile.elementwise: shapes, types, engines, joined operations."""

import numpy
import pytest
from structured import COMPUTE, DTYPES, MACHINES, check, random, tensor, type_of

WIDE = {
    "f32": numpy.float32, "f64": numpy.float64, "i32": numpy.int32,
    "u32": numpy.uint32, "i64": numpy.int64, "u64": numpy.uint64,
}  # fmt: skip
OPS = {
    "add": numpy.add,
    "subtract": numpy.subtract,
    "multiply": numpy.multiply,
    "max": numpy.maximum,
    "lt": numpy.less,
    "eq": numpy.equal,
    "exp": numpy.exp,
    "copy": lambda x: x,
}


def tolerance(dtype):
    """Narrow floats are rounded twice by NumPy, and once here."""
    return 1e-2 if dtype in ("f16", "bf16") else 2e-6


def check_op(op, inputs, dtype, result=None, **options):
    """One operation on arrays of one type."""
    result = result or dtype
    shape = numpy.broadcast_shapes(*(array.shape for array in inputs))
    names = ", ".join(f"%a{i}" for i in range(len(inputs)))
    types = ", ".join(map(type_of, inputs))
    compute = COMPUTE[dtype]
    body = (
        f'  %r0 = tile.elementwise "{op}"({names}) in "{compute}"'
        f" : ({types}) -> {tensor(shape, result)}"
    )
    wide = [array.astype(WIDE[compute]) for array in inputs]
    expected = OPS[op](*wide)
    target = numpy.dtype(DTYPES[result])
    if target.kind in "iu" and expected.dtype.kind == "f":
        info = numpy.iinfo(target)
        expected = numpy.clip(numpy.rint(expected), info.min, info.max)
    check(body, inputs, expected.astype(target), rtol=tolerance(dtype), **options)


SHAPES = [
    (), (1,), (3,), (127,), (129,), (1000,), (100003,), (129, 127),
    (2, 3, 4, 5), (1, 3, 1, 7, 2, 2), (0,), (3, 0, 4),
]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shapes(shape):
    check_op("add", [random(shape), random(shape, seed=1)], "f32")
    check_op("exp", [random(shape)], "f32")


BROADCASTS = [
    ((4, 5), (5,)),
    ((4, 5), (4, 1)),
    ((2, 64, 28, 28), (64, 1, 1)),
    ((1000, 3), (3,)),
    ((3, 1), (1, 1000)),
    ((129, 1000), ()),
    ((2, 3, 1, 5), (1, 1, 7, 1)),
    ((5, 1, 129, 1, 3), (1, 127, 1, 2, 1)),
]


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("one, other", BROADCASTS, ids=str)
def test_broadcasts(one, other, machine):
    check_op("subtract", [random(one), random(other)], "f32", machine=machine)
    check_op("subtract", [random(other), random(one)], "f32", machine=machine)
    integers = [random(one, "i64"), random(other, "i64")]
    check_op("lt", integers, "i64", "i1", machine=machine)


@pytest.mark.parametrize("dtype", [name for name in DTYPES if name != "i1"])
def test_types(dtype):
    inputs = [random((33, 7), dtype), random((33, 7), dtype, seed=1)]
    for op in ("add", "multiply", "max"):
        check_op(op, inputs, dtype)
    check_op("eq", inputs, dtype, "i1")


@pytest.mark.parametrize("source", DTYPES)
@pytest.mark.parametrize("target", DTYPES)
def test_casts(source, target):
    check_op("copy", [random((3, 129), source, low=0)], source, target)


@pytest.mark.parametrize("dtype", ["f32", "i64", "bf16", "i8", "i1", "f64"])
@pytest.mark.parametrize(
    "shapes", [((5, 129),) * 3, ((5, 1), (129,), ()), ((1000,), (1000,), (1,))], ids=str
)
def test_select(dtype, shapes):
    inputs = [random(shapes[0], "i1"), random(shapes[1], dtype)]
    inputs.append(random(shapes[2], dtype, seed=1))
    types = ", ".join(map(type_of, inputs))
    shape = tensor(numpy.broadcast_shapes(*shapes), dtype)
    body = f'  %r0 = tile.elementwise "select"(%a0, %a1, %a2) in "f32" : ({types}) -> {shape}'
    check(body, inputs, numpy.where(*inputs))


def test_nan_survives_max():
    x = numpy.array([numpy.nan, 1, -numpy.inf, numpy.inf], numpy.float32)
    check_op("max", [x, x[::-1].copy()], "f32")


def test_clip_is_one_instruction():
    x = random((37, 129))
    body = """  %lo = tile.constant dense<-1.0> : tensor<f32> : tensor<f32>
  %hi = tile.constant dense<2.0> : tensor<1xf32> : tensor<1xf32>
  %x = tile.elementwise "max"(%a0, %lo) in "f32" : (tensor<37x129xf32>, tensor<f32>) -> tensor<37x129xf32>
  %r0 = tile.elementwise "min"(%x, %hi) in "f32" : (tensor<37x129xf32>, tensor<1xf32>) -> tensor<37x129xf32>"""
    check(body, [x], numpy.clip(x, -1, 2))


def test_scale_shift_residual_relu():
    shape, column = (2, 64, 9, 9), (64, 1, 1)
    inputs = [random(shape), random(column), random(column, seed=1), random(shape, seed=1)]
    whole, part = tensor(shape, "f32"), tensor(column, "f32")
    body = f"""  %x = tile.elementwise "multiply"(%a0, %a1) in "f32" : ({whole}, {part}) -> {whole}
  %y = tile.elementwise "add"(%x, %a2) in "f32" : ({whole}, {part}) -> {whole}
  %z = tile.elementwise "add"(%a3, %y) in "f32" : ({whole}, {whole}) -> {whole}
  %r0 = tile.elementwise "relu"(%z) in "f32" : ({whole}) -> {whole}"""
    x, scale, shift, residual = inputs
    check(body, inputs, numpy.maximum(residual + (x * scale + shift), 0))


def test_constant_minus_tensor():
    x = random((129,))
    body = """  %c = tile.constant dense<3.0> : tensor<f32> : tensor<f32>
  %x = tile.elementwise "subtract"(%c, %a0) in "f32" : (tensor<f32>, tensor<129xf32>) -> tensor<129xf32>
  %y = tile.elementwise "exp"(%x) in "f32" : (tensor<129xf32>) -> tensor<129xf32>
  %r0 = tile.elementwise "divide"(%c, %y) in "f32" : (tensor<f32>, tensor<129xf32>) -> tensor<129xf32>"""
    three = numpy.float32(3)
    check(body, [x], three / numpy.exp(three - x))


def test_integer_constants():
    x = random((129, 3), "i64")
    body = """  %c = tile.constant dense<-7> : tensor<i64> : tensor<i64>
  %k = tile.constant dense<5> : tensor<i64> : tensor<i64>
  %z = tile.constant dense<0> : tensor<1xi64> : tensor<1xi64>
  %x = tile.elementwise "subtract"(%c, %a0) in "i64" : (tensor<i64>, tensor<129x3xi64>) -> tensor<129x3xi64>
  %m = tile.elementwise "lt"(%x, %k) in "i64" : (tensor<129x3xi64>, tensor<i64>) -> tensor<129x3xi1>
  %r0 = tile.elementwise "select"(%m, %z, %x) in "i64" : (tensor<129x3xi1>, tensor<1xi64>, tensor<129x3xi64>) -> tensor<129x3xi64>"""
    check(body, [x], numpy.where(-7 - x < 5, 0, -7 - x))


def test_constant_beyond_an_immediate():
    x = random((129,), "i64")
    body = """  %c = tile.constant dense<81985529216486895> : tensor<i64> : tensor<i64>
  %r0 = tile.elementwise "add"(%a0, %c) in "i64" : (tensor<129xi64>, tensor<i64>) -> tensor<129xi64>"""
    check(body, [x], x + 81985529216486895)
