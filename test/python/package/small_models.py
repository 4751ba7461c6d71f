# SPDX-License-Identifier: Apache-2.0
"""Makes models of a few nodes."""

from onnx import helper, numpy_helper


def make_model(nodes, inputs, outputs, constants=(), opset=21):
    """A model; inputs and outputs are (name, type, shape)."""
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "small",
        [info(*each) for each in inputs],
        [info(*each) for each in outputs],
        [numpy_helper.from_array(array, name) for name, array in constants],
    )
    opsets = [helper.make_opsetid("", opset)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10 if opset < 24 else 11)
