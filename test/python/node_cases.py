# SPDX-License-Identifier: Apache-2.0
"""ONNX's own node tests, with what reaches a shape made constant."""

import pathlib

import numpy
import onnx
from onnx import numpy_helper

FOLDER = pathlib.Path(onnx.__file__).parent / "backend/test/data/node"

# Operands whose values must be known when compiling: in the tests they are
# graph inputs, in models initialisers.
STATIC_OPERANDS = {
    "AffineGrid": [1],
    "BlackmanWindow": [0],
    "CenterCropPad": [1],
    "Col2Im": [1, 2],
    "Compress": [1],
    "ConstantOfShape": [0],
    "CumProd": [1],
    "CumSum": [1],
    "DFT": [1, 2],
    "Dropout": [1, 2],
    "Expand": [1],
    "HammingWindow": [0],
    "HannWindow": [0],
    "Loop": [0, 1],
    "MaxUnpool": [2],
    "OneHot": [1],
    "Pad": [1, 3],
    "Range": [0, 1, 2],
    "Reshape": [1],
    "Resize": [1, 2, 3],
    "STFT": [1, 3],
    "Slice": [1, 2, 3, 4],
    "Split": [1],
    "Squeeze": [1],
    "Tile": [1],
    "TopK": [1],
    "Trilu": [1],
    "Unsqueeze": [1],
    "Upsample": [1],
}
REDUCTIONS = ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod",
              "Sum", "SumSquare")
STATIC_OPERANDS.update({"Reduce" + name: [1] for name in REDUCTIONS})


def names():
    return sorted(path.name for path in FOLDER.iterdir())


def read_tensor(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return tensor


def read_data(folder, prefix):
    """The tensors of files PREFIX_0.pb, ... in order."""
    paths = sorted(folder.glob(prefix + "_*.pb"),
                   key=lambda path: int(path.stem.rsplit("_", 1)[1]))
    return [read_tensor(path) for path in paths]


def static_names(name, graph):
    """Graph inputs that operands with static values are read from, by the node
    that the graph is a function body of, too."""
    found = set()
    if name.endswith("_expanded"):
        whole = FOLDER / name.removesuffix("_expanded") / "model.onnx"
        if whole.exists():
            inner = onnx.load(whole).graph
            places = [value.name for value in inner.input]
            found = {graph.input[places.index(value)].name
                     for value in static_names("", inner) if value in places}
    for node in graph.node:
        for index in STATIC_OPERANDS.get(node.op_type, []):
            if index < len(node.input):
                found.add(node.input[index])
    return found


class Case:
    """A model, its inputs in order, and the expected outputs by name."""

    def __init__(self, name):
        self.name = name
        folder = FOLDER / name
        self.model = onnx.load(folder / "model.onnx")
        data = folder / "test_data_set_0"
        graph = self.model.graph
        tensors = read_data(data, "input")
        wanted = static_names(name, graph)
        self.inputs = []
        kept = []
        for value, tensor in zip(graph.input, tensors):
            tensor.name = value.name
            if value.name in wanted:
                graph.initializer.append(tensor)
            else:
                self.inputs.append(tensor)
                kept.append(value)
        del graph.input[:]
        graph.input.extend(kept)
        self.expected = {
            value.name: numpy_helper.to_array(tensor)
            for value, tensor in zip(graph.output, read_data(data, "output"))
        }

    def operators(self):
        return sorted({node.op_type for node in self.model.graph.node})


def difference(actual, expected, rtol=1e-3, atol=1e-7):
    """What differs, as text, or nothing."""
    if actual.shape != expected.shape:
        return f"shape {actual.shape}, expected {expected.shape}"
    if actual.dtype != expected.dtype:
        if actual.dtype.itemsize != expected.dtype.itemsize:
            return f"type {actual.dtype}, expected {expected.dtype}"
        actual = actual.view(expected.dtype)
    if expected.dtype.kind in "biu":
        if numpy.array_equal(actual, expected):
            return None
        return f"{numpy.sum(actual != expected)} elements differ"
    left = actual.astype(numpy.float64)
    right = expected.astype(numpy.float64)
    if numpy.allclose(left, right, rtol, atol, equal_nan=True):
        return None
    with numpy.errstate(all="ignore"):
        worst = numpy.nanmax(numpy.abs(left - right))
    return f"largest difference {worst}"
