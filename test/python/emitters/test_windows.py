# SPDX-License-Identifier: Apache-2.0
"""tile.window_reduction: padding, strides, dilation, ranks and types."""

import itertools

import numpy
import pytest
from structured import DTYPES, MACHINES, attributes, check, random, type_of


def reduce_windows(x, op, window, strides, dilations, low, high):
    """The definition: one term for each position in the window."""
    rank = len(window)
    lead = x.ndim - rank
    wide = x.astype(numpy.int64 if x.dtype.kind in "iu" else numpy.float64)
    least = numpy.iinfo(x.dtype).min if x.dtype.kind in "iu" else -numpy.inf
    padded = numpy.pad(
        wide,
        [(0, 0)] * lead + [(max(a, 0), max(b, 0)) for a, b in zip(low, high)],
        constant_values=least if op == "max" else 0,
    )
    padded = padded[(..., *(
        slice(max(-a, 0), padded.shape[lead + i] - max(-b, 0))
        for i, (a, b) in enumerate(zip(low, high))))]  # fmt: skip
    out = [(padded.shape[lead + i] - (window[i] - 1) * dilations[i] - 1)
           // strides[i] + 1 for i in range(rank)]  # fmt: skip
    parts = [
        padded[(..., *(slice(t * d, t * d + (n - 1) * s + 1, s)
                       for t, d, n, s in zip(tap, dilations, out, strides)))]
        for tap in itertools.product(*map(range, window))
    ]  # fmt: skip
    join = numpy.max if op == "max" else numpy.sum
    return join(numpy.stack(parts), axis=0)


def check_window(shape, window, op="max", strides=None, dilations=None, low=None,
                 high=None, dtype="f32", machine="trn1"):  # fmt: skip
    rank = len(window)
    strides, dilations = strides or [1] * rank, dilations or [1] * rank
    low = low or [0] * rank
    high = high or low
    x = random(shape, dtype)
    value = reduce_windows(x, op, window, strides, dilations, low, high)
    expected = value.astype(DTYPES[dtype])
    how = attributes(window=window, strides=strides, dilations=dilations,
                     pad_low=low, pad_high=high)  # fmt: skip
    body = (
        f'  %r0 = tile.window_reduction "{op}" %a0 {how}'
        f" : {type_of(x)} -> {type_of(expected)}"
    )
    tolerance = 1e-2 if dtype in ("f16", "bf16") else 1e-5
    check(body, [x], expected, rtol=tolerance, atol=tolerance, machine=machine)


WINDOWS = {
    "disjoint": ((1, 8, 8, 8), [2, 2], {"strides": [2, 2]}),
    "overlapping": ((2, 70, 13, 13), [3, 3],
                    {"strides": [2, 2], "low": [1, 1]}),
    "dilated": ((1, 140, 13, 14), [3, 2],
                {"low": [1, 0], "high": [0, 1], "dilations": [2, 3]}),
    "cropped": ((1, 140, 13, 14), [3, 2],
                {"low": [-1, 1], "high": [0, -2], "strides": [1, 3]}),
    "global": ((2, 130, 7, 7), [7, 7], {}),
    "one dimension": ((3, 5, 1000), [5], {"strides": [3], "low": [2]}),
    "three dimensions": ((1, 3, 6, 7, 8), [2, 3, 2],
                         {"strides": [2, 1, 2], "low": [1, 1, 0]}),
    "global in three": ((1, 3, 6, 7, 8), [6, 7, 8], {}),
    "no leading": ((9, 9), [3, 3], {"strides": [2, 2]}),
    "in the padding": ((1, 3, 4), [2], {"low": [3]}),
    "identity": ((1, 3, 9, 9), [1, 1], {}),
    "large": ((1, 2, 600, 700), [3, 3], {"strides": [2, 2], "low": [1, 1]}),
}  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("op", ["max", "add"])
@pytest.mark.parametrize("case", WINDOWS)
def test_windows(case, op, machine):
    shape, window, how = WINDOWS[case]
    check_window(shape, window, op, machine=machine, **how)


@pytest.mark.parametrize("op", ["max", "add"])
@pytest.mark.parametrize("dtype", ["f16", "bf16", "f64", "i8", "ui8", "i16", "i32", "i64"])
def test_types(dtype, op):
    check_window((1, 3, 9, 9), [3, 3], op, low=[1, 1], dtype=dtype)


@pytest.mark.parametrize("dtype", ["f32", "f64", "i8", "ui8", "i32", "i64"])
def test_windows_without_elements(dtype):
    shape, window, how = WINDOWS["in the padding"]
    check_window(shape, window, "max", dtype=dtype, **how)
