# SPDX-License-Identifier: Apache-2.0
"""Attention whose softmax is spelt as five nodes, against ONNX Runtime.

As a Softmax it would be one node; both are fused, so that scores stay on chip.
"""

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'
LENGTH = 256
#: What is done to the scores, by name.
BEFORE = {
    "scale": "t = Mul (s, scale)",
    "mask_by_where": "u = Mul (s, scale)  t = Where (mask, u, low)",
    "softcap": """u = Mul (s, scale)  f = Div (u, cap)  w = Tanh (f)
                  t = Mul (w, cap)""",
    "softcap_and_mask": """u = Mul (s, scale)  f = Div (u, cap)  w = Tanh (f)
                           g = Mul (w, cap)  t = Where (mask, g, low)""",
}
FIVE = """m = ReduceMax (t, last)  d = Sub (t, m)  e = Exp (d)
          z = ReduceSum (e, last)  p = Div (e, z)"""
ONE = "p = Softmax <axis = -1> (t)"


def make_model(before, softmax):
    shape = f"1, 2, {LENGTH}, 64"
    return onnx.parser.parse_model(HEADER + f"""
        g (float[{shape}] q, float[{shape}] k, float[{shape}] v,
           bool[1, 1, {LENGTH}, {LENGTH}] mask) => (float[{shape}] y)
        <float scale = {{0.125}}, float cap = {{2.0}}, float low = {{-1e9}},
         int64[1] last = {{-1}}> {{
            kt = Transpose <perm = [0, 1, 3, 2]> (k)
            s = MatMul (q, kt)  {BEFORE[before]}  {softmax}
            y = MatMul (p, v)
        }}""")


def make_inputs():
    random = numpy.random.default_rng(0)
    inputs = {name: random.standard_normal((1, 2, LENGTH, 64), numpy.float32)
              for name in "qkv"}
    inputs["mask"] = numpy.tri(LENGTH, dtype=bool)[None, None]
    return inputs


@pytest.mark.parametrize("softmax", [FIVE, ONE], ids=["five", "one"])
@pytest.mark.parametrize("before", BEFORE)
def test_scores_stay_on_chip(before, softmax):
    model = make_model(before, softmax)
    inputs = make_inputs()
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    expected = session.run(None, {name: inputs[name] for name in names})[0]
    for optimization in (2, 0):
        program = tilicho.compile(model.SerializeToString(), optimization=optimization)
        found = program.run(inputs)["y"]
        numpy.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        written = program.stats["hbm_written_bytes"]
        scores = 4 * 2 * LENGTH * LENGTH
        assert (written < found.nbytes + scores / 4) == (optimization == 2)


def test_log_softmax_of_parts():
    model = onnx.parser.parse_model(HEADER + """
        g (float[5, 300] t) => (float[5, 300] y) <int64[1] last = {1}> {
            m = ReduceMax (t, last)  d = Sub (t, m)  e = Exp (d)
            z = ReduceSum (e, last)  l = Log (z)  y = Sub (d, l)
        }""")
    inputs = {"t": 90 * numpy.random.default_rng(1).random((5, 300), numpy.float32)}
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    program = tilicho.compile(model.SerializeToString())
    numpy.testing.assert_allclose(
        program.run(inputs)["y"], session.run(None, inputs)[0], rtol=1e-5, atol=1e-4)
