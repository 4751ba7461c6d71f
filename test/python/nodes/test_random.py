# SPDX-License-Identifier: Apache-2.0
"""Random numbers: their bits, their distribution, and that they are the same
however a program is compiled and run."""

import math

import numpy
import pytest
import tilicho
from onnx import TensorProto, TypeProto, helper, shape_inference

COUNT = 20001
FLOAT = TensorProto.FLOAT


def threefry(key, first, second):
    """Threefry-2x32 with 20 rounds, as its authors state it."""
    u32 = numpy.uint32
    keys = [u32(key[0]), u32(key[1]), u32(0x1BD11BDA ^ key[0] ^ key[1])]
    with numpy.errstate(over="ignore"):
        x, y = first + keys[0], second + keys[1]
        for group in range(1, 6):
            for turn in ((17, 29, 16, 24), (13, 15, 26, 6))[group % 2]:
                x = x + y
                y = ((y << u32(turn)) | (y >> u32(32 - turn))) ^ x
            x = x + keys[group % 3]
            y = y + keys[(group + 1) % 3] + u32(group)
    return x, y


def model(nodes, inputs=(), results=("y",)):
    graph = helper.make_graph(nodes, "drawn", list(inputs), [
        helper.make_value_info(name, TypeProto()) for name in results])
    whole = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    return shape_inference.infer_shapes(whole)


def draw(op, shape=(COUNT,), **attributes):
    """Like a tensor that is given when running, so that nothing is folded."""
    x = helper.make_tensor_value_info("x", FLOAT, shape)
    node = helper.make_node(op + "Like", ["x"], ["y"], **attributes)
    return run(model([node], [x]), {"x": numpy.zeros(shape, numpy.float32)})


def run(onnx_model, feeds, threads=1, **options):
    program = tilicho.compile(onnx_model.SerializeToString(), **options)
    found = program.run(feeds, sanitize=True, timing="off", threads=threads)
    return found if len(found) > 1 else next(iter(found.values()))


def farthest(values, distribution):
    """Kolmogorov and Smirnov's distance, times the root of the count."""
    values = numpy.sort(values.astype(numpy.float64))
    expected = numpy.array([distribution(value) for value in values])
    steps = numpy.arange(len(values) + 1) / len(values)
    distance = max(numpy.max(steps[1:] - expected), numpy.max(expected - steps[:-1]))
    return distance * math.sqrt(len(values))


# One seed in a million has a larger distance.
MOST = 2.7


def test_threefry_has_the_published_answers():
    zero = numpy.zeros(1, numpy.uint32)
    assert [int(word[0]) for word in threefry((0, 0), zero, zero)] == [0x6B200159, 0x99BA4EFE]


# The last one is too long to be part of the program.
@pytest.mark.parametrize("count", [1, 2, 5, 2049, 40001])
def test_uniform_is_threefry(count):
    found = draw("RandomUniform", (count,), seed=1.5)
    pairs = (count + 1) // 2
    key = int(numpy.float32(1.5).view(numpy.uint32)), 1
    words = threefry(key, numpy.arange(pairs, dtype=numpy.uint32),
                     numpy.zeros(pairs, numpy.uint32))
    expected = (numpy.concatenate(words)[:count] >> 8).astype(numpy.float32) * 2.0 ** -24
    assert numpy.array_equal(found, expected.astype(numpy.float32))


def test_uniform():
    values = draw("RandomUniform", seed=3.0, low=-2.0, high=4.0)
    assert values.min() >= -2 and values.max() <= 4
    assert abs(values.mean() - 1) < 5 * math.sqrt(3 / COUNT)
    assert abs(values.var() - 3) < 0.1
    assert farthest(values, lambda value: (value + 2) / 6) < MOST
    pairs = numpy.corrcoef(values[:-1], values[1:])[0, 1]
    assert abs(pairs) < 5 / math.sqrt(COUNT)


def test_normal():
    values = draw("RandomNormal", (3, 6667), seed=4.0, mean=1.0, scale=2.0).ravel()
    assert abs(values.mean() - 1) < 5 * 2 / math.sqrt(COUNT)
    assert abs(values.std() - 2) < 0.05
    assert farthest(values, lambda value: (1 + math.erf((value - 1) / 2 / math.sqrt(2))) / 2) < MOST


@pytest.mark.parametrize("dtype", ["FLOAT16", "BFLOAT16", "DOUBLE"])
def test_other_types(dtype):
    values = draw("RandomNormal", (999,), seed=4.0, dtype=TensorProto.DataType.Value(dtype))
    assert values.dtype == helper.tensor_dtype_to_np_dtype(TensorProto.DataType.Value(dtype))
    expected = draw("RandomNormal", (999,), seed=4.0)
    numpy.testing.assert_allclose(values.astype(numpy.float32), expected, rtol=1e-2)


def test_multinomial():
    chances = numpy.array([[0.1, 0.2, 0.0, 0.7], [0.25, 0.25, 0.25, 0.25]])
    with numpy.errstate(divide="ignore"):
        logits = numpy.log(chances).astype(numpy.float32) + 3
    x = helper.make_tensor_value_info("x", FLOAT, logits.shape)
    node = helper.make_node("Multinomial", ["x"], ["y"], sample_size=5000, seed=5.0)
    found = run(model([node], [x]), {"x": logits})
    assert found.shape == (2, 5000) and found.dtype == numpy.int32
    for row, expected in zip(found, chances):
        shares = numpy.bincount(row, minlength=4) / 5000
        assert shares[expected == 0].sum() == 0
        assert numpy.abs(shares - expected).max() < 5 * math.sqrt(0.25 / 5000)


def test_bernoulli():
    x = helper.make_tensor_value_info("x", FLOAT, (COUNT,))
    node = helper.make_node("Bernoulli", ["x"], ["y"])
    found = run(model([node], [x]), {"x": numpy.full(COUNT, 0.3, numpy.float32)})
    assert set(found) == {0, 1}
    assert abs(found.mean() - 0.3) < 5 * math.sqrt(0.21 / COUNT)


@pytest.mark.parametrize("training", [False, True])
def test_dropout(training):
    x = helper.make_tensor_value_info("x", FLOAT, (COUNT,))
    ratio = helper.make_tensor_value_info("r", FLOAT, ())
    mode = helper.make_tensor_value_info("t", TensorProto.BOOL, ())
    node = helper.make_node("Dropout", ["x", "r", "t"], ["y", "m"])
    values = numpy.arange(1, COUNT + 1, dtype=numpy.float32)
    found = run(model([node], [x, ratio, mode], ("y", "m")),
                {"x": values, "r": numpy.float32(0.25), "t": numpy.bool_(training)})
    mask = found["m"]
    numpy.testing.assert_allclose(found["y"], values * mask / (0.75 if training else 1), rtol=1e-6)
    if training:
        assert abs(mask.mean() - 0.75) < 5 * math.sqrt(0.1875 / COUNT)
    else:
        assert mask.all()


def two_nodes(**attributes):
    return model([helper.make_node("RandomUniform", [], [name], shape=[64], **attributes)
                  for name in ("y", "z")], results=("y", "z"))


def test_nodes_without_a_seed_have_their_own():
    found = run(two_nodes(), {})
    assert not numpy.any(found["y"] == found["z"])
    again = run(two_nodes(), {})
    assert all(numpy.array_equal(found[name], again[name]) for name in found)
    same = run(two_nodes(seed=7.0), {})
    assert numpy.array_equal(same["y"], same["z"])


def test_bits_do_not_depend_on_how_they_are_made():
    x = helper.make_tensor_value_info("x", FLOAT, (333, 131))
    node = helper.make_node("RandomNormalLike", ["x"], ["y"], seed=2.0)
    feeds = {"x": numpy.zeros((333, 131), numpy.float32)}
    whole = model([node], [x])
    expected = run(whole, feeds)
    for options in ({"threads": 2}, {"optimization": 0}, {"machine": "edge"}):
        assert numpy.array_equal(run(whole, feeds, **options), expected), options
