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
    # Only the side that is taken may trap.
    "side_that_is_not_taken_traps": ("""
        g (bool c, int64[1] i, float[3] x) => (float[1] y) {
            y = If (c) <
                then_branch = a () => (float[1] t) { t = Gather (x, i) },
                else_branch = b () => (float[1] e)
                <int64[1] k = {1}> { g = Gather (x, k)  e = Exp (g) }>
        }""", [{"c": numpy.array(flag), "i": numpy.array([i]), "x": X}
               for flag, i in ((True, -1), (False, 3), (False, -9))]),
    # Products, softmax and values that are read from outside of the branch.
    "large_branches": ("""
        g (bool c, float[130, 70] x, float[70, 70] w) => (float[130, 70] y, float[130, 70] z)
        {
            s = Exp (x)
            y, z = If (c) <
                then_branch = a () => (float[130, 70] t, float[130, 70] u) {
                    p = MatMul (s, w)  q = MatMul (x, w)
                    t = Softmax <axis = 1> (p)  u = Add (q, s) },
                else_branch = b () => (float[130, 70] e, float[130, 70] f) {
                    r = MatMul (x, w)  o = Neg (r)
                    e = Add (o, s)  f = Identity (x) }>
        }""", [{"c": numpy.array(flag),
                "x": numpy.linspace(-1, 1, 9100, dtype=numpy.float32).reshape(130, 70),
                "w": numpy.linspace(-.02, .01, 4900, dtype=numpy.float32).reshape(70, 70)}
               for flag in (True, False)]),
    "loops_in_branches": ("""
        g (bool c, int64 m, float[3] x) => (float[3] y, float[3] r) {
            y = If (c) <
                then_branch = a () => (float[3] t) {
                    t = Loop (m, , x) <body = p (int64 i, bool go, float[3] v)
                        => (bool more, float[3] w) {
                            more = Identity (go)  s = Sin (v)  w = Add (s, x) }> },
                else_branch = b () => (float[3] e) {
                    d = Loop (m, , x) <body = q (int64 j, bool on, float[3] u)
                        => (bool yet, float[3] z) {
                            yet = Identity (on)  z = Cos (u) }>
                    e = Neg (d) }>
            r = Mul (y, x)
        }""", [{"c": numpy.array(flag), "m": numpy.array(m), "x": X}
               for flag in (True, False) for m in (0, 1, 5)]),
    "branches_in_branches_in_a_loop": ("""
        g (int64 m, float[3] x, float limit) => (float[3] y, int64 n)
        <int64 zero = {0}, int64 one = {1}, int64 ten = {10}> {
            y, n = Loop (m, , x, zero) <body = b (int64 i, bool go, float[3] v, int64 k)
                => (bool more, float[3] w, int64 l) {
                    more = Identity (go)
                    s = ReduceMax <keepdims = 0> (v)  low = Less (s, limit)
                    w, l = If (low) <
                        then_branch = p () => (float[3] t, int64 a) {
                            a = Add (k, one)  d = Less (a, i)
                            t = If (d) <
                                then_branch = r () => (float[3] f) { f = Mul (v, v) },
                                else_branch = o () => (float[3] h) { h = Add (v, x) }> },
                        else_branch = q () => (float[3] e, int64 c) {
                            e = Neg (v)  c = Add (k, ten) }>
                }>
        }""", [{"m": numpy.array(m), "x": X, "limit": numpy.array(limit, numpy.float32)}
               for m, limit in ((0, 4), (1, 4), (9, 4), (9, -9))]),
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
    # Outputs that are collected, as many rows as the run makes.
    "collects_until": ("""
        g (bool c, float[3] x, float top) => (float[3] y, float[k, 3] all, int64[n] numbers)
        <int64 m = {6}> {
            y, all, numbers = Loop (m, c, x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] out, int64 number) {
                    w = Add (v, x)  out = Exp (v)  number = Neg (i)
                    s = ReduceMax <keepdims = 0> (w)  more = Less (s, top) }>
        }""", [{"c": numpy.array(flag), "x": X, "top": numpy.array(top, numpy.float32)}
               for flag, top in ((True, 0), (True, 7), (True, 1e9), (False, 1e9))]),
    "collects_after_a_first_iteration": ("""
        g (float[3] x, float top) => (float[k, 3] all) <int64 m = {6}> {
            y, all = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] out) {
                    w = Add (v, x)  out = Neg (v)
                    s = ReduceMax <keepdims = 0> (w)  more = Less (s, top) }>
        }""", [{"x": X, "top": numpy.array(top, numpy.float32)} for top in (0, 7, 1e9)]),
    "collects_up_to_a_trip_count": ("""
        g (int64 m, bool[2] f) => (bool[k, 2] all, float[k, 1] casts) <int64 five = {5}> {
            n = Min (m, five)
            r, all, other = Loop (n, , f) <body = b (int64 i, bool go, bool[2] v)
                => (bool more, bool[2] w, bool[2] out, int64[1] o)
                <int64[1] one = {1}> {
                    more = Identity (go)  w = Not (v)  out = Identity (v)
                    o = Reshape (i, one) }>
            casts = Cast <to = 1> (other)
        }""", [{"m": numpy.array(m), "f": numpy.array([True, False])} for m in (0, 1, 5, 9)]),
    "collects_in_bodies_of_loops": ("""
        g (int64 m, float[3] x) => (float[k, 3] sums) <int64 four = {4}, int64 two = {2}> {
            n = Min (m, four)
            y, sums = Loop (n, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] out) {
                    more = Identity (go)
                    w, rows = Loop (two, , v) <body = c (int64 j, bool on, float[3] a)
                        => (bool yet, float[3] z, float[3] row) {
                            yet = Identity (on)  row = Sin (a)  z = Add (row, x) }>
                    axes = Constant <value = int64[1] {0}> ()
                    out = ReduceSum <keepdims = 0> (rows, axes) }>
        }""", [{"m": numpy.array(m), "x": X} for m in (0, 3, 8)]),
    # So often that it is not unrolled, but the number of rows is known.
    "long_loop_that_collects": ("""
        g (float[40] x) => (float[40] y, float[40] top) <int64 m = {3000}> {
            y, all = Loop (m, , x) <body = b (int64 i, bool go, float[40] v)
                => (bool more, float[40] w, float[40] o) {
                    more = Identity (go)  a = Sin (v)  w = Add (a, x)
                    t = Mul (w, x)  n = Neg (t)  r = Exp (n)  s = Tanh (r)
                    q = Mul (s, s)  d = Cos (q)  h = Add (d, x)  k = Abs (h)
                    f = Neg (k)  u = Add (f, x)  e = Mul (u, u)  z = Sin (e)
                    b1 = Mul (z, z)  b2 = Add (b1, x)  b3 = Neg (b2)  b4 = Abs (b3)
                    b5 = Mul (b4, b4)  b6 = Add (b5, x)  b7 = Neg (b6)  b8 = Abs (b7)
                    b9 = Tanh (b8)  c1 = Neg (b9)  c2 = Abs (c1)  c3 = Add (c2, x)
                    c4 = Neg (c3)  c5 = Abs (c4)  c6 = Tanh (c5)  o = Cos (c6) }>
            top = ReduceMax <keepdims = 0> (all, axes)
        }""".replace("<int64 m = {3000}>", "<int64 m = {3000}, int64[1] axes = {0}>"),
        [{"x": numpy.linspace(-1, 1, 40, dtype=numpy.float32)}]),
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


def test_one_side_takes_the_time():
    model = parse("""
        g (bool c, float[256, 256] x) => (float[256, 256] y) {
            y = If (c) <
                then_branch = a () => (float[256, 256] t) { t = MatMul (x, x) },
                else_branch = b () => (float[256, 256] e) {
                    p = MatMul (x, x)  q = MatMul (p, x)  r = MatMul (q, x)
                    e = MatMul (r, q) }>
        }""")
    program = tilicho.compile(model.SerializeToString())
    busy = {}
    for flag in (True, False):
        program.run({"c": numpy.array(flag), "x": numpy.ones((256, 256), numpy.float32)})
        busy[flag] = program.stats["engine_busy_us"]["pe"]
    assert busy[False] > 3 * busy[True]


def test_traps_in_the_side_that_is_taken():
    text, _ = MODELS["side_that_is_not_taken_traps"]
    program = tilicho.compile(parse(text).SerializeToString())
    with pytest.raises(tilicho.TilichoError, match="index 3"):
        program.run({"c": numpy.array(True), "i": numpy.array([3]), "x": X})


UNBOUNDED = """
    g (int64 m, float[3] x) => (float[3] y, float[k, 3] all) {
        y, all = Loop (m, , x) <body = b (int64 i, bool go, float[3] v)
            => (bool more, float[3] w, float[3] o) {
                more = Identity (go)  w = Sin (v)  o = Neg (v) }>
    }"""


def test_refuses_rows_without_a_bound():
    with pytest.raises(tilicho.TilichoError, match="Loop: .* --dim=OUTPUT.0=ROWS"):
        tilicho.compile(parse(UNBOUNDED).SerializeToString())


def test_refuses_rows_of_run_time_inside_of_the_graph():
    model = parse("""
        g (bool c, float[3] x) => (float[k, 3] all) <int64 m = {4}> {
            y, rows = Loop (m, c, x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] o) {
                    more = Identity (c)  w = Sin (v)  o = Neg (v) }>
            all = Neg (rows)
        }""")
    with pytest.raises(tilicho.TilichoError, match="'rows'.* is read inside the graph"):
        tilicho.compile(model.SerializeToString())


@pytest.mark.parametrize("dims", [{"k": 4}, {"all.0": 4}])
def test_dimensions_bound_rows(dims):
    program = tilicho.compile(parse(UNBOUNDED).SerializeToString(), dims=dims)
    assert program.outputs[1].shape == (4, 3) and program.outputs[1].rows_vary
    assert not program.outputs[0].rows_vary
    for rows in (0, 2, 4):
        room = numpy.full((4, 3), 7, numpy.float32)
        found = program.run({"m": numpy.array(rows), "x": X}, outputs={"all": room})
        assert found["all"].shape == (rows, 3) and found["all"].base is room
        assert (room[rows:] == 7).all()
    with pytest.raises(tilicho.TilichoError, match="index 4"):
        program.run({"m": numpy.array(5), "x": X})


def test_rows_of_run_time_at_lower_precision():
    text, runs = MODELS["collects_until"]
    program = tilicho.compile(parse(text).SerializeToString(), precision="bf16")
    for inputs in runs[:3]:
        found = program.run(inputs, sanitize=True)
        assert found["all"].dtype == numpy.float32
        assert len(found["all"]) == len(found["numbers"])
        numpy.testing.assert_allclose(found["all"][0], numpy.exp(X), rtol=1e-2)
