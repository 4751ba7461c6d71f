# SPDX-License-Identifier: Apache-2.0
"""What is emitted as one walk over rows: a softmax with the product that it is
of, element operations between slices and what puts them together, and long
expressions, two tiles of which are worked on at one time."""

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'

SOFTMAX = """
    g (float[{b}, {m}, {k}] x, float[{b}, {k}, {n}] w) => (float[{b}, {m}, {n}] y)
    { p = MatMul (x, w)  y = Softmax <axis = -1> (p) }"""

ROTATION = """
    g (float[3, 70, 24] x, float[3, 70, 12] c, float[3, 70, 12] s)
    => (float[3, 70, 24] y)
    <int64[1] zero = {0}, int64[1] half = {12}, int64[1] end = {24},
     int64[1] axis = {2}> {
        low = Slice (x, zero, half, axis)  high = Slice (x, half, end, axis)
        a = Mul (low, c)  b = Mul (high, s)  left = Sub (a, b)
        d = Mul (high, c)  e = Mul (low, s)  right = Add (d, e)
        y = Concat <axis = 2> (left, right)
    }"""

# A slice that somebody else reads, pieces of different widths.
UNEVEN = """
    g (float[200, 9] x, float[200, 4] c) => (float[200, 9] y, float[200, 5] low)
    <int64[1] zero = {0}, int64[1] five = {5}, int64[1] end = {9},
     int64[1] axis = {1}> {
        low = Slice (x, zero, five, axis)  high = Slice (x, five, end, axis)
        left = Exp (low)  right = Mul (high, c)
        y = Concat <axis = 1> (right, left)
    }"""

STEP = """
    g (float[700, 333] p, float[700, 333] g, float[700, 333] m, float[700, 333] v)
    => (float[700, 333] y) {
        b = Constant <value_float = 0.9> ()  c = Constant <value_float = 0.1> ()
        eps = Constant <value_float = 0.00000001> ()
        r = Constant <value_float = 0.001> ()
        e = Mul (m, b)  f = Mul (g, c)  first = Add (e, f)
        h = Mul (g, g)  i = Mul (v, b)  j = Mul (h, c)  second = Add (i, j)
        k = Sqrt (second)  l = Add (k, eps)  n = Div (first, l)  o = Mul (n, r)
        q = Mul (p, b)  y = Sub (q, o)
    }"""


def compare(text, tolerance=1e-6, limit=1.0, **options):
    model = onnx.parser.parse_model(HEADER + text)
    random = numpy.random.default_rng(3)
    inputs = {value.name: random.uniform(
                  0 if value.name == "v" else -limit, limit,
                  [dim.dim_value for dim in value.type.tensor_type.shape.dim],
              ).astype(numpy.float32)
              for value in model.graph.input}
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    program = tilicho.compile(model.SerializeToString(), **options)
    found = program.run(inputs, timing="on")
    for value, wanted in zip(found.values(), session.run(None, inputs), strict=True):
        numpy.testing.assert_allclose(value, wanted, rtol=tolerance, atol=tolerance)
    return program.stats


@pytest.mark.parametrize("precision, tolerance", [("f32", 1e-5), ("bf16", 2e-2)])
def test_softmax_of_a_large_product(precision, tolerance):
    text = SOFTMAX
    for name, extent in {"b": 4, "m": 1290, "k": 20, "n": 1350}.items():
        text = text.replace("{%s}" % name, str(extent))
    stats = compare(text, tolerance, precision=precision)
    # The product itself is never stored; a narrow result is cast on its way out.
    if precision == "f32":
        assert stats["hbm_bytes"] < 1.1 * stats["hbm_compulsory_bytes"]


def test_rows_are_read_and_written_whole():
    stats = compare(ROTATION, 0)
    assert stats["hbm_bytes"] == stats["hbm_compulsory_bytes"]


def test_slices_that_others_read():
    compare(UNEVEN)


@pytest.mark.parametrize("optimization", [0, 3])
def test_long_expression(optimization):
    compare(STEP, 1e-6, optimization=optimization)
