# SPDX-License-Identifier: Apache-2.0
"""Models and arrays for the tests of the package."""

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from small_models import make_model


@pytest.fixture
def layer():
    """y = relu(x @ w) + b, with named nodes."""
    random = numpy.random.default_rng(0)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["product"], name="multiply"),
        helper.make_node("Relu", ["product"], ["positive"], name="rectify"),
        helper.make_node("Add", ["positive", "b"], ["y"], name="shift"),
    ]
    constants = [
        ("w", random.standard_normal((16, 8)).astype(numpy.float32)),
        ("b", random.standard_normal(8).astype(numpy.float32)),
    ]
    return make_model(
        nodes,
        [("x", TensorProto.FLOAT, [4, 16])],
        [("y", TensorProto.FLOAT, [4, 8])],
        constants,
    )


@pytest.fixture
def layer_path(layer, tmp_path):
    """The same as a file."""
    path = tmp_path / "layer.onnx"
    onnx.save(layer, path)
    return path


@pytest.fixture
def layer_input():
    """An x for it."""
    random = numpy.random.default_rng(1)
    return random.standard_normal((4, 16)).astype(numpy.float32)


@pytest.fixture
def layer_output(layer, layer_input):
    """The y that NumPy calculates."""
    w, b = map(numpy_helper.to_array, layer.graph.initializer)
    return numpy.maximum(layer_input @ w, 0) + b
