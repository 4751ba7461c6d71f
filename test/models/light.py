# SPDX-License-Identifier: Apache-2.0
"""The light_* models of the onnx package with stubs in place of weights.

As they come, each weight is one constant repeated, so that a wrong layout
shows nothing.
"""

import pathlib

import numpy
import onnx
from onnx import TensorProto, numpy_helper

import fill

FOLDER = pathlib.Path(onnx.__file__).parent / "backend/test/data/light"
NAMES = ["bvlc_alexnet", "densenet121", "inception_v1", "inception_v2",
         "resnet50", "shufflenet", "squeezenet", "vgg19", "zfnet512"]


def original_path(name):
    return FOLDER / f"light_{name}.onnx"


def original_input(info):
    """What the expected outputs of the package were made from."""
    shape = [dim.dim_value for dim in info.type.tensor_type.shape.dim]
    count = numpy.prod(shape)
    return (numpy.arange(count).reshape(shape) / count).astype(numpy.float32)


def original_output(name):
    tensor = TensorProto()
    tensor.ParseFromString((FOLDER / f"light_{name}_output_0.pb").read_bytes())
    return numpy_helper.to_array(tensor)


def graph_inputs(model):
    """Those that the caller gives."""
    constants = {tensor.name for tensor in model.graph.initializer}
    return [i for i in model.graph.input if i.name not in constants]


def load(name, batch=1):
    """The model with stubs, its softmax cut off, for a batch of any size."""
    model = onnx.load(original_path(name))
    # The first in which an initializer need not be an input.
    model.ir_version = 4
    _cut_softmax(model.graph)
    _make_stubs(model.graph)
    _drop_unused(model.graph)
    _set_batch(model.graph, batch)
    fill.take_weights_out(model)
    return model


def _cut_softmax(graph):
    if graph.node[-1].op_type == "Softmax":
        graph.output[0].name = graph.node.pop().input[0]


def _make_stubs(graph):
    """Initializers in place of ConstantOfShape."""
    shapes = {tensor.name: numpy_helper.to_array(tensor)
              for tensor in graph.initializer}
    for node in [n for n in graph.node if n.op_type == "ConstantOfShape"]:
        graph.initializer.add(name=node.output[0], data_type=TensorProto.FLOAT,
                              dims=shapes[node.input[0]])
        graph.node.remove(node)


def _drop_unused(graph):
    read = {name for node in graph.node for name in node.input}
    used = [tensor for tensor in graph.initializer if tensor.name in read]
    del graph.initializer[:]
    graph.initializer.extend(used)
    constants = {tensor.name for tensor in used}
    for info in list(graph.input):
        if info.name in constants or info.name not in read:
            graph.input.remove(info)


def _set_batch(graph, batch):
    for info in [*graph.input, *graph.output]:
        info.type.tensor_type.shape.dim[0].dim_value = batch
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Reshape" and node.input[1] in constants:
            tensor = constants[node.input[1]]
            shape = numpy_helper.to_array(tensor).copy()
            if shape[0] == 1:
                shape[0] = batch
                tensor.CopyFrom(numpy_helper.from_array(shape, tensor.name))
