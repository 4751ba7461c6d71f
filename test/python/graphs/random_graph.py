# SPDX-License-Identifier: Apache-2.0
"""A model made of a seed: values, and the operators that make more of them.

Every value is f32 and of order one, so that errors compare to the largest value;
what an operator compares or casts comes from the inputs, where no rounding that
differs can flip it.
"""

import math
import random

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 20
MOST_ELEMENTS = 200_000
EXTENTS = (1, 2, 3, 5, 8, 16, 31, 32, 33, 64, 65, 128, 130, 200)


class RandomGraph:
    """Nodes so far, with the shape of each value that more nodes may read."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.numbers = numpy.random.default_rng(seed)
        self.nodes, self.initializers = [], []
        self.inputs, self.shapes = {}, {}
        self.used = set()

    def name(self, prefix):
        return f"{prefix}{len(self.nodes)}_{len(self.initializers)}"

    def input(self, shape):
        name = f"x{len(self.inputs)}"
        self.inputs[name] = self.shapes[name] = tuple(shape)

    def constant(self, array):
        name = self.name("c")
        self.initializers.append(numpy_helper.from_array(numpy.asarray(array), name))
        return name

    def index(self, *values):
        return self.constant(numpy.array(values, numpy.int64))

    def weights(self, *shape, terms=1):
        """Seeded weights that keep a sum of so many `terms` of order one."""
        scale = 1 / math.sqrt(terms)
        return self.constant((self.numbers.standard_normal(shape) * scale).astype("f"))

    def hidden(self, operator, inputs, **attributes):
        """Adds a node whose value only its own maker reads."""
        output = self.name("h")
        self.used.update(inputs)
        self.nodes.append(
            helper.make_node(operator, inputs, [output], name=output, **attributes)
        )
        return output

    def add(self, operator, inputs, *shapes, **attributes):
        """Adds a node whose outputs have these shapes; returns the first."""
        base = self.name("v")
        outputs = [f"{base}_{i}" for i in range(len(shapes))]
        self.used.update(inputs)
        self.nodes.append(helper.make_node(operator, inputs, outputs, name=base, **attributes))
        self.shapes.update(zip(outputs, map(tuple, shapes)))
        return outputs[0]

    def pick(self, accepts=lambda shape: True):
        """A value that suits, rather a late one; None if there is none."""
        values = [name for name, shape in self.shapes.items() if accepts(shape)]
        if not values:
            return None, ()
        late = self.random.random() < 0.75
        name = self.random.choice(values[-6:] if late else values)
        return name, self.shapes[name]

    def is_odd(self, share):
        return self.random.random() < share


def size(shape):
    return math.prod(shape)


# --- elementwise ---------------------------------------------------------------


def unary(g):
    value, shape = g.pick()
    operators = ("Relu", "Sigmoid", "Tanh", "Abs", "Neg", "Erf", "Softplus", "HardSigmoid",
                 "Identity", "Gelu", "LeakyRelu", "Elu", "Mish", "HardSwish")  # fmt: skip
    g.add(g.random.choice(operators), [value], shape)


def broadcast(g):
    """With a value or a constant that broadcasts with it, on either side."""
    value, shape = g.pick()
    other, full = value, shape
    if g.is_odd(0.5):
        dims = [extent if g.is_odd(0.5) else 1 for extent in shape]
        other = g.weights(*dims[g.random.randint(0, len(dims)) :])
    else:
        other, second = g.pick(lambda s: broadcasts(s, shape))
        full = numpy.broadcast_shapes(shape, second)
    if size(full) <= MOST_ELEMENTS:
        pair = [value, other] if g.is_odd(0.7) else [other, value]
        g.add(g.random.choice(("Add", "Sub", "Mul", "Max", "Min")), pair, full)


def broadcasts(a, b):
    return all(m == n or 1 in (m, n) for m, n in zip(a[::-1], b[::-1]))


def where(g):
    name, shape = g.random.choice(list(g.inputs.items()))
    value, other = g.pick(lambda s: broadcasts(s, shape))
    if value and size(full := numpy.broadcast_shapes(shape, other)) <= MOST_ELEMENTS:
        condition = g.hidden("Greater", [name, g.constant(numpy.float32(0.1))])
        g.add("Where", [condition, value, g.constant(numpy.float32(-0.5))], full)


def integers(g):
    name, shape = g.random.choice(list(g.inputs.items()))
    element = g.random.choice((TensorProto.INT32, TensorProto.INT64))
    three = numpy.array(3, helper.tensor_dtype_to_np_dtype(element))
    whole = g.hidden("Cast", [name], to=element)
    whole = g.hidden(g.random.choice(("Add", "Mul", "Sub")), [whole, g.constant(three)])
    back = g.hidden("Cast", [whole], to=TensorProto.FLOAT)
    g.add("Mul", [back, g.constant(numpy.float32(0.2))], shape)


# --- products ------------------------------------------------------------------


def matmul(g):
    value, shape = g.pick(lambda s: len(s) >= 2)
    if not value:
        return
    columns = g.random.choice(EXTENTS)
    lead = shape[:-2] if g.is_odd(0.3) else ()
    right = (*lead, shape[-1], columns)
    if max(size(right), size(shape[:-1]) * columns) <= MOST_ELEMENTS:
        weights = g.weights(*right, terms=shape[-1])
        g.add("MatMul", [value, weights], (*shape[:-1], columns))


def matmul_of_values(g):
    """A value times another or itself turned over."""
    value, shape = g.pick(lambda s: len(s) >= 2)
    if not value:
        return
    fits = lambda s: (len(s), s[:-2], s[-1:]) == (len(shape), shape[:-2], shape[-1:])  # noqa: E731
    other, second = g.pick(fits)
    result = (*shape[:-1], second[-2])
    if size(result) <= MOST_ELEMENTS:
        order = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
        turned = g.hidden("Transpose", [other], perm=order)
        product = g.hidden("MatMul", [value, turned])
        g.add("Mul", [product, g.constant(numpy.float32(1 / shape[-1]))], result)


def gemm(g):
    value, shape = g.pick(lambda s: len(s) == 2)
    if not value:
        return
    turn_a, turn_b = g.is_odd(0.3), g.is_odd(0.5)
    rows, depth = shape[::-1] if turn_a else shape
    columns = g.random.choice(EXTENTS)
    right = (columns, depth) if turn_b else (depth, columns)
    if rows * columns > MOST_ELEMENTS:
        return
    inputs = [value, g.weights(*right, terms=depth)]
    if g.is_odd(0.7):
        bias = g.random.choice(((columns,), (1, columns), (rows, 1), (rows, columns), (1,)))
        inputs.append(g.weights(*bias))
    g.add("Gemm", inputs, (rows, columns), transA=int(turn_a), transB=int(turn_b),
          alpha=0.5)  # fmt: skip


def attention(g):
    value, shape = g.pick(lambda s: len(s) == 3 and 1 < s[1] and s[0] * s[1] ** 2 < 60_000)
    if not value:
        return
    batch, tokens, features = shape
    heads, width = g.random.choice((1, 2, 4)), g.random.choice((5, 8, 16, 32))

    def project(order):
        weights = g.weights(features, heads * width, terms=features)
        split = g.index(batch, tokens, heads, width)
        rows = g.hidden("Reshape", [g.hidden("MatMul", [value, weights]), split])
        return g.hidden("Transpose", [rows], perm=order)

    scores = g.hidden("MatMul", [project([0, 2, 1, 3]), project([0, 2, 3, 1])])
    scores = g.hidden("Mul", [scores, g.constant(numpy.float32(width**-0.5))])
    if g.is_odd(0.5):
        mask = numpy.triu(numpy.full((tokens, tokens), -numpy.inf, "f"), 1)
        scores = g.hidden("Add", [scores, g.constant(mask)])
    mixed = g.hidden("MatMul", [g.hidden("Softmax", [scores], axis=-1), project([0, 2, 1, 3])])
    mixed = g.hidden("Transpose", [mixed], perm=[0, 2, 1, 3])
    rows = g.hidden("Reshape", [mixed, g.index(batch, tokens, heads * width)])
    weights = g.weights(heads * width, features, terms=heads * width)
    g.add("MatMul", [rows, weights], shape)


def encoder(g):
    """Tokens normalised, two products with a residual, and normalised again."""
    value, shape = g.pick(lambda s: len(s) == 3 and s[1] > 4 and s[2] > 4)
    if not value:
        return
    features, inner = shape[-1], g.random.choice((16, 64, 130))
    if size(shape[:2]) * inner > MOST_ELEMENTS:
        return

    def norm(name):
        scales = [g.weights(features) for _ in range(2)]
        return g.hidden("LayerNormalization", [name, *scales], axis=-1, epsilon=0.1)

    def product(name, rows, columns):
        made = g.hidden("MatMul", [name, g.weights(rows, columns, terms=rows)])
        return g.hidden("Add", [made, g.weights(columns)])

    hidden = product(norm(value) if g.is_odd(0.5) else value, features, inner)
    hidden = g.hidden(g.random.choice(("Relu", "Tanh", "Gelu")), [hidden])
    value = g.hidden("Add", [product(hidden, inner, features), value])
    g.add("Mul", [norm(value), g.weights(features)], shape)


def masked_attention(g):
    """Rows whose keys are all hidden count nothing, as exporters write it."""
    value, shape = g.pick(lambda s: len(s) == 3 and 1 < s[1] and s[0] * s[1] ** 2 < 60_000)
    if not value:
        return
    batch, tokens, features = shape
    turned = g.hidden("Transpose", [value], perm=[0, 2, 1])
    scores = g.hidden("MatMul", [value, turned])
    scores = g.hidden("Mul", [scores, g.constant(numpy.float32(1 / features))])
    seen = g.numbers.random((batch, 1, tokens)) < 0.7
    seen[g.random.randrange(batch)] = False
    mask = g.constant(numpy.where(seen, 0, -numpy.inf).astype("f"))
    powers = g.hidden("Softmax", [g.hidden("Add", [scores, mask])], axis=-1)
    zero = g.constant(numpy.float32(0))
    powers = g.hidden("Where", [g.hidden("IsNaN", [powers]), zero, powers])
    g.add("MatMul", [powers, value], shape)


# --- windows -------------------------------------------------------------------


def convolution(g):
    value, shape = g.pick(lambda s: len(s) in (3, 4) and min(s[2:]) >= 3)
    if not value:
        return
    batch, channels, *extents = shape
    groups = g.random.choice([1, 1, channels, *(d for d in (2, 4, 8) if channels % d == 0)])
    outputs = groups * g.random.choice((1, 2, 3)) if groups > 1 else g.random.choice(EXTENTS)
    draw = lambda *choices: [g.random.choice(choices) for _ in extents]  # noqa: E731
    kernel, strides, dilations = draw(1, 2, 3, 3), draw(1, 1, 2), draw(1, 1, 2)
    low, high = draw(0, 1, 1, 2), draw(0, 1, 1, 2)
    sides = zip(extents, kernel, strides, dilations, low, high)
    result = [(n + p + q - d * (k - 1) - 1) // s + 1 for n, k, s, d, p, q in sides]
    if min(result) < 1 or size((batch, outputs, *result)) > MOST_ELEMENTS:
        return
    inner = channels // groups
    weights = g.weights(outputs, inner, *kernel, terms=inner * size(kernel))
    inputs = [value, weights] + ([g.weights(outputs)] if g.is_odd(0.6) else [])
    made = (batch, outputs, *result)
    name = g.add("Conv", inputs, made, group=groups, strides=strides, dilations=dilations,
                 pads=low + high)  # fmt: skip
    if g.is_odd(0.4):
        variance = g.constant(g.numbers.uniform(0.5, 2, outputs).astype("f"))
        rest = [g.weights(outputs) for _ in range(3)]
        g.add("BatchNormalization", [name, *rest, variance], made)


def transposed_convolution(g):
    value, shape = g.pick(lambda s: len(s) == 4 and s[1] <= 70 and size(s[2:]) < 1200)
    if not value:
        return
    outputs, kernel = g.random.choice((1, 3, 8, 33)), g.random.choice((2, 3))
    stride = g.random.choice((1, 2))
    result = [(extent - 1) * stride + kernel for extent in shape[2:]]
    if size((shape[0], outputs, *result)) <= MOST_ELEMENTS:
        weights = g.weights(shape[1], outputs, kernel, kernel, terms=2 * shape[1])
        g.add("ConvTranspose", [value, weights], (shape[0], outputs, *result),
              strides=[stride] * 2)  # fmt: skip


def pool(g):
    value, shape = g.pick(lambda s: len(s) == 4 and min(s[2:]) >= 3)
    if not value:
        return
    kernel, stride, pad = g.random.choice((2, 3)), g.random.choice((1, 2)), g.random.choice((0, 1))
    result = [(extent + 2 * pad - kernel) // stride + 1 for extent in shape[2:]]
    g.add(g.random.choice(("MaxPool", "AveragePool")), [value], (*shape[:2], *result),
          kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4)  # fmt: skip


def local_normalization(g):
    value, shape = g.pick(lambda s: len(s) == 4)
    if value:  # ONNX Runtime takes images and odd sizes alone.
        g.add("LRN", [value], shape, size=g.random.choice((1, 3, 5)), alpha=0.5,
              beta=g.random.choice((0.5, 0.75)), bias=1.0)  # fmt: skip


def shuffle(g):
    """Channels of groups, one of each group in turn."""
    value, shape = g.pick(lambda s: len(s) in (3, 4) and s[1] % 2 == 0)
    if not value:
        return
    groups = g.random.choice([d for d in (2, 4, 8) if shape[1] % d == 0])
    apart = g.index(shape[0], groups, shape[1] // groups, *shape[2:])
    order = [0, 2, 1, *range(3, len(shape) + 1)]
    turned = g.hidden("Transpose", [g.hidden("Reshape", [value, apart])], perm=order)
    g.add("Reshape", [turned, g.index(*shape)], shape)


def resize(g):
    value, shape = g.pick(lambda s: len(s) == 4 and size(s) < MOST_ELEMENTS / 4)
    if value:
        twice = g.constant(numpy.array((1, 1, 2, 2), "f"))
        g.add("Resize", [value, "", twice], (*shape[:2], 2 * shape[2], 2 * shape[3]),
              mode=g.random.choice(("nearest", "linear")))  # fmt: skip


# --- rows ----------------------------------------------------------------------


def softmax(g):
    value, shape = g.pick(lambda s: len(s) >= 1)
    g.add(g.random.choice(("Softmax", "LogSoftmax")), [value], shape,
          axis=g.random.randrange(len(shape)))  # fmt: skip


def normalization(g):
    value, shape = g.pick(lambda s: len(s) >= 2 and s[-1] > 4)
    if not value:
        return
    if len(shape) > 2 and g.is_odd(0.3):
        scales = [g.weights(shape[1]) for _ in range(2)]
        g.add("InstanceNormalization", [value, *scales], shape, epsilon=0.1)
        return
    axis = -2 if len(shape) > 2 and g.is_odd(0.3) else -1
    scales = [g.weights(*shape[axis:]) for _ in range(2)]
    g.add("LayerNormalization", [value, *scales], shape, axis=axis, epsilon=0.1)


def reduction(g):
    value, shape = g.pick(lambda s: len(s) >= 2)
    if not value:
        return
    axes = sorted(g.random.sample(range(len(shape)), g.random.randint(1, len(shape) - 1)))
    keep = g.is_odd(0.5)
    result = [1 if i in axes else n for i, n in enumerate(shape) if keep or i not in axes]
    g.add(g.random.choice(("ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2")),
          [value, g.index(*axes)], result, keepdims=int(keep))  # fmt: skip


def top(g):
    value, shape = g.pick(lambda s: len(s) >= 1 and s[-1] >= 2)
    if value:
        count = g.random.randint(1, min(shape[-1], 9))
        best, places = g.name("v"), g.name("i")
        g.used.add(value)
        g.nodes.append(
            helper.make_node("TopK", [value, g.index(count)], [best, places], name=best)
        )
        g.shapes[best] = (*shape[:-1], count)


# --- moves ---------------------------------------------------------------------


def transpose(g):
    value, shape = g.pick(lambda s: len(s) >= 2)
    if value:
        order = g.random.sample(range(len(shape)), len(shape))
        g.add("Transpose", [value], [shape[i] for i in order], perm=order)


def reshape(g):
    """Joins two dimensions or splits one."""
    value, shape = g.pick(lambda s: len(s) >= 1)
    at = g.random.randrange(len(shape))
    if len(shape) > 1 and at and g.is_odd(0.5):
        result = [*shape[: at - 1], shape[at - 1] * shape[at], *shape[at + 1 :]]
    elif len(shape) < 5:
        part = g.random.choice([d for d in range(1, shape[at] + 1) if shape[at] % d == 0])
        result = [*shape[:at], part, shape[at] // part, *shape[at + 1 :]]
    else:
        return
    g.add("Reshape", [value, g.index(*result)], result)


def cut(g):
    """A slice, forwards or backwards."""
    value, shape = g.pick(lambda s: len(s) >= 1 and max(s) > 1)
    if not value:
        return
    axis = g.random.choice([i for i, extent in enumerate(shape) if extent > 1])
    extent = shape[axis]
    start, end, step = extent - 1, -extent - 1, -g.random.choice((1, 2))
    count = math.ceil(extent / -step)
    if g.is_odd(0.7):
        start = g.random.randrange(extent - 1)
        end, step = g.random.randint(start + 1, extent), g.random.choice((1, 1, 2))
        count = math.ceil((end - start) / step)
    places = [g.index(at) for at in (start, end, axis, step)]
    g.add("Slice", [value, *places], (*shape[:axis], count, *shape[axis + 1 :]))


def concat(g):
    value, shape = g.pick(lambda s: len(s) >= 1)
    axis = g.random.randrange(len(shape))
    rest = lambda s: (*s[:axis], *s[axis + 1 :])  # noqa: E731
    parts = [value]
    for _ in range(g.random.randint(1, 2)):
        parts.append(g.pick(lambda s: len(s) == len(shape) and rest(s) == rest(shape))[0])
    total = sum(g.shapes[part][axis] for part in parts)
    result = (*shape[:axis], total, *shape[axis + 1 :])
    if size(result) <= MOST_ELEMENTS:
        g.add("Concat", parts, result, axis=axis)


def split(g):
    value, shape = g.pick(lambda s: len(s) >= 1 and max(s) > 1)
    if not value:
        return
    axis = g.random.choice([i for i, extent in enumerate(shape) if extent > 1])
    first = g.random.randint(1, shape[axis] - 1)
    counts = (first, shape[axis] - first)
    shapes = [(*shape[:axis], count, *shape[axis + 1 :]) for count in counts]
    g.add("Split", [value, g.index(*counts)], *shapes, axis=axis)


def pad(g):
    value, shape = g.pick(lambda s: 1 <= len(s) <= 4)
    if not value:
        return
    low, high = ([min(g.random.choice((0, 0, 1, 3)), n - 1) for n in shape] for _ in range(2))
    result = [n + p + q for n, p, q in zip(shape, low, high)]
    g.add("Pad", [value, g.index(*low, *high)], result,
          mode=g.random.choice(("constant", "edge", "reflect", "wrap")))  # fmt: skip


def gather(g):
    value, shape = g.pick(lambda s: 1 <= len(s) <= 4)
    if not value:
        return
    axis = g.random.randrange(len(shape))
    count = g.random.choice(((3,), (7,), (2, 3)))
    places = g.numbers.integers(-shape[axis], shape[axis], count)
    result = (*shape[:axis], *count, *shape[axis + 1 :])
    if size(result) <= MOST_ELEMENTS:
        g.add("Gather", [value, g.constant(places)], result, axis=axis)


def scatter(g):
    value, shape = g.pick(lambda s: len(s) >= 2)
    if not value:
        return
    count = g.random.randint(1, min(4, shape[0]))
    rows = g.constant(g.numbers.choice(shape[0], (count, 1), replace=False))
    g.add("ScatterND", [value, rows, g.weights(count, *shape[1:])], shape,
          reduction=g.random.choice(("none", "add")))  # fmt: skip


def repeat(g):
    value, shape = g.pick(lambda s: 1 <= len(s) <= 4)
    if not value:
        return
    counts = [g.random.choice((1, 1, 2, 3)) for _ in shape]
    result = [count * extent for count, extent in zip(counts, shape)]
    if size(result) <= MOST_ELEMENTS:
        g.add("Tile", [value, g.index(*counts)], result)


def depth_to_space(g):
    value, shape = g.pick(lambda s: len(s) == 4 and s[1] % 4 == 0)
    if value:
        result = (shape[0], shape[1] // 4, 2 * shape[2], 2 * shape[3])
        g.add("DepthToSpace", [value], result, blocksize=2,
              mode=g.random.choice(("DCR", "CRD")))  # fmt: skip


#: Makers of nodes; what is twice here is drawn twice as often.
MAKERS = (
    unary, broadcast, broadcast, where, integers, matmul, matmul, matmul_of_values, gemm,
    attention, masked_attention, encoder, convolution, convolution, convolution,
    transposed_convolution, pool, local_normalization, shuffle, shuffle, resize,
    softmax, normalization, reduction, top, transpose, transpose, reshape, reshape, cut,
    concat, concat, split, pad, gather, scatter, repeat, depth_to_space,
)  # fmt: skip


def random_model(seed):
    """A checked model and its inputs by name."""
    g = RandomGraph(seed)
    for _ in range(g.random.choice((1, 1, 2))):
        rank = g.random.choice((2, 3, 4, 4))
        shape = [MOST_ELEMENTS] * rank
        while size(shape) > 30_000:
            shape = g.random.choices(EXTENTS, k=rank)
        g.input(shape)
    count = g.random.randint(4, 16)
    while len(g.nodes) < count:
        g.random.choice(MAKERS)(g)
    made = [name for name in g.shapes if name not in g.inputs]
    outputs = [name for name in made if name not in g.used or g.is_odd(0.08)]
    info = lambda name: helper.make_tensor_value_info(  # noqa: E731
        name, TensorProto.FLOAT, g.shapes[name]
    )
    read = [name for name in g.inputs if name in g.used]
    graph = helper.make_graph(
        g.nodes, "random", list(map(info, read)), list(map(info, outputs)), g.initializers
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    inputs = {name: g.numbers.standard_normal(g.shapes[name]).astype("f") for name in read}
    return model.SerializeToString(), inputs
