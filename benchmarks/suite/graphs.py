# SPDX-License-Identifier: Apache-2.0
"""The graphs that are measured: kernels by hand, networks from their shapes.

A graph's weights lie in a file of external data that is nearly all zeros: what
a program costs does not depend on values.
"""

import math
import pathlib
import struct

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

TYPES = {"f32": TensorProto.FLOAT, "bf16": TensorProto.BFLOAT16}
BYTES = {"f32": 4, "bf16": 2}


class Graph:
    """Nodes one by one; `add` returns the name of what it makes."""

    def __init__(self, dtype="f32"):
        self.dtype = dtype
        self.nodes, self.inputs, self.weights, self.outputs = [], [], [], []
        self.offset = 0

    def input(self, name, *shape):
        self.inputs.append(
            helper.make_tensor_value_info(name, TYPES[self.dtype], shape))
        return name

    def integers(self, name, *shape):
        self.inputs.append(
            helper.make_tensor_value_info(name, TensorProto.INT64, shape))
        return name

    def output(self, value, *shape):
        self.outputs.append(
            helper.make_tensor_value_info(value, TYPES[self.dtype], shape))

    def weight(self, *shape):
        """An initializer of external data."""
        tensor = TensorProto(name=f"w{len(self.weights)}", dims=shape,
                             data_type=TYPES[self.dtype],
                             data_location=TensorProto.EXTERNAL)
        length = math.prod(shape) * BYTES[self.dtype]
        for key, value in (("location", "weights.bin"),
                           ("offset", self.offset), ("length", length)):
            tensor.external_data.add(key=key, value=str(value))
        self.offset += -(-length // 4096) * 4096
        self.weights.append(tensor)
        return tensor.name

    def number(self, value):
        """A scalar of the graph's type."""
        name = f"w{len(self.weights)}"
        self.weights.append(helper.make_tensor(
            name, TYPES[self.dtype], [], [value]))
        return name

    def shape(self, *values):
        name = f"w{len(self.weights)}"
        self.weights.append(
            numpy_helper.from_array(numpy.array(values, numpy.int64), name))
        return name

    def add(self, op, *inputs, **attributes):
        name = f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name,
                                           **attributes))
        return name

    def save(self, folder, name, opset=23):
        """Writes the model; returns its path."""
        folder = pathlib.Path(folder) / name
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "weights.bin", "wb") as file:
            file.truncate(self.offset)
            for number, tensor in enumerate(self.weights):
                places = {entry.key: entry.value
                          for entry in tensor.external_data}
                if places:  # No two weights are equal, so none is left out.
                    file.seek(int(places["offset"]))
                    file.write(struct.pack("<f", number + 1)[
                        -BYTES[self.dtype]:])
        graph = helper.make_graph(self.nodes, name, self.inputs, self.outputs,
                                  self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", opset)],
            ir_version=11)
        onnx.save(model, folder / "model.onnx")
        return folder / "model.onnx"


# ---- products ----

def gemm(size, dtype="bf16", transposed=False, shape=None):
    """Both operands are inputs."""
    rows, depth, columns = shape or (size, size, size)
    graph = Graph(dtype)
    a = graph.input("a", *((depth, rows) if transposed else (rows, depth)))
    b = graph.input("b", depth, columns)
    y = graph.add("Gemm", a, b, transA=1) if transposed else \
        graph.add("MatMul", a, b)
    graph.output(y, rows, columns)
    return graph


def few_rows(rows, size=4096):
    graph = Graph("bf16")
    y = graph.add("MatMul", graph.input("x", rows, size),
                  graph.weight(size, size))
    graph.output(y, rows, size)
    return graph


def convolution():
    graph = Graph("bf16")
    y = graph.add("Conv", graph.input("x", 1, 256, 224, 224),
                  graph.weight(256, 256, 3, 3))
    graph.output(y, 1, 256, 222, 222)
    return graph


def attention(heads, length, width, dtype="bf16", kv_heads=None):
    """Not causal; queries in groups on fewer heads of keys."""
    kv_heads = kv_heads or heads
    graph = Graph(dtype)
    q = graph.input("q", 1, heads, length, width)
    k = graph.input("k", 1, kv_heads, length, width)
    v = graph.input("v", 1, kv_heads, length, width)
    y = graph.add("Attention", q, k, v)
    graph.output(y, 1, heads, length, width)
    return graph


# ---- the kernels of NKIBench ----

def _normalized(graph, x, width):
    return graph.add("RMSNormalization", x, graph.weight(width), axis=-1,
                     epsilon=1e-6)


def _lora():
    graph = Graph()
    x = graph.input("x", 4096, 5120)
    low = graph.add("MatMul", x, graph.weight(5120, 128))
    high = graph.add("MatMul", low, graph.weight(128, 12288))
    y = graph.add("Add", graph.add("MatMul", x, graph.weight(5120, 12288)),
                  high)
    graph.output(y, 4096, 12288)
    return graph


def _silu(graph, x):
    return graph.add("Mul", x, graph.add("Sigmoid", x))


def _swiglu():
    graph = Graph()
    x = graph.input("x", 4096, 1024)
    gate = _silu(graph, graph.add("MatMul", x, graph.weight(1024, 3072)))
    up = graph.add("MatMul", x, graph.weight(1024, 3072))
    y = graph.add("MatMul", graph.add("Mul", gate, up),
                  graph.weight(3072, 1024))
    graph.output(y, 4096, 1024)
    return graph


def _rmsnorm_matmul(residual):
    graph = Graph()
    x = graph.input("x", 4096, 1024)
    if residual:
        x = graph.add("Add", x, graph.input("r", 4096, 1024))
    y = graph.add("MatMul", _normalized(graph, x, 1024),
                  graph.weight(1024, 2048))
    graph.output(y, 4096, 2048)
    return graph


def _matmul_add_rmsnorm():
    graph = Graph()
    product = graph.add("MatMul", graph.input("x", 4096, 2048),
                        graph.weight(2048, 2048))
    y = _normalized(graph, graph.add("Add", product,
                                     graph.input("r", 4096, 2048)), 2048)
    graph.output(y, 4096, 2048)
    return graph


def _bmm(softmax):
    graph = Graph()
    y = graph.add("MatMul", graph.input("a", 16, 4096, 64),
                  graph.input("b", 16, 64, 4096))
    if softmax:
        y = graph.add("Softmax", y, axis=-1)
    graph.output(y, 16, 4096, 4096)
    return graph


def _mamba(length=7168, channels=256, states=16):
    """h = exp(delta a) h + delta u b; y = h c, for each position."""
    body = Graph()
    infos = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
             for name, shape in (("h", [channels, states]),
                                 ("d", [channels, 1]), ("u", [channels, 1]),
                                 ("b", [1, states]), ("c", [1, states]))}
    decay = body.add("Exp", body.add("Mul", "d", "a"))
    fresh = body.add("Mul", body.add("Mul", "d", "u"), "b")
    state = body.add("Add", body.add("Mul", decay, "h"), fresh)
    out = body.add("ReduceSum", body.add("Mul", state, "c"), keepdims=0,
                   noop_with_empty_axes=0)
    body.nodes[-1].input.append("axis")
    scan = helper.make_graph(
        body.nodes, "step", list(infos.values()),
        [helper.make_tensor_value_info(state, TensorProto.FLOAT,
                                       [channels, states]),
         helper.make_tensor_value_info(out, TensorProto.FLOAT, [channels])])
    graph = Graph()
    for name, width in (("delta", channels), ("input", channels)):
        graph.input(name, length, width, 1)
    for name in ("bs", "cs"):
        graph.input(name, length, 1, states)
    graph.input("a", channels, states)
    graph.input("start", channels, states)
    axis = graph.shape(1)
    graph.weights[-1].name = "axis"
    assert axis
    graph.nodes.append(helper.make_node(
        "Scan", ["start", "delta", "input", "bs", "cs"], ["last", "y"],
        name="scan", num_scan_inputs=4, body=scan))
    graph.output("y", length, channels)
    return graph


def _elementwise(shape):
    graph = Graph()
    y = _silu(graph, graph.input("x", *shape))
    graph.output(y, *shape)
    return graph


def _adamw():
    shape = (10944, 2048)
    graph = Graph()
    p, g, m, v = (graph.input(name, *shape) for name in "pgmv")
    scaled = {key: graph.number(value) for key, value in
              (("b1", 0.9), ("1-b1", 0.1), ("b2", 0.999), ("1-b2", 0.001),
               ("eps", 1e-8), ("rate", 1e-3), ("decay", 1 - 1e-5))}
    first = graph.add("Add", graph.add("Mul", m, scaled["b1"]),
                      graph.add("Mul", g, scaled["1-b1"]))
    square = graph.add("Mul", g, g)
    second = graph.add("Add", graph.add("Mul", v, scaled["b2"]),
                       graph.add("Mul", square, scaled["1-b2"]))
    root = graph.add("Add", graph.add("Sqrt", second), scaled["eps"])
    step = graph.add("Mul", graph.add("Div", first, root), scaled["rate"])
    y = graph.add("Sub", graph.add("Mul", p, scaled["decay"]), step)
    graph.output(y, *shape)
    return graph


def _rope():
    graph = Graph()
    x = graph.input("x", 64, 4096, 128)
    cosine, sine = (graph.input(name, 64, 4096, 64) for name in ("cos", "sin"))
    ends = [graph.shape(value) for value in (0, 64, 128)]
    axis = graph.shape(2)
    low = graph.add("Slice", x, ends[0], ends[1], axis)
    high = graph.add("Slice", x, ends[1], ends[2], axis)
    left = graph.add("Sub", graph.add("Mul", low, cosine),
                     graph.add("Mul", high, sine))
    right = graph.add("Add", graph.add("Mul", high, cosine),
                      graph.add("Mul", low, sine))
    y = graph.add("Concat", left, right, axis=2)
    graph.output(y, 64, 4096, 128)
    return graph


#: By name: how to build it, and NKIBench's roofline in us.
NKIBENCH = {
    "matmul": (lambda: gemm(0, "f32", shape=(4096, 5120, 12288)), 21701),
    "transpose_matmul": (
        lambda: gemm(0, "f32", True, shape=(4096, 2048, 10944)), 7731),
    "lora": (_lora, 22470),
    "swiglu": (_swiglu, 3255),
    "rmsnorm_matmul": (lambda: _rmsnorm_matmul(False), 723),
    "add_rmsnorm_matmul": (lambda: _rmsnorm_matmul(True), 723),
    "matmul_add_rmsnorm": (_matmul_add_rmsnorm, 1447),
    "gqa_full": (lambda: attention(16, 4096, 128, "f32", kv_heads=8), 5787),
    "bmm": (lambda: _bmm(False), 2515),
    "bmm_softmax": (lambda: _bmm(True), 4681),
    "mamba": (_mamba, 819),
    "silu": (lambda: _elementwise((4096, 7168)), 534),
    "adamw": (_adamw, 1018),
    "rope": (_rope, 915),
}
