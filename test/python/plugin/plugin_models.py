# SPDX-License-Identifier: Apache-2.0
"""Small models for ONNX Runtime."""

import numpy

from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def random(*shape, seed=0):
    generator = numpy.random.default_rng(seed)
    return generator.standard_normal(shape).astype(numpy.float32)


def model(nodes, inputs, outputs, constants=(), opset=21):
    """inputs: name to shape of floats, or (type, shape). outputs: names, or
    name to type. constants: name to array."""

    def info(name, given):
        kind, shape = given if isinstance(given, tuple) else (FLOAT, given)
        return helper.make_tensor_value_info(name, kind, shape)

    kinds = outputs if isinstance(outputs, dict) else dict.fromkeys(outputs,
                                                                    FLOAT)
    graph = helper.make_graph(
        nodes, "graph", [info(*item) for item in inputs.items()],
        [info(name, (kind, None)) for name, kind in kinds.items()],
        [numpy_helper.from_array(array, name)
         for name, array in dict(constants).items()])
    return helper.make_model(
        graph, ir_version=10,
        opset_imports=[helper.make_opsetid("", opset)])


def perceptron(batch="N"):
    """Two layers on rows of 8."""
    node = helper.make_node
    return model(
        [node("MatMul", ["x", "w1"], ["a"], "first"),
         node("Relu", ["a"], ["b"], "relu"),
         node("MatMul", ["b", "w2"], ["y"], "second")],
        {"x": [batch, 8]}, ["y"],
        {"w1": random(8, 16, seed=1), "w2": random(16, 4, seed=2)})


def with_strings():
    """A string operator between the halves, which Tilicho does not take."""
    node = helper.make_node
    return model(
        [node("MatMul", ["x", "w1"], ["a"], "before"),
         node("Cast", ["a"], ["text"], "to_text", to=TensorProto.STRING),
         node("Cast", ["text"], ["b"], "from_text", to=FLOAT),
         node("Add", ["a", "b"], ["c"], "sum"),
         node("MatMul", ["c", "w2"], ["y"], "after")],
        {"x": [3, 8]}, ["y"],
        {"w1": numpy.eye(8, dtype=numpy.float32), "w2": random(8, 4)})


def with_branches():
    """An If whose branches multiply matrices of the outer graph."""
    node = helper.make_node

    def branch(name, weights):
        return helper.make_graph(
            [node("MatMul", ["x", weights], [name + "_y"], name + "_product")],
            name, [], [helper.make_tensor_value_info(name + "_y", FLOAT, None)])

    return model(
        [node("If", ["flag"], ["chosen"], "choice",
              then_branch=branch("yes", "w1"), else_branch=branch("no", "w2")),
         node("Relu", ["chosen"], ["y"], "relu")],
        {"flag": (TensorProto.BOOL, []), "x": [3, 8]}, ["y"],
        {"w1": random(8, 4, seed=1), "w2": random(8, 4, seed=2)})


def with_loop():
    """Multiplies a state by a matrix as often as the caller says."""
    node = helper.make_node
    body = helper.make_graph(
        [node("Identity", ["go"], ["go_on"], "keep"),
         node("MatMul", ["state", "w"], ["product"], "product"),
         node("Tanh", ["product"], ["next"], "tanh")],
        "body",
        [helper.make_tensor_value_info("step", TensorProto.INT64, []),
         helper.make_tensor_value_info("go", TensorProto.BOOL, []),
         helper.make_tensor_value_info("state", FLOAT, [3, 8])],
        [helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
         helper.make_tensor_value_info("next", FLOAT, [3, 8])])
    return model(
        [node("Loop", ["count", "", "x"], ["y"], "loop", body=body)],
        {"count": (TensorProto.INT64, []), "x": [3, 8]}, ["y"],
        {"w": random(8, 8)})


def transformer(width=16, heads=2):
    """A block of self-attention with open batch and length."""
    node = helper.make_node
    each = width // heads
    constants = {name: random(width, width, seed=seed) / 4
                 for seed, name in enumerate(["wq", "wk", "wv", "wo"])}
    constants |= {"split": numpy.array([0, 0, heads, each]),
                  "joined": numpy.array([0, 0, width]),
                  "scale": numpy.array(each ** -0.5, numpy.float32),
                  "gamma": random(width, seed=5), "beta": random(width, seed=6),
                  "up": random(width, 32, seed=7) / 4,
                  "down": random(32, width, seed=8) / 4}
    nodes = []
    for name, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]),
                        ("v", [0, 2, 1, 3])):
        nodes += [node("MatMul", ["x", "w" + name], [name]),
                  node("Reshape", [name, "split"], [name + "_split"]),
                  node("Transpose", [name + "_split"], [name + "_heads"],
                       perm=order)]
    nodes += [
        node("MatMul", ["q_heads", "k_heads"], ["scores"]),
        node("Mul", ["scores", "scale"], ["scaled"]),
        node("Softmax", ["scaled"], ["weights"]),
        node("MatMul", ["weights", "v_heads"], ["mixed"]),
        node("Transpose", ["mixed"], ["rows"], perm=[0, 2, 1, 3]),
        node("Reshape", ["rows", "joined"], ["flat"]),
        node("MatMul", ["flat", "wo"], ["attended"]),
        node("Add", ["x", "attended"], ["residual"]),
        node("LayerNormalization", ["residual", "gamma", "beta"], ["normal"]),
        node("MatMul", ["normal", "up"], ["wide"]),
        node("Gelu", ["wide"], ["active"]),
        node("MatMul", ["active", "down"], ["narrow"]),
        node("Add", ["normal", "narrow"], ["y"])]
    for index, one in enumerate(nodes):
        one.name = f"{one.op_type}_{index}"
    return model(nodes, {"x": ["N", "T", width]}, ["y"], constants)


