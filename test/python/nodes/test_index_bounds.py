# SPDX-License-Identifier: Apache-2.0
"""Indices that are only known at run time: negative ones count from the end,
others than those of the axis stop the run and name the node."""

import numpy
import onnxruntime
import pytest
import tilicho
from onnx import TensorProto, helper

#: By operator, the shape of its indices into a [5, 4] tensor.
SHAPES = {"Gather": [2], "GatherElements": [2, 4], "GatherND": [2, 1],
          "ScatterElements": [2, 4], "ScatterND": [2, 1]}


def make_model(operator, shape):
    info = helper.make_tensor_value_info
    inputs = [info("data", TensorProto.FLOAT, [5, 4]),
              info("indices", TensorProto.INT64, shape)]
    if operator.startswith("Scatter"):
        updates = [2] if shape == [2, 2] else [2, 4]
        inputs.append(info("updates", TensorProto.FLOAT, updates))
    node = helper.make_node(operator, [i.name for i in inputs], ["y"],
                            name="lookup")
    graph = helper.make_graph([node], "indices", inputs,
                              [info("y", TensorProto.FLOAT, None)])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 21)],
        ir_version=10).SerializeToString()


def make_inputs(operator, indices):
    inputs = {"data": numpy.arange(20, dtype=numpy.float32).reshape(5, 4),
              "indices": indices}
    if operator.startswith("Scatter"):
        shape = [2] if indices.shape == (2, 2) else [2, 4]
        inputs["updates"] = numpy.full(shape, -1, numpy.float32)
    return inputs


def some_indices(shape, index):
    """Zero, and the given one."""
    indices = numpy.zeros(shape, numpy.int64)
    indices[1] = index
    return indices


@pytest.mark.parametrize("operator", SHAPES)
def test_indices_along_one_axis(operator):
    model = make_model(operator, SHAPES[operator])
    program = tilicho.compile(model)
    session = onnxruntime.InferenceSession(model)
    for index in (-5, -1, 4):
        inputs = make_inputs(operator, some_indices(SHAPES[operator], index))
        outputs = program.run(inputs, timing="off", sanitize=True)
        numpy.testing.assert_array_equal(outputs["y"],
                                         session.run(None, inputs)[0])
    for index in (-6, 5, 1 << 33):
        inputs = make_inputs(operator, some_indices(SHAPES[operator], index))
        with pytest.raises(tilicho.TilichoError, match="lookup"):
            program.run(inputs, timing="off")


@pytest.mark.parametrize("operator", ["GatherND", "ScatterND"])
def test_each_index_of_a_tuple(operator):
    model = make_model(operator, [2, 2])
    program = tilicho.compile(model)
    session = onnxruntime.InferenceSession(model)
    for index in ([4, 3], [-5, -4], [-1, 0]):
        inputs = make_inputs(operator, some_indices([2, 2], index))
        outputs = program.run(inputs, timing="off", sanitize=True)
        numpy.testing.assert_array_equal(outputs["y"],
                                         session.run(None, inputs)[0])
    # As flat positions these would lie inside.
    for index in ([0, 4], [1, -5], [-6, 3], [1, 1 << 33]):
        inputs = make_inputs(operator, some_indices([2, 2], index))
        with pytest.raises(tilicho.TilichoError, match="lookup"):
            program.run(inputs, timing="off")
