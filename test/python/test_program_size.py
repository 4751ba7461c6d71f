# SPDX-License-Identifier: Apache-2.0
"""The size of programs: loops instead of what repeats."""

import numpy
import tilicho
from onnx import TensorProto, helper


def product(rows, inner, columns):
    """A product of matrices and a relu, as the bytes of a model."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["a", "b"], ["c"], name="product"),
            helper.make_node("Relu", ["c"], ["d"], name="relu"),
        ],
        "product",
        [
            value("a", TensorProto.FLOAT, [rows, inner]),
            value("b", TensorProto.FLOAT, [inner, columns]),
        ],
        [value("d", TensorProto.FLOAT, [rows, columns])],
    )
    opset = helper.make_opsetid("", 21)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    return model.SerializeToString()


def test_large_products_are_loops():
    small = tilicho.compile(product(1024, 1024, 1024))
    large = tilicho.compile(product(4096, 4096, 4096))
    # 64 times the work.
    ratio = large.stats["program_bytes"] / small.stats["program_bytes"]
    assert ratio < 8


def test_loops_of_odd_sizes_are_right():
    random = numpy.random.default_rng(1)
    a = random.standard_normal((1500, 2000), dtype=numpy.float32)
    b = random.standard_normal((2000, 1600), dtype=numpy.float32)
    program = tilicho.compile(product(1500, 2000, 1600))
    result = program.run({"a": a, "b": b}, sanitize=True)["d"]
    expected = numpy.maximum(a @ b, 0)
    numpy.testing.assert_allclose(result, expected, rtol=1e-4, atol=2e-3)
