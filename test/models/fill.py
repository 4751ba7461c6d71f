# SPDX-License-Identifier: Apache-2.0
"""Takes the large initializers out of a model and fills them from a seed.

A stub is an initializer without data whose metadata holds a recipe: "normal
DEVIATION" or "uniform LOW HIGH". Graph files of stubs are small, and every
machine fills them with the same numbers.
"""

import math
import pathlib
import zlib

import numpy
import onnx
from onnx import TensorProto, helper

KEY = "tilicho.fill"
#: Smaller initializers, in bytes, are left as they are.
KEEP = 64
_ALIGNMENT = 4096
#: Nodes that hand a weight on.
_VIEWS = {"Cast", "Identity", "Reshape", "Transpose", "Unsqueeze"}
#: Nodes whose second operand is a factor.
_SCALING = {"Mul", "GroupNormalization", "InstanceNormalization",
            "LayerNormalization", "RMSNormalization"}
_NORMALIZATION = ["", "uniform 0.5 1.5", "normal 0.1", "normal 0.1",
                  "uniform 0.5 1.5"]


def initializer_bytes(tensor):
    """The size of its elements, with or without its data."""
    dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
    return math.prod(tensor.dims) * numpy.dtype(dtype).itemsize


def set_stub(tensor, recipe):
    """Makes the tensor one without data."""
    shape, dtype, name = list(tensor.dims), tensor.data_type, tensor.name
    tensor.Clear()
    tensor.name, tensor.data_type = name, dtype
    tensor.dims.extend(shape)
    tensor.metadata_props.add(key=KEY, value=recipe)


def take_weights_out(model, is_weight=lambda tensor: True, gain=2):
    """Turns every large initializer of floats that is a weight into a stub,
    with a recipe for the node that reads it.

    gain: what a product multiplies the mean square of its input by; 2 makes up
    for a ReLU.
    """
    floats = {TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16}
    readers = _readers(model.graph)
    for tensor in model.graph.initializer:
        if (tensor.data_type in floats and initializer_bytes(tensor) > KEEP
                and is_weight(tensor)):
            node, position = readers[tensor.name]
            set_stub(tensor, _recipe(node, position, tensor.dims, gain))


def _readers(graph):
    """By name, the first node that calculates with a value, and as what."""
    readers = {}
    for node in reversed(graph.node):
        for position, name in enumerate(node.input):
            is_view = node.op_type in _VIEWS and node.output[0] in readers
            readers[name] = (readers[node.output[0]] if is_view
                             else (node, position))
    return readers


def _recipe(node, position, shape, gain):
    """Keeps values near one in size from layer to layer."""
    if node.op_type == "BatchNormalization":
        return _NORMALIZATION[position]
    if node.op_type in _SCALING and (position == 1 or node.op_type == "Mul"):
        return "uniform 0.5 1.5"
    if node.op_type == "Gather" and len(shape) == 2:
        return "normal 1"
    if node.op_type == "Gather":
        return f"normal {math.sqrt(gain / shape[-2]):.6g}"
    if position != 1 or node.op_type in {"Add", "Sum"}:
        return "normal 0.1"
    return f"normal {math.sqrt(gain / _fan_in(node, shape)):.6g}"


def _fan_in(node, shape):
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    if node.op_type == "MatMul":
        return shape[-2]
    if node.op_type == "Gemm":
        return shape[1 if attributes.get("transB", 0) else 0]
    if node.op_type == "ConvTranspose":
        taps = math.prod(shape[2:]) / math.prod(attributes.get("strides", [1]))
        return shape[0] * taps / attributes.get("group", 1)
    return math.prod(shape[1:])


def values_of(tensor, seed):
    """The array that a stub stands for."""
    recipe = next(p.value for p in tensor.metadata_props if p.key == KEY)
    kind, *numbers = recipe.split()
    first, *rest = map(float, numbers)
    source = numpy.random.default_rng([seed, zlib.crc32(tensor.name.encode())])
    shape = tuple(tensor.dims)
    if kind == "normal":
        array = source.standard_normal(shape, numpy.float32)
        array *= numpy.float32(first)
    else:
        array = source.random(shape, numpy.float32)
        array = array * numpy.float32(rest[0] - first) + numpy.float32(first)
    return array.astype(helper.tensor_dtype_to_np_dtype(tensor.data_type))


def is_stub(tensor):
    return any(p.key == KEY for p in tensor.metadata_props)


def write_filled(model, folder, seed=0, rounded=None):
    """Writes the model with its stubs filled, and returns the path of it.

    The data goes to a file of its own beside the graph. rounded: a type of
    NumPy that the weights, stubs or not, are rounded to and read back from.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    filled = onnx.ModelProto()
    filled.CopyFrom(model)
    with open(folder / "weights.bin", "wb") as file:
        for tensor in filled.graph.initializer:
            if is_stub(tensor):
                array = _rounded(values_of(tensor, seed), rounded)
                _set_external(tensor, array, file)
            elif rounded and tensor.data_type == TensorProto.FLOAT:
                array = onnx.numpy_helper.to_array(tensor)
                tensor.CopyFrom(onnx.numpy_helper.from_array(
                    _rounded(array, rounded), tensor.name))
    path = folder / "model.onnx"
    path.write_bytes(filled.SerializeToString())
    return path


def _rounded(array, dtype):
    return array if dtype is None else array.astype(dtype).astype(array.dtype)


def _set_external(tensor, array, file):
    file.seek(-file.tell() % _ALIGNMENT, 1)
    del tensor.metadata_props[:]
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", pathlib.Path(file.name).name),
                       ("offset", file.tell()), ("length", array.nbytes)):
        tensor.external_data.add(key=key, value=str(value))
    file.write(numpy.ascontiguousarray(array).view(numpy.uint8).data)
