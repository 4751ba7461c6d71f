# SPDX-License-Identifier: Apache-2.0
"""The functions of tilicho.backend."""

import numpy
import onnx
import pytest
import tilicho.backend
from onnx import TensorProto, helper


def adding(shape, kind=TensorProto.FLOAT):
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Add", ["a", "b"], ["sum"])], "adding",
        [info("a", kind, shape), info("b", kind, shape)],
        [info("sum", kind, None)])
    return helper.make_model(graph, ir_version=10,
                             opset_imports=[helper.make_opsetid("", 21)])


ONES = numpy.ones((2, 3), numpy.float32)


@pytest.mark.parametrize("inputs", [[ONES, ONES], {"b": ONES, "a": ONES}])
def test_takes_inputs_in_order_or_by_name(inputs):
    outputs = tilicho.backend.run_model(adding([2, 3]), inputs)
    assert outputs.sum.tolist() == (ONES + ONES).tolist()


def test_refuses_more_inputs_than_the_model_has():
    with pytest.raises(ValueError, match="3 inputs are given.* are a, b"):
        tilicho.backend.run_model(adding([2, 3]), [ONES] * 3)


def test_runs_for_any_shape():
    model = tilicho.backend.prepare(adding(["N", 3]), machine="edge")
    for size in (1, 4):
        ones = numpy.ones((size, 3), numpy.float32)
        assert model.run([ones, ones])[0].shape == (size, 3)


def test_runs_a_node():
    node = helper.make_node("Gemm", ["a", "b"], ["y"], transB=1)
    y, = tilicho.backend.run_node(node, [ONES, ONES])
    assert y.tolist() == [[3, 3], [3, 3]]
    older = helper.make_node("Softmax", ["x"], ["y"])
    y, = tilicho.backend.run_node(older, ONES, opset_version=11)
    numpy.testing.assert_allclose(y, 1 / 3, 1e-6)


def test_knows_the_cpu_only():
    assert tilicho.backend.supports_device("CPU")
    assert not tilicho.backend.supports_device("CUDA")
    with pytest.raises(ValueError, match="only CPU"):
        tilicho.backend.prepare(adding([1]), "CUDA")


def test_refuses_with_a_reason():
    model = adding([2], TensorProto.STRING)
    assert not tilicho.backend.is_compatible(model)
    with pytest.raises(tilicho.backend.Unsupported, match="holds strings"):
        tilicho.backend.prepare(model)


def test_gives_back_the_declared_type():
    narrow = helper.tensor_dtype_to_np_dtype(TensorProto.BFLOAT16)
    outputs = tilicho.backend.run_model(
        adding([2], TensorProto.BFLOAT16), [numpy.ones(2, narrow)] * 2)
    assert outputs[0].dtype == narrow
    assert isinstance(outputs[0].astype(numpy.float32)[0], numpy.float32)


def test_refuses_what_is_no_onnx():
    with pytest.raises(tilicho.backend.Unsupported, match=r"\S"):
        tilicho.backend.prepare(onnx.ModelProto()).run([])
