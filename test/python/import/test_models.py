# SPDX-License-Identifier: Apache-2.0
"""Models that import: opsets, weights, names, dimensions, functions."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models import imported, parse

NAMES = "m (float[1,40] x) => (float[1,40] y) { y = MatMul(x, w) }"


def weight(dtype=np.float32):
    values = np.arange(1600, dtype=np.float32).reshape(40, 40)
    return numpy_helper.from_array(values.astype(dtype), "w")


def test_names_and_locations(tmp_path):
    module = imported(parse("""m (float[2] x) => (float[2] y)
        { [here] t = Neg(x) y = Sin(t) }"""), tmp_path)
    assert 'onnx.name = "x"' in module and 'onnx.name = "y"' in module
    assert 'onnx.values = ["t"]' in module
    assert 'loc("here")' in module and 'loc("Sin_1")' in module


def test_named_and_placed_dimensions(tmp_path):
    text = "m (float[N,?] x) => (float[N,M] y) { y = Neg(x) }"
    module = imported(parse(text), tmp_path, "--dim=N=2", "--dim=x.1=3")
    assert "-> (tensor<2x3xf32>" in module


def test_nodes_out_of_order(tmp_path):
    module = imported(parse("""m (float[2] x) => (float[2] y)
        { y = Sin(t) t = Neg(x) }"""), tmp_path)
    assert module.index("onnx.Neg") < module.index("onnx.Sin")


def test_weights_wherever_they_lie(tmp_path):
    """In the file, beside it, and in the fields of a type: the same bytes."""
    raw = parse(NAMES)
    raw.graph.initializer.append(weight())
    typed = parse(NAMES)
    typed.graph.initializer.append(helper.make_tensor(
        "w", TensorProto.FLOAT, [40, 40], np.arange(1600, dtype=np.float32)))
    constant = parse(NAMES)
    constant.graph.node.insert(0, helper.make_node("Constant", [], ["w"],
                                                   value=weight()))
    (tmp_path / "data.bin").write_bytes(b"skip" + weight().raw_data)
    outside = parse(NAMES)
    tensor = outside.graph.initializer.add(
        name="w", dims=[40, 40], data_type=TensorProto.FLOAT,
        data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="data.bin")
    tensor.external_data.add(key="offset", value="4")

    modules = [imported(model, tmp_path)
               for model in (raw, typed, constant, outside)]
    digits = weight().raw_data.hex().upper()
    assert all(digits in module for module in modules)
    assert all('dense_resource<"w">' in module or "dense_resource<w>" in module
               for module in modules)


def test_types_of_small_constants(tmp_path):
    for dtype, values, text in [
            (TensorProto.BOOL, [True, False], "[true, false]> : tensor<2xi1>"),
            (TensorProto.FLOAT16, [1.5, -2], "[1.500000e+00, -2.000000e+00]> : "
             "tensor<2xf16>"),
            (TensorProto.BFLOAT16, [1.5, -2], "[1.500000e+00, -2.000000e+00]> "
             ": tensor<2xbf16>"),
            (TensorProto.UINT8, [255, 1], "[255, 1]> : tensor<2xui8>"),
            (TensorProto.INT8, [-1, 1], "[-1, 1]> : tensor<2xi8>"),
            (TensorProto.INT4, [-8, 7], "[-8, 7]> : tensor<2xi4>"),
            (TensorProto.FLOAT8E4M3FN, [1.5, 448], "tensor<2xf8E4M3FN>"),
            (TensorProto.STRING, ["a", "b"], 'tensor<2x!onnx.string>')]:
        name = onnx.TensorProto.DataType.Name(dtype).lower()
        model = parse(f"m (float[2] x) => ({name}[2] y) {{ y = Identity(c) }}",
                      opset=27, ir=13)
        model.graph.initializer.append(helper.make_tensor("c", dtype, [2],
                                                          values))
        assert text in imported(model, tmp_path), name


def test_old_opset(tmp_path):
    """Initializers are inputs as well, axes an attribute, broadcast older."""
    model = parse("""m (float[1,2] x, float[2] b) => (float[2] y)
        { s = Add(x, b) y = Squeeze <axes = [0]> (s) }""", opset=7, ir=3)
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([1, 2], np.float32), "b"))
    module = imported(model, tmp_path)
    assert "(%arg0: tensor<1x2xf32>" in module and "%arg1" not in module
    assert "onnx.Squeeze %" in module
    assert "axes" not in module


def test_functions_of_the_model(tmp_path):
    model = parse("m (float[2] x) => (float[2] y) { y = f.twice(x) }",
                  imports=', "f" : 1')
    model.functions.append(helper.make_function(
        "f", "twice", ["a"], ["b"],
        [helper.make_node("Neg", ["a"], ["t"]),
         helper.make_node("Sin", ["t"], ["b"])],
        [helper.make_opsetid("", 21)]))
    module = imported(model, tmp_path)
    assert "onnx.Neg" in module and "onnx.Sin" in module


def test_body_keeps_the_name_of_its_node(tmp_path):
    module = imported(parse("""m (float[1,2,4,8] q) => (float[1,2,4,8] y)
        { [heads] y = Attention(q, q, q) }""", opset=23, ir=11), tmp_path)
    assert "onnx.Softmax" in module and 'loc("heads")' in module


def test_shape_arithmetic_disappears(tmp_path):
    module = imported(parse("""m (float[N,3,4] x) => (float[N,M] y) {
        s = Shape(x)
        zero = Constant <value_int = 0> ()
        axes = Constant <value_ints = [0]> ()
        rest = Constant <value_ints = [-1]> ()
        n = Gather(s, zero)
        n1 = Unsqueeze(n, axes)
        shape = Concat <axis = 0> (n1, rest)
        y = Reshape(x, shape) }"""), tmp_path, "--dim=N=5")
    assert "onnx.Shape" not in module and "tensor<5x12xf32>" in module


def test_saved_stages(tmp_path):
    """Text and bytecode of a stage compile further, to the same module."""
    model = parse(NAMES)
    model.graph.initializer.append(weight())
    text = imported(model, tmp_path)
    for suffix in ("mlir", "mlirbc"):
        saved = tmp_path / f"saved.{suffix}"
        imported(model, tmp_path, "-o", saved)
        again = imported(saved.read_bytes(), tmp_path)
        assert again.count("\n") == text.count("\n")
        assert weight().raw_data.hex().upper() in again
