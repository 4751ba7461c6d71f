# SPDX-License-Identifier: Apache-2.0
"""Unique, of which each run decides how long the results are."""

import numpy
import pytest

import tilicho

from test_counted_rows import check, parse

OUTPUTS = "int64[k] i, int64[m] v, int64[k] c"
TYPES = {"float": numpy.float32, "double": numpy.float64, "int64": numpy.int64,
         "int8": numpy.int8}


@pytest.mark.parametrize("sorted_", [0, 1])
@pytest.mark.parametrize("onnx_type", TYPES)
@pytest.mark.parametrize("shape", [(1,), (13,), (4, 6), (400,)])
def test_of_elements(shape, onnx_type, sorted_):
    model = parse(f"""g ({onnx_type}{list(shape)} x) => ({onnx_type}[k] y, {OUTPUTS}) {{
        y, i, v, c = Unique <sorted = {sorted_}> (x) }}""")
    random = numpy.random.default_rng(1)
    runs = [{"x": random.integers(-most, most + 1, shape).astype(TYPES[onnx_type])}
            for most in (0, 2, 100)]
    check(model, runs)


def test_of_more_elements_than_a_partition_holds():
    model = parse(f"""g (float[3, 7001] x) => (float[k] y, {OUTPUTS}) {{
        y, i, v, c = Unique (x) }}""")
    random = numpy.random.default_rng(3)
    check(model, [{"x": random.integers(0, 9000, (3, 7001)).astype(numpy.float32)}])


@pytest.mark.parametrize("sorted_", [0, 1])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_of_slices(axis, sorted_):
    model = parse(f"""g (float[6, 5, 7] x) => (float[a, b, d] y, {OUTPUTS}) {{
        y, i, v, c = Unique <axis = {axis}, sorted = {sorted_}> (x) }}""")
    random = numpy.random.default_rng(2)
    x = random.integers(0, 3, (6, 5, 7)).astype(numpy.float32)
    equal = x.copy()
    equal[[1, 4]] = x[2]
    equal[:, 3] = equal[:, 0]
    equal[:, :, 5] = equal[:, :, 6]
    check(model, [{"x": x}, {"x": equal}, {"x": numpy.zeros_like(x)}])


def test_one_result_alone():
    model = parse("""g (int64[9] x) => (int64[m] v) {
        y, i, v = Unique (x) }""")
    check(model, [{"x": numpy.array([3, 1, 3, 2, 2, 9, 1, 3, -4])}], optimization=0)


def test_refuses_long_slices():
    model = parse("g (float[3, 300] x) => (float[n, 300] y) { y = Unique <axis = 0> (x) }")
    with pytest.raises(tilicho.TilichoError, match="Unique: .* more than 256 elements"):
        tilicho.compile(model.SerializeToString())
