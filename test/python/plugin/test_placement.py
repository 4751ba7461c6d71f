# SPDX-License-Identifier: Apache-2.0
"""What runs where, and that it gives the CPU provider's values."""

import pathlib

import numpy
import onnx
import onnx.parser
import onnxruntime
import pytest
import tilicho.onnxruntime as plugin

import plugin_models as models

ROOT = pathlib.Path(__file__).resolve().parents[3]
LIGHT = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
#: Operators that multiply and accumulate.
MACS = {"Conv", "ConvTranspose", "Gemm", "MatMul"}
NO_FUSION = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL


def elsewhere(session):
    """Operators that Tilicho does not run."""
    placed = plugin.assignment(session)
    return {operator for name, operators in placed.items()
            if name != plugin.NAME for operator in operators}


def assert_close(actual, expected, tolerance=1e-5):
    for one, other in zip(actual, expected, strict=True):
        assert one.dtype == other.dtype
        numpy.testing.assert_allclose(one, other, tolerance, tolerance)


def test_takes_a_whole_model(session, on_cpu):
    model = onnx.load(ROOT / "examples/digits/digits.onnx")
    made = session(model, entries={"session.disable_cpu_ep_fallback": "1"})
    info, = made.get_inputs()
    shape = [size if isinstance(size, int) else 4 for size in info.shape]
    feeds = {info.name: models.random(*shape)}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert not elsewhere(made)


# The others hold up to half a gigabyte of weights, which takes minutes.
@pytest.mark.parametrize("name", ["inception_v1", "shufflenet", "squeezenet"])
def test_takes_all_of_a_convolutional_network(session, on_cpu, name):
    model = onnx.load(LIGHT / f"light_{name}.onnx")
    made = session(model)
    info, = made.get_inputs()
    count = numpy.prod(info.shape)
    values = numpy.arange(count).reshape(info.shape) / count
    feeds = {info.name: values.astype(numpy.float32)}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert not elsewhere(made)


@pytest.mark.parametrize("level", [None, NO_FUSION])
def test_takes_a_transformer_for_any_shape(session, on_cpu, level):
    model = models.transformer()
    made = session(model, level)
    assert not elsewhere(made)
    for shape in [(1, 5, 16), (2, 9, 16), (1, 1, 16), (1, 5, 16)]:
        feeds = {"x": models.random(*shape)}
        assert_close(made.run(None, feeds), on_cpu(model, feeds), 1e-4)


def test_takes_what_is_around_an_operator_it_does_not_know(session, on_cpu):
    model = models.with_strings()
    made = session(model)
    feeds = {"x": numpy.arange(24, dtype=numpy.float32).reshape(3, 8)}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert elsewhere(made) <= {"Cast"}


@pytest.mark.parametrize("flag", [False, True])
def test_takes_the_products_of_branches(session, on_cpu, flag):
    model = models.with_branches()
    made = session(model)
    feeds = {"flag": numpy.array(flag), "x": models.random(3, 8)}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert not elsewhere(made) & MACS


def test_takes_the_products_of_a_loop(session, on_cpu):
    model = models.with_loop()
    made = session(model)
    for count in (0, 1, 5):
        feeds = {"count": numpy.array(count), "x": models.random(3, 8)}
        assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert not elsewhere(made) & MACS


def test_gives_the_rows_that_a_loop_collects(session, on_cpu):
    model = onnx.parser.parse_model("""
        <ir_version: 10, opset_import: ["" : 21]>
        g (float[3] x, float top) => (float[k, 3] all) <int64 most = {6}> {
            y, all = Loop (most, , x) <body = b (int64 i, bool go, float[3] v)
                => (bool more, float[3] w, float[3] out) {
                    w = Add (v, x)  out = Neg (v)
                    s = ReduceMax <keepdims = 0> (w)  more = Less (s, top) }>
        }""")
    made = session(model, placement="all")
    for top, rows in ((0, 1), (7, 3), (1e9, 6)):
        feeds = {"x": numpy.array([1, 2, 1.5], numpy.float32),
                 "top": numpy.array(top, numpy.float32)}
        found = made.run(None, feeds)
        assert found[0].shape == (rows, 3)
        assert_close(found, on_cpu(model, feeds))


def test_gives_the_places_that_data_decides(session, on_cpu):
    """Also to nodes that stay."""
    model = onnx.parser.parse_model("""
        <ir_version: 10, opset_import: ["" : 21]>
        g (float[3, 4] x) => (int64[2, n] places, int64[2] shape, float[n] kept) {
            r = Relu (x)  places = NonZero (r)  t = Transpose (places)
            kept = GatherND (x, t)  shape = Shape (places) }""")
    made = session(model, placement="all")
    assert elsewhere(made) <= {"Shape"}
    for least in (-2, 0, 2, 0.5):
        feeds = {"x": models.random(3, 4) + numpy.float32(least)}
        found, wanted = made.run(None, feeds), on_cpu(model, feeds)
        assert [value.shape for value in found] == [value.shape for value in wanted]
        assert_close(found, wanted)


def node(*arguments, **attributes):
    return onnx.helper.make_node(*arguments, **attributes)


def test_leaves_what_does_not_pay(session):
    model = models.model([node("Relu", ["x"], ["y"])], {"x": [4]}, ["y"])
    assert elsewhere(session(model)) == {"Relu"}
    assert not elsewhere(session(model, placement="all"))
    # A host that takes a second for each node.
    assert not elsewhere(session(model, host_node_us=1e6))
    assert elsewhere(session(model, placement="macs",
                             host_node_us=1e6)) == {"Relu"}


def test_groups_are_convex(session, on_cpu):
    """`sum` reads `first` directly and through an operator that stays."""
    model = models.model(
        [node("MatMul", ["x", "w"], ["a"], "first"),
         node("Relu", ["a"], ["b"], "relu"),
         node("Cast", ["b"], ["t"], "text", to=onnx.TensorProto.STRING),
         node("Cast", ["t"], ["c"], "number", to=onnx.TensorProto.FLOAT),
         node("Add", ["a", "c"], ["d"], "sum"),
         node("MatMul", ["d", "w"], ["y"], "second")],
        {"x": [2, 4]}, ["y", "b"], {"w": numpy.eye(4, dtype=numpy.float32)})
    made = session(model, NO_FUSION)
    feeds = {"x": numpy.arange(8, dtype=numpy.float32).reshape(2, 4)}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
    assert elsewhere(made) <= {"Cast"}


def test_several_inputs_outputs_and_types(session, on_cpu):
    integers = onnx.TensorProto.INT64
    model = models.model(
        [node("MatMul", ["x", "y"], ["product"], "product"),
         node("ArgMax", ["product"], ["place"], "place", axis=1),
         node("Add", ["place", "offset"], ["moved"], "moved"),
         node("Greater", ["product", "x"], ["larger"], "larger")],
        {"x": [4, 4], "y": ["N", 4], "offset": (integers, [1, 1])},
        {"product": models.FLOAT, "moved": integers,
         "larger": onnx.TensorProto.BOOL})
    made = session(model, placement="all")
    assert not elsewhere(made)
    feeds = {"x": models.random(4, 4), "y": models.random(4, 4, seed=1),
             "offset": numpy.array([[7]])}
    assert_close(made.run(None, feeds), on_cpu(model, feeds))
