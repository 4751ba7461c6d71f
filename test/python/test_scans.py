# SPDX-License-Identifier: Apache-2.0
"""Scans whose states are multiplied and added to, and which are done for all
steps at once, against ONNX Runtime on the same model."""

import os
import pathlib
import subprocess

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'

# By name: the graph, and the tile.recurrence operators that it becomes.
MODELS = {
    # The selective scan of state space models.
    "selective": ("""
        g (float[40, 5] start, float[1100, 40, 1] delta, float[1100, 40, 1] x,
           float[1100, 1, 5] b, float[1100, 1, 5] c, float[40, 5] a)
        => (float[1100, 40] y)
        <int64[1] axis = {-1}> {
            last, y = Scan <num_scan_inputs = 4, body = step
                (float[40, 5] h, float[40, 1] d, float[40, 1] u, float[1, 5] e,
                 float[1, 5] f) => (float[40, 5] n, float[40] o) {
                    p = Mul (d, a)  decay = Exp (p)
                    q = Mul (d, u)  fresh = Mul (q, e)
                    r = Mul (decay, h)  n = Add (r, fresh)
                    s = Mul (n, f)  o = ReduceSum <keepdims = 0> (s, axis) }>
                (start, delta, x, b, c)
        }""", 1),
    # More channels than partitions; the last states and all of them.
    "states_are_outputs": ("""
        g (float[300] start, float[30, 300] x) => (float[300] last, float[30, 300] all)
        {
            last, all = Scan <num_scan_inputs = 1, body = step
                (float[300] h, float[300] e) => (float[300] n, float[300] o) {
                    k = Constant <value_float = 0.75> ()
                    d = Mul (k, h)  n = Add (e, d)  o = Identity (n) }>
                (start, x)
        }""", 1),
    # From the end, with steps along other axes, and what was before each step.
    "reversed": ("""
        g (float[6] start, float[6, 9] x, float[9, 6] z)
        => (float[6] last, float[6, 9] before, float[9, 6] y)
        {
            last, before, y = Scan <num_scan_inputs = 2, scan_input_axes = [1, 0],
                scan_input_directions = [1, 0], scan_output_axes = [-1, 0],
                scan_output_directions = [0, 1], body = step
                (float[6] h, float[6] e, float[6] f)
                => (float[6] n, float[6] was, float[6] o) {
                    g = Sigmoid (f)  d = Mul (h, g)  n = Add (d, e)
                    was = Identity (h)  t = Tanh (n)  o = Sub (t, h) }>
                (start, x, z)
        }""", 1),
    # The second state takes in the first one; one only grows, one only decays.
    "chain_of_states": ("""
        g (float[4, 3] s, float[4, 3] t, float[4, 3] u, float[20, 4, 3] x)
        => (float[4, 3] a, float[4, 3] b, float[4, 3] c, float[20, 3] y)
        <int64[1] axis = {0}> {
            a, b, c, y = Scan <num_scan_inputs = 1, body = step
                (float[4, 3] h, float[4, 3] i, float[4, 3] j, float[4, 3] e)
                => (float[4, 3] k, float[4, 3] l, float[4, 3] m, float[3] o) {
                    k = Add (h, e)
                    r = Sigmoid (k)  q = Mul (i, r)  l = Add (q, h)
                    m = Mul (j, r)
                    v = Sub (l, m)  w = Softmax <axis = -2> (v)
                    o = ReduceMax <keepdims = 0> (w, axis) }>
                (s, t, u, x)
        }""", 3),
    # A state of one number.
    "scalar_state": ("""
        g (float s, float[600] x, float[600] z) => (float t, float[600] y)
        {
            t, y = Scan <num_scan_inputs = 2, body = step
                (float h, float e, float f) => (float n, float o) {
                    d = Mul (h, f)  n = Add (d, e)  o = Neg (n) }> (s, x, z)
        }""", 1),
    # A reduction of one number is over no dimension, so not over the steps.
    "reduced_scalars": ("""
        g (float s, float[6] x) => (float t, float[6] y)
        {
            t, y = Scan <num_scan_inputs = 1, body = step
                (float h, float e) => (float n, float o) {
                    d = ReduceSumSquare (e)  n = Add (d, h)  o = Neg (n) }> (s, x)
        }""", 0),
    # Not linear in the state: step by step.
    "not_linear": ("""
        g (float[4] s, float[5, 4] x) => (float[4] t, float[5, 4] y)
        {
            t, y = Scan <num_scan_inputs = 1, body = step
                (float[4] h, float[4] e) => (float[4] n, float[4] o) {
                    d = Mul (h, h)  n = Add (d, e)  o = Neg (n) }> (s, x)
        }""", 0),
}


def parse(name):
    text, _ = MODELS[name]
    model = onnx.parser.parse_model(HEADER + text)
    onnx.checker.check_model(model, full_check=True)
    return model


def inputs_of(model):
    random = numpy.random.default_rng(7)
    values = {}
    for value in model.graph.input:
        shape = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        values[value.name] = numpy.asarray(
            random.uniform(-0.9, 0.9, shape), numpy.float32)
    if "delta" in values:
        values["delta"] = abs(values["delta"])
        values["a"] = -abs(values["a"])
    return values


def expected_of(model, inputs):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, inputs)


@pytest.mark.parametrize("optimization", [0, 1, 3])
@pytest.mark.parametrize("name", MODELS)
def test_agrees_with_onnx_runtime(name, optimization):
    if name == "selective" and optimization == 0:
        pytest.skip("unrolled, it is long")
    model = parse(name)
    inputs = inputs_of(model)
    program = tilicho.compile(model.SerializeToString(), optimization=optimization)
    found = program.run(inputs, sanitize=True, timing="off", threads=1)
    for value, wanted in zip(found.values(), expected_of(model, inputs), strict=True):
        assert value.shape == wanted.shape
        numpy.testing.assert_allclose(value, wanted, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", MODELS)
def test_number_of_recurrences(name, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.save(parse(name), path)
    tool = pathlib.Path(os.environ["TILICHO_BUILD"]) / "bin" / "tilicho-compile"
    done = subprocess.run([tool, path, "--emit=structured", "-o", "-"],
                          capture_output=True, text=True, check=True)
    text = done.stdout
    assert text.count("tile.recurrence ") == MODELS[name][1]


def test_one_channel_does_not_spread_to_others():
    model = parse("selective")
    inputs = inputs_of(model)
    inputs["start"][3, 1] = numpy.inf
    inputs["x"][500, 17] = numpy.nan
    program = tilicho.compile(model.SerializeToString())
    found = program.run(inputs, timing="off")["y"]
    wanted = expected_of(model, inputs)[0]
    numpy.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-6)
    assert numpy.isfinite(found).mean() > 0.9


def test_states_stay_in_f32_where_values_are_narrow():
    model = parse("states_are_outputs")
    inputs = inputs_of(model)
    program = tilicho.compile(model.SerializeToString(), precision="bf16")
    found = program.run(inputs, timing="off")
    for value, wanted in zip(found.values(), expected_of(model, inputs), strict=True):
        numpy.testing.assert_allclose(value, wanted, rtol=2e-2, atol=2e-2)
