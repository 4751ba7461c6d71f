# SPDX-License-Identifier: Apache-2.0
"""Two products with a softmax of rows between them, as attention has them."""

import numpy
import pytest
from structured import (
    DTYPES, NAMES, attributes, check, random, tensor, type_of,
)  # fmt: skip

RTOL = {"f32": 3e-6, "bf16": 2e-2, "f16": 3e-3}
ATOL = {"f32": 2e-6, "bf16": 1e-2, "f16": 2e-3}


class Chain:
    """Builds the text of a chain and its result."""

    def __init__(self, query, key, value, trans_key=True, cached=None):
        self.inputs = [query, key, value]
        self.dtype = NAMES[query.dtype]
        self.lines = []
        self.key, self.value = "%a1", "%a2"
        self.whole = value
        wide = [x.astype(numpy.float64) for x in self.inputs]
        turned = numpy.swapaxes(wide[1], -1, -2) if trans_key else wide[1]
        self.at = wide[0] @ turned
        text = "{trans_b = true}" if trans_key else ""
        if cached:
            self.cache(cached)
        self.name = "%s"
        self.lines.append(
            f"  %s = tile.contract %a0, {self.key} {text} : "
            f"({type_of(query)}, {type_of(key)}) -> {self.type()}"
        )

    def cache(self, count):
        """Keys and values come as `count` old ones and the new ones."""
        for index, name in ((1, "key"), (2, "value")):
            whole = self.inputs[index]
            old, new = numpy.split(whole, [count], axis=-2)
            self.inputs[index] = old
            self.inputs.append(new)
            rank = whole.ndim
            offsets = [0] * rank + [0] * (rank - 2) + [count, 0]
            places = attributes(offsets=offsets, steps=[1] * (2 * rank))
            number = len(self.inputs) - 1
            self.lines.append(
                f"  %{name} = tile.assemble %a{index}, %a{number} {places} : "
                f"({type_of(old)}, {type_of(new)}) -> {type_of(whole)}"
            )
            setattr(self, name, f"%{name}")

    def type(self):
        return tensor(self.at.shape, self.dtype)

    def elementwise(self, op, function, *others):
        """op(value so far, others)."""
        first = len(self.inputs)
        self.inputs += others
        names = [self.name] + [f"%a{first + i}" for i in range(len(others))]
        types = [self.type()] + [type_of(array) for array in others]
        if op == "select":  # Where the other one is set, the value.
            names.reverse()
            types.reverse()
            names.append(names[0] and self.fill())
            types.append(self.type())
        result = f"%e{len(self.lines)}"
        self.at = function(self.at, *(x.astype(numpy.float64) for x in others))
        self.lines.append(
            f'  {result} = tile.elementwise "{op}"({", ".join(names)}) in "f32"'
            f" : ({', '.join(types)}) -> {self.type()}"
        )
        self.name = result
        return self

    def fill(self):
        name = f"%c{len(self.lines)}"
        self.lines.append(
            f"  {name} = tile.constant dense<-1.0e9> : {self.type()} : {self.type()}"
        )
        return name

    def softmax(self):
        shifted = self.at - self.at.max(-1, keepdims=True)
        power = numpy.exp(shifted)
        self.at = power / power.sum(-1, keepdims=True)
        axis = self.at.ndim - 1
        self.lines.append(
            f"  %p = tile.softmax {self.name} {{axis = {axis} : i64}} : {self.type()}"
        )
        self.name = "%p"
        return self

    def clear_nan(self):
        """0 in place of NaN, as exporters write it."""
        bits = tensor(self.at.shape, "i1")
        zero = f"tensor<{self.dtype}>"
        self.at = numpy.where(numpy.isnan(self.at), 0, self.at)
        self.lines += [
            f"  %z = tile.constant dense<0.0> : {zero} : {zero}",
            f'  %n = tile.elementwise "is_nan"({self.name}) in "f32" : ({self.type()}) -> {bits}',
            f'  %g = tile.elementwise "select"(%n, %z, {self.name}) in "f32"'
            f" : ({bits}, {zero}, {self.type()}) -> {self.type()}",
        ]
        self.name = "%g"
        return self

    def check(self, **options):
        kind = self.type()
        self.at = self.at @ self.whole.astype(numpy.float64)
        self.lines.append(
            f"  %r0 = tile.contract {self.name}, {self.value} : "
            f"({kind}, {type_of(self.whole)}) -> {self.type()}"
        )
        with numpy.errstate(over="ignore"):
            expected = self.at.astype(DTYPES[self.dtype])
        check("\n".join(self.lines), self.inputs, expected,
              rtol=RTOL[self.dtype], atol=ATOL[self.dtype], **options)  # fmt: skip


def chain(batch, rows, keys, depth, columns, dtype="f32", shared=None, **options):
    """Operands at which powers are neither all equal nor one alone."""
    inner = shared if shared is not None else batch
    query = random((*batch, rows, depth), dtype, -1, 1)
    key = random((*inner, keys, depth), dtype, -1, 1, seed=1)
    value = random((*inner, keys, columns), dtype, -1, 1, seed=2)
    return Chain(query, key, value, **options)


SHAPES = [
    ((), 1, 1, 1, 1),
    ((), 7, 5, 3, 2),
    ((2,), 129, 130, 64, 64),
    ((1, 2), 128, 512, 32, 48),
    ((2, 2), 33, 1025, 16, 8),
    ((), 5, 300, 200, 700),
    ((2,), 300, 600, 64, 700),
]


@pytest.mark.parametrize("machine", ["trn1", "trn2", "small", "tall", "narrow", "tiny"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_shapes(shape, machine):
    chain(*shape).softmax().check(machine=machine)


@pytest.mark.parametrize("dtype", RTOL)
def test_types(dtype):
    chain((2,), 70, 200, 64, 64, dtype).softmax().check()


@pytest.mark.parametrize("machine", ["edge", "tpu1"])
def test_without_float_array(machine):
    chain((2,), 9, 20, 8, 8).softmax().check(machine=machine)


def test_scale_and_masks():
    scale = numpy.full((), 0.125, numpy.float32)
    rows = random((2, 1, 1, 300), low=-3, high=3, seed=3)
    square = random((65, 300), low=-3, high=3, seed=4)
    (
        chain((2, 3), 65, 300, 64, 32)
        .elementwise("multiply", numpy.multiply, scale)
        .elementwise("add", numpy.add, rows)
        .elementwise("add", numpy.add, square)
        .softmax()
        .check()
    )


@pytest.mark.parametrize("machine", ["trn1", "narrow", "tiny"])
def test_masked(machine):
    """Blocks of keys that are masked for some rows, and rows without keys."""
    keep = numpy.tri(70, 900, k=10, dtype=numpy.float32)
    keep[3] = 0
    keep[5, :600] = 0
    keep[5, 850] = 1
    with numpy.errstate(divide="ignore"):
        mask = numpy.log(keep)
    with numpy.errstate(invalid="ignore"):
        chain((2,), 70, 900, 16, 16).elementwise(
            "add", numpy.add, mask
        ).softmax().check(machine=machine)


@pytest.mark.parametrize("machine", ["trn1", "narrow", "tiny"])
@pytest.mark.parametrize("dtype", ["f32", "bf16"])
@pytest.mark.parametrize("hidden", [-numpy.inf, numpy.inf, numpy.nan])
def test_cleared(hidden, dtype, machine):
    """Rows without a softmax are 0."""
    mask = numpy.zeros((70, 300), DTYPES[dtype])
    mask[3] = hidden
    mask[5, 20] = hidden
    mask[69, :290] = hidden
    with numpy.errstate(invalid="ignore"):
        chain((2,), 70, 300, 16, 16, dtype).elementwise(
            "add", numpy.add, mask
        ).softmax().clear_nan().check(machine=machine)


@pytest.mark.parametrize("machine", ["trn1", "narrow"])
@pytest.mark.parametrize("value", [numpy.inf, numpy.nan])
def test_not_finite(value, machine):
    """What is not finite stays in its row."""
    mask = numpy.zeros((70, 900), numpy.float32)
    mask[1, 3] = mask[2, 800] = value
    with numpy.errstate(invalid="ignore"):
        chain((), 70, 900, 16, 16).elementwise(
            "add", numpy.add, mask
        ).softmax().check(machine=machine)


@pytest.mark.parametrize("machine", ["trn1", "narrow"])
def test_large_scores(machine):
    """Powers overflow if a maximum is forgotten on the way."""
    ramp = numpy.arange(900, dtype=numpy.float32)
    for row in (ramp, ramp[::-1].copy()):
        chain((), 40, 900, 16, 16).elementwise(
            "multiply", numpy.multiply, numpy.zeros((), numpy.float32)
        ).elementwise("add", numpy.add, row).softmax().check(machine=machine)


def test_soft_cap():
    cap = numpy.full((), 2.0, numpy.float32)
    (
        chain((2,), 65, 300, 64, 32)
        .elementwise("divide", numpy.divide, cap)
        .elementwise("tanh", numpy.tanh)
        .elementwise("multiply", numpy.multiply, cap)
        .softmax()
        .check()
    )


def test_select():
    keep = random((65, 300)) > 0

    def choose(x, keep):
        return numpy.where(keep, x, -1e9)

    chain((2, 2), 65, 300, 16, 16).elementwise("select", choose, keep).softmax().check()


@pytest.mark.parametrize("machine", ["trn1", "narrow"])
def test_after(machine):
    """What follows the softmax is done on whole rows."""
    mask = random((2, 65, 700), low=0, high=0.01, seed=5)
    small = numpy.full((), 0.25, numpy.float32)
    (
        chain((2,), 65, 700, 16, 16)
        .softmax()
        .elementwise("add", numpy.add, mask)
        .elementwise("multiply", numpy.multiply, small)
        .check(machine=machine)
    )


@pytest.mark.parametrize("machine", ["trn1", "narrow"])
def test_groups_share_keys(machine):
    """Several heads of queries for each of keys and values."""
    chain((2, 3, 2), 20, 600, 16, 16, shared=(2, 3, 1)).softmax().check(
        machine=machine
    )
    chain((3,), 20, 600, 16, 16, shared=(1,)).softmax().check(machine=machine)


def test_keys_as_columns():
    query = random((2, 65, 40), low=-1, high=1)
    key = random((2, 40, 700), low=-1, high=1, seed=1)
    value = random((2, 700, 24), low=-1, high=1, seed=2)
    Chain(query, key, value, trans_key=False).softmax().check()


@pytest.mark.parametrize("level", [0, 2, 3])
@pytest.mark.parametrize("cached", [None, 1024, 500])
@pytest.mark.parametrize("dtype", ["f32", "bf16"])
def test_short_rows(dtype, cached, level):
    """Several keys and values that follow each other come into a partition."""
    chain((2, 3), 1, 1025, 64, 64, dtype, cached=cached).softmax().check(level=level)


@pytest.mark.parametrize("machine", ["trn1", "small", "tall", "tiny"])
def test_pieces(machine):
    """Keys and values are read from what they are put together from."""
    chain((2, 2), 33, 300, 16, 8, cached=137).softmax().check(machine=machine, level=3)
