# SPDX-License-Identifier: Apache-2.0
"""Outputs whose length each run decides, against ONNX Runtime on the same file."""

import numpy
import onnx.parser
import onnxruntime
import pytest

import tilicho

HEADER = '<ir_version: 10, opset_import: ["" : 21]>\n'


def parse(text):
    return onnx.parser.parse_model(HEADER + text)


def check(model, runs, **options):
    """Each run's outputs, their types and shapes."""
    program = tilicho.compile(model.SerializeToString(), **options)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for inputs in runs:
        found = program.run(inputs, sanitize=True)
        for info, wanted in zip(session.get_outputs(), session.run(None, inputs)):
            value = found[info.name]
            assert value.dtype == wanted.dtype and value.shape == wanted.shape
            numpy.testing.assert_array_equal(value, wanted)
    return program


def sparse(shape, dtype, share, seed=0):
    """Values of which about `share` are not 0."""
    random = numpy.random.default_rng(seed)
    values = random.integers(1, 100, shape) * (random.random(shape) < share)
    return numpy.asarray(values).astype(dtype)


TYPES = {"float": numpy.float32, "float16": numpy.float16, "int64": numpy.int64,
         "int32": numpy.int32, "uint8": numpy.uint8, "bool": numpy.bool_}


@pytest.mark.parametrize("onnx_type", TYPES)
@pytest.mark.parametrize("shape", [(7,), (3, 4), (2, 3, 5), (2, 1, 9, 4), (300,), (0,), (2, 0)])
def test_non_zero(onnx_type, shape):
    model = parse(f"g ({onnx_type}{list(shape)} x) => (int64[r, n] y) {{ y = NonZero (x) }}")
    if onnx_type in ("float16",):  # ONNX Runtime has no such kernel.
        model = parse(f"""g ({onnx_type}{list(shape)} x) => (int64[r, n] y) {{
            f = Cast <to = 1> (x)  y = NonZero (f) }}""")
    runs = [{"x": sparse(shape, TYPES[onnx_type], share, seed)}
            for seed, share in enumerate((0.0, 1.0, 0.3, 0.9))]
    program = check(model, runs)
    info = program.outputs[0]
    assert info.rows_vary and info.rows_dimension == 1
    assert info.shape == (len(shape), numpy.prod(shape))


def test_non_zero_of_a_scalar():
    """The standard has no dimension then; ONNX Runtime has one."""
    program = tilicho.compile(parse("g (float x) => (int64[r, n] y) { y = NonZero (x) }").SerializeToString())
    for value, count in ((0.0, 0), (-3.0, 1)):
        found = program.run({"x": numpy.float32(value)})
        assert found["y"].shape == (0, count)


def test_non_zero_of_many():
    model = parse("g (float[3, 50, 401] x) => (int64[r, n] y) { y = NonZero (x) }")
    check(model, [{"x": sparse((3, 50, 401), numpy.float32, share)} for share in (0.02, 1)])


def test_not_a_number_is_not_zero():
    model = parse("g (float[4] x) => (int64[r, n] y) { y = NonZero (x) }")
    check(model, [{"x": numpy.array([numpy.nan, -0.0, 1e-45, numpy.inf], numpy.float32)}])


@pytest.mark.parametrize("onnx_type", TYPES)
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_compress(onnx_type, axis):
    attribute = "" if axis is None else f"<axis = {axis}>"
    length = {None: 20, 0: 3, 1: 4, -1: 5}[axis]
    model = parse(f"""g ({onnx_type}[3, 4, 5] x, bool[{length}] c) => ({onnx_type}{
        "[n]" if axis is None else "[a, b, d]"} y) {{ y = Compress {attribute} (x, c) }}""")
    x = sparse((3, 4, 5), TYPES[onnx_type], 0.7)
    runs = [{"x": x, "c": sparse(length, numpy.bool_, share, seed)}
            for seed, share in enumerate((0.0, 1.0, 0.5))]
    check(model, runs)


def test_compress_with_a_condition_that_is_known():
    model = parse("""g (float[2, 4] x) => (float[2, n] y) <bool[3] c = {0, 1, 1}> {
        y = Compress <axis = 1> (x, c) }""")
    program = check(model, [{"x": sparse((2, 4), numpy.float32, 1)}])
    assert program.outputs[0].shape == (2, 2) and not program.outputs[0].rows_vary


# By name: the graph, and its inputs from flags and a seed.
GRAPHS = {
    # What x[mask] is exported as.
    "masked": """(float[6, 5] x, bool[6] m) => (float[n, 5] y) {
        p = NonZero (m)  t = Transpose <perm = [1, 0]> (p)  y = GatherND (x, t) }""",
    "masked_elements": """(float[6, 5] x, bool[6] m) => (float[n] y)
        <int64[2] shape = {2, 3}> {
        r = Reshape (m, shape)  p = NonZero (r)  t = Transpose (p)
        y = GatherND (x, t) }""",
    # What torch.nonzero(as_tuple=True) is exported as.
    "coordinates": """(float[6, 5] x, bool[6] m) => (int64[n] i, int64[n] j) <int64[1] one = {1}> {
        f = Cast <to = 1> (m)  u = Unsqueeze (f, one)  q = Mul (x, u)
        p = NonZero (q)  t = Transpose (p)  a, b = Split <axis = 1, num_outputs = 2> (t)
        i = Squeeze (a, one)  j = Squeeze (b, one) }""",
    "rows_are_worked_on": """(float[6, 5] x, bool[6] m) => (float[n, 3] y, float[n] z)
        <float[5, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3}, int64[1] one = {1}> {
        c = Compress <axis = 0> (x, m)  s = MatMul (c, w)  y = Relu (s)
        z = ReduceMax <keepdims = 0> (y, one) }""",
    "flat": """(float[6, 5] x, bool[6] m) => (int64[n] y, int64[n, 1] z)
        <int64[1] flat = {-1}, int64[2] column = {-1, 1}> {
        p = NonZero (m)  y = Reshape (p, flat)  z = Reshape (p, column) }""",
    # Flag 0 never holds: 0, behind the rows, would become no index.
    "calculated_indices": """(float[6, 5] x, bool[6] m) => (float[n, 5] y)
        <bool[6] l = {0, 1, 1, 1, 1, 1}, int64 seven = {7}, int64[1] zero = {0}> {
        k = And (m, l)  p = NonZero (k)  q = Squeeze (p, zero)  i = Sub (q, seven)
        y = Gather (x, i) }""",
    "two_of_them": """(float[6, 5] x, bool[6] m) => (int64[1, n] p, int64[2, k] q) {
        p = NonZero (m)  q = NonZero (x) }""",
    "joined": """(float[6, 5] x, bool[6] m) => (float[n, 7] y) <int64[2] ends = {0, 2}, int64[1] one = {1}, int64[1] zero = {0}, int64[1] two = {2}> {
        c = Compress <axis = 0> (x, m)  d = Slice (c, zero, two, one)  e = Neg (d)
        y = Concat <axis = 1> (c, e) }""",
}


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("name", GRAPHS)
def test_graphs(name, level):
    runs = []
    for seed, share in enumerate((0.0, 1.0, 0.5)):
        mask = sparse(6, numpy.bool_, share, seed)
        runs.append({"x": sparse((6, 5), numpy.float32, 0.5, seed), "m": mask})
    check(parse("g " + GRAPHS[name]), runs, optimization=level)


REFUSED = {
    "Shape 'how many' reads it": """(float[4] x) => (int64[2] y) {
        p = NonZero (x)  ["how many"] y = Shape (p) }""",
    "there may be 17000000 rows, which must be fewer than 16777216": """
        (float[17000000] x) => (int64[1, n] p) { p = NonZero (x) }""",
    "ReduceSum .* reads it": """(float[4] x) => (int64 y) {
        p = NonZero (x)  y = ReduceSum <keepdims = 0> (p) }""",
    "Add .* reads it": """(float[4] x, float[4] z) => (int64[1, n] y) {
        p = NonZero (x)  q = NonZero (z)  y = Add (p, q) }""",
    "If .* reads it": """(float[4] x, bool c) => (int64[1, n] y) {
        p = NonZero (x)
        y = If (c) <then_branch = a () => (int64[1, n] t) { t = Neg (p) },
                    else_branch = b () => (int64[1, n] e) { e = Abs (p) }> }""",
    "Concat .* reads it": """(float[4] x, int64[1, 2] z) => (int64[1, n] y) {
        p = NonZero (x)  y = Concat <axis = 1> (p, z) }""",
}


@pytest.mark.parametrize("why", REFUSED)
def test_refuses_what_depends_on_how_many_rows_there_are(why):
    with pytest.raises(tilicho.TilichoError, match="NonZero: the shape of result 'p' depends on data .*; .*" + why):
        tilicho.compile(parse("g " + REFUSED[why]).SerializeToString())


def test_what_the_model_states_is_a_bound():
    model = parse("g (float[5] x) => (int64[1, 3] y) { y = NonZero (x) }")
    program = tilicho.compile(model.SerializeToString())
    assert program.outputs[0].shape == (1, 3) and program.outputs[0].rows_vary
    found = program.run({"x": numpy.array([0, 1, 0, 0, 2], numpy.float32)})
    numpy.testing.assert_array_equal(found["y"], [[1, 4]])
    with pytest.raises(tilicho.TilichoError, match="gives output y 4 rows, but there are 0 to 3"):
        program.run({"x": numpy.array([1, 1, 0, 1, 2], numpy.float32)})


def test_dimensions_bound_rows():
    model = parse("g (float[5, 2] x) => (int64[2, n] y) { y = NonZero (x) }")
    for dims in ({"n": 4}, {"y.1": 4}):
        program = tilicho.compile(model.SerializeToString(), dims=dims)
        assert program.outputs[0].shape == (2, 4)
        room = numpy.full((2, 4), 9)
        x = numpy.zeros((5, 2), numpy.float32)
        x[4, 1] = x[2, 0] = x[3, 1] = 1
        found = program.run({"x": x}, outputs={"y": room})["y"]
        assert found.base is room or found.base.base is room
        numpy.testing.assert_array_equal(found, [[2, 3, 4], [0, 1, 1]])


def test_values_are_those_of_fixed_shape():
    text = "g (float[5] x) => (int64[n, 1] y) { r = Relu (x)  p = NonZero (r)  y = Transpose (p) }"
    program = tilicho.compile(parse(text).SerializeToString())
    assert {info.name for info in program.values} <= {"r"}


def test_descriptions_leave_open_what_a_run_decides():
    model = parse("g (float[3, 4] x) => (int64[2, n] y) { y = NonZero (x) }")
    described = tilicho.describe(model.SerializeToString())
    assert described["outputs"][0]["shape"] == [2, "n"]
    assert not described["inputs"][0]["reaches_shape"]


def test_sessions_compile_once_for_all_values():
    model = parse("g (float[b, 4] x) => (int64[2, n] y) { y = NonZero (x) }")
    session = tilicho.Session(model)
    for seed, rows in enumerate((3, 3, 2)):
        x = sparse((rows, 4), numpy.float32, 0.5, seed)
        numpy.testing.assert_array_equal(session.run({"x": x})["y"], numpy.nonzero(x))
    assert len(session.compiled()) == 2
