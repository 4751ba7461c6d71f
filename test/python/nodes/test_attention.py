# SPDX-License-Identifier: Apache-2.0
"""Attention of more than a tile, and its companions, against ONNX Runtime."""

import numpy
import onnxruntime
import pytest
import tilicho
from onnx import TensorProto, helper

TYPES = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16,
         "bool": TensorProto.BOOL, "int64": TensorProto.INT64}
BATCH, HEADS, QUERIES, KEYS, WIDTH = 2, 4, 140, 150, 32


def check(operator, opset, inputs, outputs=("y",), tolerance=1e-4,
          **attributes):
    """Both run the node on the inputs; None is an absent one, as is an output
    without a name."""
    names = [name if array is not None else ""
             for name, array in inputs.items()]
    present = {name: array for name, array in inputs.items()
               if array is not None}
    infos = [helper.make_tensor_value_info(name, TYPES[str(array.dtype)],
                                           array.shape)
             for name, array in present.items()]
    first = TYPES[str(next(iter(present.values())).dtype)]
    results = [helper.make_tensor_value_info(name, first, None)
               for name in outputs if name]
    node = helper.make_node(operator, names, outputs, name="node",
                            **attributes)
    model = helper.make_model(
        helper.make_graph([node], "attention", infos, results),
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=11).SerializeToString()
    expected = onnxruntime.InferenceSession(model).run(None, present)
    for level in (0, 2):
        program = tilicho.compile(model, optimization=level)
        actual = program.run(present, timing="off", sanitize=True)
        for info, array in zip(results, expected):
            ours = actual[info.name].astype(numpy.float32)
            theirs = array.astype(numpy.float32)
            largest = numpy.abs(ours - theirs).max()
            assert largest <= tolerance * numpy.abs(theirs).max(), level


def random(*shape, seed=0, dtype=numpy.float32):
    values = numpy.random.default_rng([seed, *shape]).standard_normal(shape)
    return values.astype(dtype)


def heads(kv_heads=HEADS, queries=QUERIES, keys=KEYS, dtype=numpy.float32):
    return {"q": random(BATCH, HEADS, queries, WIDTH, dtype=dtype),
            "k": random(BATCH, kv_heads, keys, WIDTH, seed=1, dtype=dtype),
            "v": random(BATCH, kv_heads, keys, WIDTH, seed=2, dtype=dtype)}


def mask(*shape):
    """True for most, and for the first key of each row."""
    allowed = numpy.random.default_rng(3).random(shape) < 0.8
    allowed[..., 0] = True
    return allowed


@pytest.mark.parametrize("opset", [23, 24])
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_grouped_queries(opset, kv_heads):
    check("Attention", opset, heads(kv_heads))


def test_scale_and_softcap():
    check("Attention", 24, heads(), scale=0.3, softcap=2.0)


def test_causal():
    check("Attention", 24, heads(keys=QUERIES), is_causal=1)


SHAPES = [(QUERIES, KEYS), (1, HEADS, QUERIES, KEYS),
          (BATCH, 1, QUERIES, KEYS)]


@pytest.mark.parametrize("shape", SHAPES)
def test_masks(shape):
    check("Attention", 24, {**heads(), "mask": mask(*shape)})
    check("Attention", 24, {**heads(), "mask": random(*shape, seed=4)})


@pytest.mark.parametrize("shape", SHAPES)
def test_masks_of_grouped_queries(shape):
    check("Attention", 24, {**heads(2), "mask": mask(*shape)})


def test_heads_inside_the_last_dimension():
    inputs = {"q": random(BATCH, QUERIES, HEADS * WIDTH),
              "k": random(BATCH, KEYS, 2 * WIDTH, seed=1),
              "v": random(BATCH, KEYS, 2 * WIDTH, seed=2)}
    check("Attention", 24, inputs, q_num_heads=HEADS, kv_num_heads=2)


def test_past_and_present():
    inputs = {**heads(2, queries=3, keys=3), "mask": None,
              "past_key": random(BATCH, 2, 130, WIDTH, seed=5),
              "past_value": random(BATCH, 2, 130, WIDTH, seed=6)}
    outputs = ("y", "present_key", "present_value")
    check("Attention", 24, inputs, outputs)
    check("Attention", 24, inputs, outputs, is_causal=1)


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_scores_as_an_output(mode):
    check("Attention", 24, {**heads(), "mask": random(QUERIES, KEYS, seed=4)},
          ("y", "", "", "scores"), qk_matmul_output_mode=mode, softcap=2.0)


def test_half_precision():
    check("Attention", 24, heads(dtype=numpy.float16), tolerance=4e-3)


@pytest.mark.parametrize("interleaved", [0, 1])
def test_rotary_embedding(interleaved):
    angles = numpy.outer(numpy.arange(200), 0.9 ** numpy.arange(WIDTH // 2))
    angles = angles.astype(numpy.float32)
    positions = numpy.random.default_rng(0).integers(0, 200, (BATCH, QUERIES))
    check("RotaryEmbedding", 23,
          {"x": random(BATCH, HEADS, QUERIES, WIDTH), "cos": numpy.cos(angles),
           "sin": numpy.sin(angles), "positions": positions},
          interleaved=interleaved)


@pytest.mark.parametrize("operator, opset, attributes", [
    ("RMSNormalization", 23, {"epsilon": 1e-6}),
    ("LayerNormalization", 17, {}),
    ("LayerNormalization", 17, {"axis": 1})])
def test_normalization(operator, opset, attributes):
    shape = (3, 140, 70)
    axis = attributes.get("axis", -1)
    check(operator, opset, {"x": random(*shape),
                            "scale": random(*shape[axis:], seed=1)},
          **attributes)


@pytest.mark.parametrize("operator, opset, attributes", [
    ("Gelu", 20, {}), ("Gelu", 20, {"approximate": "tanh"}),
    ("Swish", 24, {"alpha": 1.3})])
def test_activation(operator, opset, attributes):
    check(operator, opset, {"x": random(140, 70)}, **attributes)
