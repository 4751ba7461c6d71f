# SPDX-License-Identifier: Apache-2.0
"""Indices that an Expand repeats: whole rows and columns, against ONNX Runtime."""

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'
INDICES = numpy.array([3, -1, 0, 3, 2], numpy.int64)


def run(text, inputs):
    model = onnx.parser.parse_model(HEADER + text).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    program = tilicho.compile(model)
    found = program.run(inputs, sanitize=True)["y"]
    numpy.testing.assert_array_equal(found, session.run(None, inputs)[0])
    return program


@pytest.mark.parametrize("reduction", ["none", "add", "max"])
def test_scatter_rows(reduction):
    rows = 130
    random = numpy.random.default_rng(0)
    inputs = {"x": random.random((4, rows), numpy.float32), "i": INDICES,
              "u": random.random((5, rows), numpy.float32)}
    if reduction == "none":  # Which of two updates stays is not defined.
        inputs["i"] = numpy.array([3, -2, 0, 1, 1], numpy.int64)
        inputs["u"][4] = inputs["u"][3]
    program = run(f"""
        g (float[4, {rows}] x, int64[5] i, float[5, {rows}] u) => (float[4, {rows}] y)
        <int64[1] one = {{1}}, int64[2] shape = {{5, {rows}}}> {{
            c = Unsqueeze (i, one)  e = Expand (c, shape)
            y = ScatterElements <axis = 0, reduction = "{reduction}"> (x, e, u)
        }}""", inputs)
    # Of rows, not of elements.
    assert program.stats["hbm_bytes"] < 6 * inputs["u"].nbytes


@pytest.mark.parametrize("axis", [0, 1])
def test_gather_slices(axis):
    shape = [4, 7]
    shape[axis] = 5
    inputs = {"x": numpy.random.default_rng(1).random((4, 7), numpy.float32), "i": INDICES}
    run(f"""
        g (float[4, 7] x, int64[5] i) => (float[{shape[0]}, {shape[1]}] y)
        <int64[1] other = {{{1 - axis}}}, int64[2] shape = {{{shape[0]}, {shape[1]}}}> {{
            c = Unsqueeze (i, other)  e = Expand (c, shape)
            y = GatherElements <axis = {axis}> (x, e)
        }}""", inputs)
