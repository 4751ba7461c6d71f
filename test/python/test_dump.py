# SPDX-License-Identifier: Apache-2.0
"""Values inside the graph, by name, against ONNX Runtime's."""

import os
import pathlib
import subprocess

import ml_dtypes
import numpy
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build")) / "bin"


class Graph:
    """Builds a model whose weights come from a seed."""

    def __init__(self):
        self.source = numpy.random.default_rng(5)
        self.nodes, self.weights = [], []

    def weight(self, name, *shape, scale=0.2, dtype=numpy.float32):
        array = self.source.normal(0, scale, shape).astype(dtype)
        return self.constant(name, array)

    def constant(self, name, array):
        array = numpy.asarray(array)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def add(self, op, inputs, outputs, **attributes):
        names = outputs.split()
        self.nodes.append(helper.make_node(
            op, inputs.split(), names, name=f"make_{names[0]}", **attributes))

    def model(self, shape, output):
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes, "g", [value("x", TensorProto.FLOAT, shape)],
            [value(output, TensorProto.FLOAT, None)], self.weights)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def chain():
    """Element operations, a value that two read, and names of one memory."""
    graph = Graph()
    graph.add("Neg", "x", "a")
    graph.add("Exp", "a", "b")
    graph.add("Identity", "b", "same")
    graph.add("Sqrt", "same", "c")
    graph.add("Add", "c x", "d")
    graph.constant("shape", numpy.array([-1], numpy.int64))
    graph.add("Reshape", "d shape", "flat")
    graph.add("Tanh", "flat", "y")
    return graph.model([3, 50], "y")


def convolutions():
    """Epilogues, residents of more than one block, depthwise, pooling."""
    graph = Graph()
    graph.weight("w", 160, 3, 3, 3)
    graph.weight("v", 160, 1, 3, 3)
    graph.weight("u", 8, 320, 1, 1)
    graph.weight("scale", 160, scale=1)
    graph.weight("bias", 160)
    graph.constant("mean", numpy.zeros(160, numpy.float32))
    graph.constant("variance", numpy.ones(160, numpy.float32))
    graph.add("Conv", "x w", "conv", pads=[1, 1, 1, 1])
    graph.add("BatchNormalization", "conv scale bias mean variance", "norm")
    graph.add("Relu", "norm", "relu")
    graph.add("Conv", "relu v", "depth", group=160, pads=[1, 1, 1, 1])
    graph.add("Concat", "relu depth", "joined", axis=1)
    graph.add("MaxPool", "joined", "pooled", kernel_shape=[2, 2],
              strides=[2, 2])
    graph.add("Conv", "pooled u", "last")
    graph.add("GlobalAveragePool", "last", "y")
    return graph.model([2, 3, 10, 10], "y")


def transformer():
    """A block of attention and a layer behind it."""
    graph = Graph()
    for name in "qkvo":
        graph.weight("w" + name, 64, 64)
    graph.weight("up", 64, 160)
    graph.weight("down", 160, 64)
    graph.weight("scale", 64, scale=1)
    graph.weight("shift", 64)
    graph.constant("heads", numpy.array([1, 40, 4, 16], numpy.int64))
    graph.constant("whole", numpy.array([1, 40, 64], numpy.int64))
    graph.constant("root", numpy.float32(0.25))
    graph.add("LayerNormalization", "x scale shift", "normal", axis=-1)
    for name in "qkv":
        graph.add("MatMul", f"normal w{name}", name)
        graph.add("Reshape", f"{name} heads", f"{name}_split")
        order = [0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]
        graph.add("Transpose", f"{name}_split", f"{name}_heads", perm=order)
    graph.add("MatMul", "q_heads k_heads", "scores")
    graph.add("Mul", "scores root", "scaled")
    graph.add("Softmax", "scaled", "weights", axis=-1)
    graph.add("MatMul", "weights v_heads", "context")
    graph.add("Transpose", "context", "turned", perm=[0, 2, 1, 3])
    graph.add("Reshape", "turned whole", "merged")
    graph.add("MatMul", "merged wo", "attention")
    graph.add("Add", "attention x", "residual")
    graph.add("MatMul", "residual up", "wide")
    graph.add("Sigmoid", "wide", "gate")
    graph.add("Mul", "wide gate", "active")
    graph.add("MatMul", "active down", "narrow")
    graph.add("Add", "narrow residual", "y")
    return graph.model([1, 40, 64], "y")


def quantized():
    """Integers, and shape arithmetic that is folded."""
    graph = Graph()
    graph.constant("step", numpy.float32(0.05))
    graph.constant("zero", numpy.int8(3))
    graph.constant("w", graph.source.integers(-9, 9, (32, 24)).astype("int8"))
    graph.constant("wzero", numpy.int8(0))
    graph.constant("minus", numpy.array([-1], numpy.int64))
    graph.add("QuantizeLinear", "x step zero", "q")
    graph.add("MatMulInteger", "q w zero wzero", "product")
    graph.add("Cast", "product", "float", to=TensorProto.FLOAT)
    graph.add("Shape", "float", "shape")
    graph.add("ReduceProd", "shape", "count", keepdims=1)
    graph.add("Concat", "count minus", "target", axis=0)
    graph.add("Reshape", "float target", "column")
    graph.add("ArgMax", "float", "best", axis=1, keepdims=0)
    graph.add("Cast", "best", "place", to=TensorProto.FLOAT)
    graph.add("Add", "column place", "y")
    return graph.model([6, 32], "y")


MODELS = [chain, convolutions, transformer, quantized]


def names_of(model):
    return [name for node in model.graph.node for name in node.output]


def expected_values(model, inputs):
    every = onnx.ModelProto()
    every.CopyFrom(model)
    del every.graph.output[:]
    every.graph.output.extend(
        helper.make_empty_tensor_value_info(name) for name in names_of(model))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = \
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(every.SerializeToString(), options)
    return dict(zip(names_of(model), session.run(names_of(model), inputs)))


class Case:
    def __init__(self, model, folder):
        self.folder = folder
        self.model = model
        onnx.save(model, folder / "m.onnx")
        shape = [dim.dim_value
                 for dim in model.graph.input[0].type.tensor_type.shape.dim]
        x = numpy.random.default_rng(7).normal(size=shape).astype("float32")
        numpy.savez(folder / "x.npz", x=x)
        self.expected = expected_values(model, {"x": x})

    def tool(self, name, *arguments):
        return subprocess.run([BIN / name, *arguments], capture_output=True,
                              text=True, cwd=self.folder)

    def compile(self, *flags):
        done = self.tool("tilicho-compile", "m.onnx", *flags)
        assert done.returncode == 0, done.stderr

    def dump(self, names):
        done = self.tool("tilicho-run", "m.tlx", "--inputs=x.npz",
                         "--sanitize", "--outputs=y.npz", f"--dump={names}")
        assert done.returncode == 0, done.stderr
        self.text = done.stdout
        with numpy.load(self.folder / "y.npz") as arrays:
            return dict(arrays)

    def check(self, actual, tolerance):
        for name, array in actual.items():
            expected = self.expected[name].astype("float64")
            if array.dtype.kind == "V":
                array = array.view(ml_dtypes.bfloat16)
            assert array.shape == expected.shape, name
            error = numpy.abs(array.astype("float64") - expected).max()
            assert error <= tolerance * max(1, numpy.abs(expected).max()), name


@pytest.fixture(params=MODELS, ids=lambda model: model.__name__)
def case(request, tmp_path):
    return Case(request.param(), tmp_path)


def test_all_values_exist_without_optimisation(case):
    case.compile("-O0")
    actual = case.dump("all")
    assert sorted(actual) == sorted(names_of(case.model))
    case.check(actual, 1e-5)


@pytest.mark.parametrize("flags", [["-O1"], ["-O2"], ["-O3"],
                                   ["-O2", "--machine=trn2"],
                                   ["-O2", "--machine=edge"],
                                   ["-O2", "--set=psum.bank_bytes=64"]],
                         ids=" ".join)
def test_what_is_not_dumped_is_named(case, flags):
    case.compile(*flags)
    actual = case.dump("all")
    case.check(actual, 1e-5)
    missing = set(names_of(case.model)) - set(actual)
    assert bool(missing) == ("-O0" in case.text)
    assert len(missing) > 8 or all(name in case.text for name in missing)


def test_values_of_a_lower_precision(case):
    for level in ("-O0", "-O2"):
        case.compile(level, "--precision=bf16")
        case.check(case.dump("all"), 0.05)


def test_values_by_name(tmp_path):
    case = Case(convolutions(), tmp_path)
    case.compile()
    assert sorted(case.dump("joined,y")) == ["joined", "y"]
    run = ["tilicho-run", "m.tlx", "--inputs=x.npz", "--outputs=z.npz"]
    fused = case.tool(*run, "--dump=conv,joined")
    assert fused.returncode == 1
    assert "conv" in fused.stderr and "-O0" in fused.stderr
    unknown = case.tool(*run, "--dump=nothing")
    assert unknown.returncode == 1
    assert "no value nothing" in unknown.stderr
    assert not (tmp_path / "z.npz").exists()


def test_a_value_that_a_loop_writes(tmp_path):
    """It is whole after the last run of the loop's body."""
    graph = Graph()
    for name in "wv":
        graph.weight(name, 32, 32, 3, 3, scale=0.05)
    graph.add("Conv", "x w", "first", pads=[1, 1, 1, 1])
    graph.add("Relu", "first", "between")
    graph.add("Conv", "between v", "y", pads=[1, 1, 1, 1])
    case = Case(graph.model([1, 32, 112, 56], "y"), tmp_path)
    case.compile("--set=psum.bank_bytes=128")
    text = case.tool("tilicho-objdump", "m.tlx").stdout
    piece = next(line for line in text.splitlines()
                 if line.startswith(".piece sbuf"))
    assert int(piece.split()[-1]) > 0, piece
    case.check(case.dump("between"), 1e-5)
