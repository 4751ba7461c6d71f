# SPDX-License-Identifier: Apache-2.0
"""Models with If, Loop and Scan against ONNX Runtime on the same file.

Whatever a branch or an iteration decides at run time is run both ways.
"""

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'

# By name: the graph, and the inputs of each run.
X = numpy.array([1.5, -2.0, 3.0], numpy.float32)
MODELS = {
    "if": ("""
        g (bool c, float[3] x) => (float[3] y) {
            y = If (c) <
                then_branch = a () => (float[3] t) { t = Abs (x) },
                else_branch = b () => (float[3] e) { n = Neg (x)  e = Mul (n, x) }>
        }""", [{"c": numpy.array(flag), "x": X} for flag in (True, False)]),
    "if_in_if": ("""
        g (bool c, bool d, float[3] x) => (float[3] y, int64[1] z) {
            y, z = If (c) <
                then_branch = a () => (float[3] t, int64[1] i) {
                    t, i = If (d) <
                        then_branch = p () => (float[3] u, int64[1] j) {
                            u = Abs (x)  j = Constant <value = int64[1] {1}> () },
                        else_branch = q () => (float[3] v, int64[1] k) {
                            v = Exp (x)  k = Constant <value = int64[1] {-2}> () }>
                },
                else_branch = b () => (float[3] e, int64[1] l) {
                    e = Neg (x)  l = Constant <value = int64[1] {9000000000}> () }>
        }""", [{"c": numpy.array(c), "d": numpy.array(d), "x": X}
               for c in (True, False) for d in (True, False)]),
    # Squares until the sum is large, at most six times.
    "loop_until": ("""
        g (bool c, float[3] x, float top) => (float[3] y, int64 n)
        <int64 m = {6}, int64 zero = {0}, int64 one = {1}> {
            y, n = Loop (m, c, x, zero) <body = b
                (int64 i, bool go, float[3] v, int64 k)
                => (bool more, float[3] w, int64 l) {
                    w = Mul (v, v)  l = Add (k, one)
                    s = ReduceSum <keepdims = 0> (w)  more = Less (s, top) }>
        }""", [{"c": numpy.array(flag), "x": X, "top": numpy.array(top, numpy.float32)}
               for flag, top in ((True, 0), (True, 1e3), (True, 1e30), (False, 1e30))]),
    # The iteration's number decides which branch its If takes.
    "if_in_loop_with_scan_output": ("""
        g (float[3] x) => (float[3] y, float[4, 3] all)
        <int64 m = {4}, int64 two = {2}> {
            y, all = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] out) {
                    more = Identity (go)  low = Less (i, two)
                    w = If (low) <
                        then_branch = p () => (float[3] t) { t = Add (v, x) },
                        else_branch = q () => (float[3] e) { e = Neg (v) }>
                    out = Exp (w) }>
        }""", [{"x": X}]),
    "if_of_run_time_in_loop": ("""
        g (float[3] x) => (float[3] y)
        <int64 m = {5}, float limit = {4.0}> {
            y = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w) {
                    more = Identity (go)
                    s = ReduceMax <keepdims = 0> (v)  low = Less (s, limit)
                    w = If (low) <
                        then_branch = p () => (float[3] t) { t = Add (v, x) },
                        else_branch = q () => (float[3] e) { e = Neg (v) }>
                }>
        }""", [{"x": X}]),
    "loop_in_loop": ("""
        g (float[2] x) => (float[2] y, float[3, 2] all)
        <int64 m = {3}, int64 two = {2}> {
            y, all = Loop (m, , x) <body = b (int64 i, bool go, float[2] v)
                => (bool more, float[2] w, float[2] o) {
                    more = Identity (go)
                    w = Loop (two, , v) <body = c (int64 j, bool on, float[2] a)
                        => (bool yet, float[2] z) {
                            yet = Identity (on)  f = CastLike (i, x)
                            h = Mul (a, x)  z = Add (h, f) }>
                    o = Neg (w) }>
        }""", [{"x": X[:2]}]),
    # Counts and conditions of run time: loops of the machine.
    "trip_count_of_run_time": ("""
        g (int64 m, float[3] x) => (float[3] y, int64 n) <int64 zero = {0}> {
            y, n = Loop (m, , x, zero) <body = b (int64 i, bool go, float[3] v, int64 k)
                => (bool more, float[3] w, int64 l) {
                    more = Identity (go)  a = Sin (v)  w = Add (a, x)  l = Add (k, i) }>
        }""", [{"m": numpy.array(count), "x": X} for count in (0, 1, 7, 40)]),
    "condition_of_run_time": ("""
        g (bool c, float[3] x, float top) => (float[3] y, float[3] z) {
            v = Loop (, c, x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w) {
                    w = Add (v, x)
                    s = ReduceMax <keepdims = 0> (w)  more = Less (s, top) }>
            y = Neg (v)  z = Mul (v, x)
        }""", [{"c": numpy.array(flag), "x": X, "top": numpy.array(top, numpy.float32)}
               for flag, top in ((True, 0), (True, 4), (True, 100), (False, 100))]),
    "carried_values_change_places": ("""
        g (int64 m, float[3] x, float[3] y) => (float[3] s, float[3] t) {
            s, t = Loop (m, , x, y) <body = b (int64 i, bool go, float[3] v, float[3] w)
                => (bool more, float[3] p, float[3] q) {
                    more = Identity (go)  p = Identity (w)  q = Identity (v) }>
        }""", [{"m": numpy.array(count), "x": X, "y": X + 1} for count in (0, 1, 2, 5)]),
    "loops_of_run_time_in_one_another": ("""
        g (int64 m, int64 n, float[130, 70] x, float[70, 70] w)
        => (float[130, 70] y, int64 k) <int64 zero = {0}, int64 one = {1}> {
            y, k = Loop (m, , x, zero) <body = b
                (int64 i, bool go, float[130, 70] v, int64 c)
                => (bool more, float[130, 70] u, int64 d) {
                    more = Identity (go)
                    l = Mod (i, n)
                    a, d = Loop (l, , v, c) <body = e
                        (int64 j, bool on, float[130, 70] f, int64 o)
                        => (bool yet, float[130, 70] h, int64 q) {
                            yet = Identity (on)  q = Add (o, one)
                            p = MatMul (f, w)  h = Softmax <axis = 1> (p) }>
                    u = Add (a, x) }>
        }""", [{"m": numpy.array(m), "n": numpy.array(n),
                "x": numpy.linspace(-1, 1, 9100, dtype=numpy.float32).reshape(130, 70),
                "w": numpy.linspace(-2, 1, 4900, dtype=numpy.float32).reshape(70, 70)}
               for m, n in ((0, 1), (1, 1), (5, 3))]),
    "loops_of_run_time_after_one_another": ("""
        g (int64 m, int64 n, float[3] x) => (float[3] y) {
            v = Loop (m, , x) <body = b (int64 i, bool go, float[3] a)
                => (bool more, float[3] w) { more = Identity (go)  w = Sin (a) }>
            u = Exp (v)
            y = Loop (n, , u) <body = c (int64 j, bool on, float[3] d)
                => (bool yet, float[3] z) {
                    yet = Identity (on)  e = Mul (d, u)  z = Cos (e) }>
        }""", [{"m": numpy.array(m), "n": numpy.array(n), "x": X}
               for m, n in ((0, 0), (3, 0), (0, 2), (2, 3))]),
    # So often that it is not unrolled.
    "long_loop": ("""
        g (float[3] x) => (float[3] y) <int64 m = {1500}> {
            y = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w) { more = Identity (go)  a = Sin (v)  w = Add (a, x) }>
        }""", [{"x": X}]),
    "loop_of_no_iteration": ("""
        g (float[3] x) => (float[3] y) <int64 m = {0}> {
            y = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w) { more = Identity (go)  w = Exp (v) }>
        }""", [{"x": X}]),
    # A carried value that grows by a row each time.
    "loop_carries_a_growing_value": ("""
        g (float[1, 3] x) => (float[4, 3] y) <int64 m = {3}> {
            y = Loop (m, , x) <body = b (int64 i, bool go, float[n, 3] v)
                => (bool more, float[k, 3] w) {
                    more = Identity (go)  w = Concat <axis = 0> (v, x) }>
        }""", [{"x": X[None]}]),
    "scan": ("""
        g (float[2] s, float[2, 5] x, float[4, 2, 5] z)
        => (float[2] t, float[2, 5] all, float[4, 5] sums) {
            t, all, sums = Scan <num_scan_inputs = 2, scan_input_axes = [1, -1],
                scan_input_directions = [0, 1], scan_output_axes = [1, -1],
                scan_output_directions = [1, 0],
                body = b (float[2] v, float[2] e, float[4, 2] f)
                => (float[2] w, float[2] o, float[4] r) {
                    w = Add (v, e)  o = Mul (w, e)  h = Mul (f, w)
                    axes = Constant <value = int64[1] {1}> ()
                    r = ReduceSum <keepdims = 0> (h, axes) }> (s, x, z)
        }""", [{"s": X[:2], "x": numpy.arange(10, dtype=numpy.float32).reshape(2, 5),
                "z": numpy.linspace(-1, 1, 40, dtype=numpy.float32).reshape(4, 2, 5)}]),
}


def parse(text):
    return onnx.parser.parse_model(HEADER + text)


@pytest.mark.parametrize("optimization", [0, 2])
@pytest.mark.parametrize("name", MODELS)
def test_agrees_with_onnx_runtime(name, optimization):
    text, runs = MODELS[name]
    model = parse(text)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    program = tilicho.compile(model.SerializeToString(), optimization=optimization)
    for inputs in runs:
        found = program.run(inputs, sanitize=True, timing="off", threads=1)
        expected = session.run(None, inputs)
        for value, wanted in zip(found.values(), expected, strict=True):
            assert value.dtype == wanted.dtype and value.shape == wanted.shape
            numpy.testing.assert_allclose(value, wanted, rtol=1e-5)


def test_times_and_steps_come_from_the_run():
    text, runs = MODELS["trip_count_of_run_time"]
    program = tilicho.compile(parse(text).SerializeToString())
    times = []
    for inputs in runs:
        program.run(inputs, timing="on")
        times.append(program.stats["makespan_us"])
    assert times == sorted(times) and times[0] < times[-1]


def test_refuses_what_run_time_would_shape():
    model = parse("""
        g (int64 m, float[3] x) => (float[3] y, float[k, 3] all) {
            y, all = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] o) {
                    more = Identity (go)  w = Exp (v)  o = Neg (v) }>
        }""")
    with pytest.raises(tilicho.TilichoError, match="Loop: how often it runs depends on data or is "):
        tilicho.compile(model.SerializeToString())
