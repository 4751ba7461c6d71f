# SPDX-License-Identifier: Apache-2.0
"""tile.contract and tile.convolution, on the array and on the lanes, alone and
with what is applied while the result leaves PSUM."""

import itertools

import numpy
import pytest
from structured import DTYPES, MACHINES, check, random, tensor, type_of

SUMS = {"f32": "f32", "f16": "f16", "bf16": "bf16", "f64": "f64",
        "i8": "i32", "ui8": "i32", "i32": "i32", "i64": "i64"}  # fmt: skip


def rounded(value, dtype):
    """A result in its own type; f16 and bf16 are rounded once."""
    return value.astype(DTYPES[dtype])


def tolerance(dtype):
    """Sums of f32 are in another order than NumPy's in f64."""
    return {"f32": 1e-5, "f16": 1e-2, "bf16": 2e-2, "f64": 1e-12}.get(dtype, 0)


# Contractions ----------------------------------------------------------------


def contract(a, b, trans_a=False, trans_b=False, zeros=(0, 0)):
    """The text of a contraction of %a0 and %a1 and its exact value."""
    wide = object if a.dtype.kind in "iu" else numpy.float64
    left, right = a.astype(wide) - zeros[0], b.astype(wide) - zeros[1]
    if trans_a:
        left = numpy.swapaxes(left, -1, -2)
    if trans_b:
        right = numpy.swapaxes(right, -1, -2)
    if wide is object:
        value = numpy.matmul(left.astype(numpy.int64), right.astype(numpy.int64))
    else:
        value = left @ right
    attributes = (
        f"{{trans_a = {str(trans_a).lower()}, trans_b = {str(trans_b).lower()},"
        f" zero_a = {zeros[0]} : i64, zero_b = {zeros[1]} : i64}}"
    )
    return f"tile.contract %a0, %a1 {attributes}", value


def check_contract(shape_a, shape_b, dtype="f32", other=None, machine="trn1", **how):
    a, b = random(shape_a, dtype), random(shape_b, other or dtype, seed=1)
    text, value = contract(a, b, **how)
    result = SUMS[dtype]
    body = (
        f"  %r0 = {text} : ({type_of(a)}, {type_of(b)})"
        f" -> {tensor(value.shape, result)}"
    )
    expected = rounded(value, result)
    check(body, [a, b], expected, rtol=tolerance(dtype),
          atol=tolerance(dtype) * 50, machine=machine)  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shapes", [
    ((1, 1), (1, 1)),
    ((127, 129), (129, 131)),
    ((1, 1000), (1000, 129)),
    ((1000, 3), (3, 1)),
    ((3, 2, 7, 33), (3, 2, 33, 65)),
    ((3, 2, 7, 33), (33, 65)),
    ((3, 1, 7, 33), (1, 2, 33, 65)),
], ids=str)  # fmt: skip
def test_contract_shapes(shapes, machine):
    check_contract(*shapes, machine=machine)


@pytest.mark.parametrize("shapes", [
    ((1, 1280), (1280, 1000)),
    ((200, 70), (70, 130)),
], ids=str)  # fmt: skip
def test_contract_wide(shapes):
    check_contract(*shapes, machine="wide")
    check_contract(shapes[0], shapes[1][::-1], trans_b=True, machine="wide")


@pytest.mark.parametrize("machine", ["one bank", "two banks"])
@pytest.mark.parametrize("trans_a, trans_b", list(itertools.product([0, 1], [0, 1])))
def test_contract_few_banks(trans_a, trans_b, machine):
    test_contract_transposed(trans_a, trans_b, machine)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("trans_a, trans_b", list(itertools.product([0, 1], [0, 1])))
def test_contract_transposed(trans_a, trans_b, machine):
    a = (130, 75) if trans_a else (75, 130)
    b = (140, 130) if trans_b else (130, 140)
    check_contract(a, b, trans_a=bool(trans_a), trans_b=bool(trans_b),
                   machine=machine)  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("dtype", SUMS)
def test_contract_types(dtype, machine):
    check_contract((13, 50), (50, 40), dtype, machine=machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_contract_zero_points(machine):
    check_contract((65, 130), (40, 130), "ui8", "i8", trans_b=True,
                   zeros=(128, -3), machine=machine)  # fmt: skip


# Convolutions ----------------------------------------------------------------


def convolve(x, w, strides, dilations, spread, low, high, group, zeros):
    """The definition: one term for each tap."""
    rank = len(strides)
    wide = numpy.int64 if x.dtype.kind in "iu" else numpy.float64
    x, w = x.astype(wide) - zeros[0], w.astype(wide) - zeros[1]
    extents = [(n - 1) * d + 1 for n, d in zip(x.shape[2:], spread)]
    field = numpy.zeros(x.shape[:2] + tuple(extents), wide)
    field[(..., *(slice(None, None, d) for d in spread))] = x
    field = numpy.pad(field, [(0, 0)] * 2 + [
        (max(a, 0), max(b, 0)) for a, b in zip(low, high)])  # fmt: skip
    field = field[(..., *(
        slice(max(-a, 0), field.shape[2 + i] - max(-b, 0))
        for i, (a, b) in enumerate(zip(low, high))))]  # fmt: skip
    out = [(field.shape[2 + i] - (w.shape[i] - 1) * dilations[i] - 1)
           // strides[i] + 1 for i in range(rank)]  # fmt: skip
    inputs, outputs = x.shape[1] // group, w.shape[-1] // group
    y = numpy.zeros((x.shape[0], w.shape[-1], *out), wide)
    for tap in itertools.product(*map(range, w.shape[:rank])):
        at = tuple(
            slice(t * d, t * d + (n - 1) * s + 1, s)
            for t, d, n, s in zip(tap, dilations, out, strides))  # fmt: skip
        part = field[(slice(None), slice(None), *at)]
        for g in range(group):
            y[:, g * outputs:(g + 1) * outputs] += numpy.einsum(
                "nc...,co->no...", part[:, g * inputs:(g + 1) * inputs],
                w[tap][:, g * outputs:(g + 1) * outputs])  # fmt: skip
    return y


def convolution(x, w, strides=None, dilations=None, spread=None, low=None,
                high=None, group=1, zeros=(0, 0)):  # fmt: skip
    """The text of a convolution of %a0 and %a1 and its exact value."""
    rank = x.ndim - 2
    ones, none = [1] * rank, [0] * rank
    strides, dilations, spread = strides or ones, dilations or ones, spread or ones
    low = low or none
    high = high or low
    value = convolve(x, w, strides, dilations, spread, low, high, group, zeros)
    lists = {"strides": strides, "dilations": dilations,
             "input_dilations": spread, "pad_low": low, "pad_high": high}  # fmt: skip
    attributes = [f"{name} = array<i64: {', '.join(map(str, values))}>"
                  for name, values in lists.items()]  # fmt: skip
    attributes += [f"group = {group} : i64", f"zero_input = {zeros[0]} : i64",
                   f"zero_kernel = {zeros[1]} : i64"]  # fmt: skip
    return f"tile.convolution %a0, %a1 {{{', '.join(attributes)}}}", value


def check_convolution(shape_x, shape_w, dtype="f32", other=None, machine="trn1",
                      **how):  # fmt: skip
    x, w = random(shape_x, dtype), random(shape_w, other or dtype, seed=1)
    text, value = convolution(x, w, **how)
    result = SUMS[dtype]
    body = (
        f"  %r0 = {text} : ({type_of(x)}, {type_of(w)})"
        f" -> {tensor(value.shape, result)}"
    )
    check(body, [x, w], rounded(value, result), rtol=tolerance(dtype),
          atol=tolerance(dtype) * 50, machine=machine)  # fmt: skip


CONVOLUTIONS = {
    "point": ((1, 16, 8, 8), (1, 1, 16, 32), {}),
    "many channels": ((2, 130, 15, 15), (3, 3, 130, 140),
                      {"low": [1, 1], "strides": [2, 2]}),
    "taps beside channels": ((1, 3, 40, 40), (7, 7, 3, 64),
                             {"low": [3, 3], "strides": [2, 2]}),
    "crops and dilates": ((1, 5, 11, 12), (3, 2, 5, 7),
                          {"low": [2, -1], "high": [0, 3],
                           "dilations": [2, 1]}),
    "one dimension": ((3, 7, 129), (5, 7, 3), {"low": [4]}),
    "long line": ((1, 1, 1000), (3, 1, 1), {"low": [1]}),
    "three dimensions": ((1, 4, 6, 7, 8), (3, 3, 3, 4, 5),
                         {"low": [1, 1, 1], "strides": [1, 2, 1]}),
    "odd groups": ((1, 9, 9, 9), (3, 3, 3, 15), {"low": [1, 1], "group": 3}),
    "wide groups": ((1, 140, 5, 5), (3, 3, 70, 160),
                    {"low": [1, 1], "group": 2}),
    "depthwise": ((2, 150, 13, 13), (3, 3, 1, 150),
                  {"low": [1, 1], "group": 150}),
    "depthwise, two each": ((1, 20, 13, 13), (3, 3, 1, 40),
                            {"low": [1, 1], "strides": [2, 2], "group": 20}),
    "transposed": ((1, 6, 7, 7), (2, 2, 6, 5),
                   {"low": [1, 1], "spread": [2, 2]}),
    "transposed with gaps": ((1, 6, 7, 5), (2, 2, 6, 5),
                             {"low": [1, 1], "high": [2, 1],
                              "spread": [3, 3]}),
    "spread and strided": ((1, 6, 7, 7), (4, 4, 6, 5),
                           {"low": [2, 2], "spread": [2, 2],
                            "strides": [3, 1]}),
}  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_convolution_shapes(case, machine):
    shape_x, shape_w, how = CONVOLUTIONS[case]
    check_convolution(shape_x, shape_w, machine=machine, **how)


@pytest.mark.parametrize("machine", ["one bank", "two banks"])
@pytest.mark.parametrize("case", ["many channels", "depthwise"])
def test_convolution_few_banks(case, machine):
    shape_x, shape_w, how = CONVOLUTIONS[case]
    check_convolution(shape_x, shape_w, machine=machine, **how)


@pytest.mark.parametrize("case", ["many channels", "wide groups", "depthwise"])
def test_convolution_wide(case):
    shape_x, shape_w, how = CONVOLUTIONS[case]
    check_convolution(shape_x, shape_w, machine="wide", **how)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("dtype", SUMS)
def test_convolution_types(dtype, machine):
    check_convolution((1, 6, 5, 5), (3, 3, 3, 4), dtype, low=[1, 1], group=2,
                      machine=machine)  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("group", [1, 3])
def test_convolution_zero_points(group, machine):
    check_convolution((1, 3, 9, 9), (3, 3, 3 // group, 33), "ui8", "i8",
                      low=[1, 1], group=group, zeros=(131, -2),
                      machine=machine)  # fmt: skip


# Epilogues -------------------------------------------------------------------


def element(result, op, operands, types, dtype):
    return (f'\n  {result} = tile.elementwise "{op}"({", ".join(operands)}) in "f32"'
            f" : ({', '.join(types)}) -> {dtype}")  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("case", ["point", "many channels", "depthwise", "transposed"])
def test_convolution_with_epilogue(case, machine):
    shape_x, shape_w, how = CONVOLUTIONS[case]
    x, w = random(shape_x), random(shape_w, seed=1)
    text, value = convolution(x, w, **how)
    bias = random((value.shape[1], 1, 1), seed=2)
    residual = random(value.shape, seed=3)
    out = tensor(value.shape, "f32")
    body = f"  %c = {text} : ({type_of(x)}, {type_of(w)}) -> {out}"
    body += element("%d", "add", ["%c", "%a2"], [out, type_of(bias)], out)
    body += element("%e", "add", ["%a3", "%d"], [out, out], out)
    body += element("%r0", "relu", ["%e"], [out], out)
    expected = numpy.maximum(value + bias + residual, 0).astype(numpy.float32)
    check(body, [x, w, bias, residual], expected, rtol=1e-5, atol=1e-3,
          machine=machine)  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("shapes", [
    ((130, 70), (70, 600)),
    ((3, 50, 70), (70, 60)),
    ((3, 50, 70), (3, 70, 60)),
    ((1, 300), (300, 100)),
], ids=str)  # fmt: skip
def test_contract_with_epilogue(shapes, machine):
    a, b = random(shapes[0]), random(shapes[1], seed=1)
    text, value = contract(a, b)
    bias = random(value.shape[-1:], seed=2)
    out = tensor(value.shape, "f32")
    body = f"  %c = {text} : ({type_of(a)}, {type_of(b)}) -> {out}"
    body += element("%d", "add", ["%c", "%a2"], [out, type_of(bias)], out)
    body += element("%r0", "relu", ["%d"], [out], out)
    expected = numpy.maximum(value + bias, 0).astype(numpy.float32)
    check(body, [a, b, bias], expected, rtol=1e-5, atol=1e-3, machine=machine)
