# SPDX-License-Identifier: Apache-2.0
"""tile.reshape, tile.restride, tile.assemble and the moves at indices."""

import numpy
import pytest
from structured import MACHINES, attributes, check, random, type_of

ALL = ["f32", "i64", "bf16", "i8", "i1"]


def check_restride(x, starts, dims, steps, expected, **options):
    expected = numpy.ascontiguousarray(expected)
    text = attributes(starts=starts, dims=dims, steps=steps)
    body = f"  %r0 = tile.restride %a0 {text} : {type_of(x)} -> {type_of(expected)}"
    check(body, [x], expected, **options)


def check_transpose(shape, order, dtype="f32", **options):
    x = random(shape, dtype)
    ones = [1] * len(shape)
    check_restride(x, [0] * len(shape), order, ones, x.transpose(order), **options)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("dtype", ALL)
def test_transpose_types(dtype, machine):
    check_transpose((129, 65), (1, 0), dtype, machine=machine)
    check_transpose((300, 301), (1, 0), dtype, machine=machine)


TRANSPOSES = [
    ((2, 21, 13, 11), (0, 2, 3, 1)),
    ((2, 3, 4, 5, 6, 7), (5, 3, 1, 0, 2, 4)),
    ((1000, 1000), (1, 0)),
    ((3, 65, 129), (2, 0, 1)),
    ((12, 128, 64), (1, 0, 2)),
]


@pytest.mark.parametrize("shape, order", TRANSPOSES, ids=str)
def test_transposes(shape, order):
    check_transpose(shape, order)


def test_slice_backwards():
    x = random((8, 4))
    check_restride(x, [6, 0], [1, 0], [1, -2], x[6::-2].T)


def test_broadcast():
    x = random((3, 4))
    wide = numpy.broadcast_to(x[None, :, None, :], (2, 3, 5, 4))
    check_restride(x, [0, 0], [-1, 0, -1, 1], [1, 1, 1, 1], wide)
    scalar = random(())
    check_restride(scalar, [], [-1], [1], numpy.broadcast_to(scalar, (5,)))


def test_pick():
    x = random((5, 6))
    check_restride(x, [2, 1], [1], [2], x[2, 1:5:2])


def test_long_run():
    x = random((300001,))
    check_restride(x, [1], [0], [1], x[1:])


def test_restrides_of_restrides():
    x = random((8, 6))
    body = """  %x = tile.restride %a0 {starts = array<i64: 0, 5>, dims = array<i64: 1, 0>, steps = array<i64: -1, 1>} : tensor<8x6xf32> -> tensor<6x8xf32>
  %r0 = tile.restride %x {starts = array<i64: 1, 2>, dims = array<i64: 1, 0>, steps = array<i64: 2, 1>} : tensor<6x8xf32> -> tensor<3x5xf32>"""
    check(body, [x], x[:, ::-1].T[1:6, 2:8:2].T)


def test_reshape():
    x = random((1000, 129))
    body = """  %x = tile.reshape %a0 : tensor<1000x129xf32> -> tensor<500x258xf32>
  %r0 = tile.elementwise "neg"(%x) in "f32" : (tensor<500x258xf32>) -> tensor<500x258xf32>
  %r1 = tile.reshape %a0 : tensor<1000x129xf32> -> tensor<129000xf32>"""
    check(body, [x], [-x.reshape(500, 258), x.reshape(-1)])


@pytest.mark.parametrize("source,target", [
    ("float32", "int32"), ("float64", "int64"), ("bool", "uint8"), ("uint16", "bfloat16")])
def test_bitcast(source, target):
    x = random((129, 40), "f32").astype(source)
    types = type_of(x), type_of(x.view(target))
    check(f"  %r0 = tile.bitcast %a0 : {types[0]} -> {types[1]}", [x], x.view(target))


def test_bitcast_between_operators():
    """Of what an operator leaves on chip, and of a constant."""
    x = random((130, 40))
    one = numpy.float32(1).view("i4")
    body = f"""  %n = tile.elementwise "neg"(%a0) in "f32" : (tensor<130x40xf32>) -> tensor<130x40xf32>
  %b = tile.bitcast %n : tensor<130x40xf32> -> tensor<130x40xi32>
  %c = tile.constant dense<1.0> : tensor<f32> : tensor<f32>
  %d = tile.bitcast %c : tensor<f32> -> tensor<i32>
  %r0 = tile.elementwise "bit_xor"(%b, %d) in "i32" : (tensor<130x40xi32>, tensor<i32>) -> tensor<130x40xi32>"""
    check(body, [x], (-x).view("i4") ^ one)


def test_concatenation():
    one, other = random((2, 4)), random((2, 3))
    text = attributes(offsets=[0, 0, 0, 4], steps=[1] * 4)
    body = f"  %r0 = tile.assemble %a0, %a1 {text} : ({type_of(one)}, {type_of(other)}) -> tensor<2x7xf32>"
    check(body, [one, other], numpy.concatenate([one, other], 1))


FILLS = [
    ("f32", "1.5 : f32", 1.5),
    ("f32", "0xFF800000 : f32", -numpy.inf),
    ("i64", "-3 : i64", -3),
    ("bf16", "2.0 : bf16", 2),
    ("i1", "true", True),
    ("i8", "-1 : i8", -1),
]


@pytest.mark.parametrize("dtype, text, value", FILLS)
def test_padding(dtype, text, value):
    x = random((2, 3, 9, 7), dtype)
    expected = numpy.pad(x, [(0, 0), (1, 1), (2, 1), (3, 1)], constant_values=value)
    text = attributes(offsets=[0, 1, 2, 3], steps=[1] * 4, fill=text)
    body = f"  %r0 = tile.assemble %a0 {text} : ({type_of(x)}) -> {type_of(expected)}"
    check(body, [x], expected)


def test_spread_pieces():
    x = random((3, 4))
    expected = numpy.zeros((7, 10), numpy.float32)
    expected[1:6:2, 0:10:3] = x
    text = attributes(offsets=[1, 0], steps=[2, 3], fill="0.0 : f32")
    body = f"  %r0 = tile.assemble %a0 {text} : ({type_of(x)}) -> {type_of(expected)}"
    check(body, [x], expected)


def indices(shape, limit, seed=0):
    """Negative ones count from the end."""
    generator = numpy.random.default_rng(seed)
    return generator.integers(-limit, limit, shape)


TAKES = [
    ((10, 4), (3,), 0),
    ((10, 4), (2, 3), 0),
    ((5, 1000), (129,), 1),
    ((3, 7, 5), (2, 2), 1),
    ((7,), (), 0),
    ((2, 3, 4), (0,), 1),
]


@pytest.mark.parametrize("shape, many, axis", TAKES, ids=str)
@pytest.mark.parametrize("dtype", ["f32", "i64", "i1"])
def test_take(shape, many, axis, dtype):
    x, at = random(shape, dtype), indices(many, shape[axis])
    expected = numpy.take(x, at, axis=axis)
    text = attributes(axis=axis)
    body = f"  %r0 = tile.take %a0, %a1 {text} : ({type_of(x)}, {type_of(at)}) -> {type_of(expected)}"
    check(body, [x, at], expected)


@pytest.mark.parametrize("shape, many, axis", [((3, 4), (3, 2), 1), ((2, 129, 3), (2, 7, 2), 1)], ids=str)
def test_take_elements(shape, many, axis):
    x, at = random(shape), indices(many, shape[axis])
    box = tuple(slice(None) if dim == axis else slice(extent) for dim, extent in enumerate(many))
    expected = numpy.take_along_axis(x[box], at % shape[axis], axis)
    text = attributes(axis=axis)
    body = f"  %r0 = tile.take_elements %a0, %a1 {text} : ({type_of(x)}, {type_of(at)}) -> {type_of(expected)}"
    check(body, [x, at], expected)


COMBINE = {
    None: lambda old, new: new,
    "add": numpy.add,
    "mul": numpy.multiply,
    "max": numpy.maximum,
    "min": numpy.minimum,
}


def quoted(name):
    return name and f'"{name}"'


@pytest.mark.parametrize("reduction", COMBINE)
@pytest.mark.parametrize("dtype", ["f32", "i64"])
def test_put(reduction, dtype):
    x, at = random((10, 4), dtype), indices((6,), 10)
    updates = random((6, 4), dtype, seed=1)
    expected = x.copy()
    for place, update in zip(at, updates):
        expected[place] = COMBINE[reduction](expected[place], update)
    text = attributes(reduction=quoted(reduction))
    types = ", ".join(map(type_of, [x, at, updates]))
    body = f"  %r0 = tile.put %a0, %a1, %a2 {text} : ({types}) -> {type_of(x)}"
    check(body, [x, at, updates], expected)


@pytest.mark.parametrize("reduction", COMBINE)
def test_put_elements(reduction):
    x, at, updates = random((3, 4)), indices((2, 3), 4), random((2, 3), seed=1)
    expected = x.copy()
    for row, col in numpy.ndindex(at.shape):
        place = row, at[row, col]
        expected[place] = COMBINE[reduction](expected[place], updates[row, col])
    text = attributes(axis=1, reduction=quoted(reduction))
    types = ", ".join(map(type_of, [x, at, updates]))
    body = f"  %r0 = tile.put_elements %a0, %a1, %a2 {text} : ({types}) -> {type_of(x)}"
    check(body, [x, at, updates], expected)
