# SPDX-License-Identifier: Apache-2.0
"""Reductions, softmax and normalisations."""

from single_node import Node, given, known, weight

REDUCTIONS = ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
              "ReduceL2", "ReduceSumSquare", "ReduceLogSum", "ReduceLogSumExp")


def reduce(op, shape, axes=None, dtype="f32", low=0.5, high=1.5, **attributes):
    operands = [given(*shape, dtype=dtype, low=low, high=high)]
    if axes is not None:
        operands.append(known(axes))
    return Node(op, operands, attributes)


REDUCED = [
    *(reduce(op, shape, axes, keepdims=keepdims) for op in REDUCTIONS
      for shape, axes, keepdims in [
          ((3, 127), [1], 1), ((3, 127), [0], 0), ((129, 3, 5), [-1, 0], 0),
          ((2, 3, 4, 5), [1, 3], 1), ((2, 3, 4, 5), [2], 0), ((3, 5), None, 0),
          ((1000,), [0], 1), ((1, 1), [0], 0), ((129, 1000), [0], 0), ((1000, 129), [1], 1), ((2, 3, 2, 3, 4), [0, 2, 4], 1)]),
    *(reduce(op, (3, 5), [], noop_with_empty_axes=1) for op in
      ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd")),
    *(reduce(op, (3, 5), [], noop_with_empty_axes=0) for op in REDUCTIONS),
    *(reduce(op, (3, 129, 5), [1], low=-2, high=2) for op in
      ("ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceLogSumExp")),
    *(reduce(op, (3, 9, 5), axes, dtype) for op in
      ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL2", "ReduceLogSumExp")
      for dtype in ("f16", "bf16", "f64") for axes in ([1], [0, 2])),
    *(reduce(op, (3, 9, 5), axes, dtype, low=-3, high=3) for op in
      ("ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceSumSquare")
      for dtype in ("i32", "i64") for axes in ([1], [0], [0, 2])),
    *(reduce(op, (3, 9, 5), [1], "i32", low=-99, high=99) for op in ("ReduceMean",)),
    *(reduce(op, (3, 9, 5), [2], dtype) for op in ("ReduceMax", "ReduceMin")
      for dtype in ("i8", "u8", "bool")),
    *(Node(op, [given(*shape, dtype=dtype, low=low, high=high)],
           {"axis": axis, "keepdims": keepdims, "select_last_index": last})
      for op in ("ArgMax", "ArgMin") for shape, axis, keepdims, last, dtype, low, high in [
          ((3, 127), 1, 1, 0, "f32", -2, 2), ((127, 3), 0, 0, 0, "f32", -2, 2),
          ((2, 3, 5, 7), -2, 1, 0, "f32", -2, 2), ((1000,), 0, 0, 0, "f32", -2, 2),
          ((5, 129), 1, 1, 0, "i32", -3, 3), ((5, 129), 1, 1, 1, "i32", -3, 3),
          ((3, 9, 2), 1, 0, 1, "i64", -3, 3), ((3, 9, 2), 0, 0, 0, "u8", 0, 3),
          ((3, 9, 2), 2, 0, 0, "i8", -3, 3), ((3, 9, 2), 1, 0, 0, "f64", -3, 3),
          ((3, 9, 2), 1, 0, 0, "f16", -3, 3), ((1, 1), 1, 1, 0, "f32", -2, 2)]),
    *(Node("CumSum", [given(3, 9, 5), known(axis)], {"exclusive": exclusive, "reverse": reverse})
      for axis in (0, 1, -1) for exclusive in (0, 1) for reverse in (0, 1)),
    Node("TopK", [given(3, 129), known([5])], {}, 2),
    Node("TopK", [given(9, 3, 4), known([3])], {"axis": 0, "largest": 0}, 2),
]

SOFTMAX = [
    *(Node(op, [given(*shape, low=-9, high=9)], {"axis": axis})
      for op in ("Softmax", "LogSoftmax", "Hardmax") for shape, axis in [
          ((3, 127), 1), ((3, 127), 0), ((1000,), 0), ((129, 1), 1), ((2, 3, 4, 5), 1),
          ((2, 3, 4, 5), -2), ((2, 3, 4, 5), 0), ((1, 1000), -1), ((3, 5, 129), -1),
          ((129, 1000), -1), ((129, 1000), 0)]),
    *(Node(op, [given(2, 3, 5, 4)], {"axis": axis}, opset=11)
      for op in ("Softmax", "LogSoftmax", "Hardmax") for axis in (0, 1, 2)),
    *(Node(op, [given(3, 9, dtype=dtype)], {"axis": axis}) for op in ("Softmax", "LogSoftmax")
      for dtype in ("f16", "bf16", "f64") for axis in (0, 1)),
    Node("Softmax", [given(3, 9, low=80, high=200)], {}),
]


def batch_norm(*shape, dtype="f32", make=weight, **attributes):
    channels = shape[1] if len(shape) > 1 else 1
    return Node("BatchNormalization", [
        given(*shape, dtype=dtype), *(make(channels, dtype=dtype) for _ in range(3)),
        make(channels, dtype=dtype, low=0.5, high=2)], attributes)


def scaled(op, shape, scale, dtype="f32", bias=True, **attributes):
    operands = [given(*shape, dtype=dtype)] + [weight(*scale, dtype=dtype)] * (1 + bias)
    return Node(op, operands, attributes)


NORMALISED = [
    *(batch_norm(*shape) for shape in
      [(1, 1), (3, 127), (2, 129, 5), (2, 3, 5, 7), (1, 3, 2, 3, 4)]),
    batch_norm(2, 5, 3, 3, make=given), batch_norm(2, 5, 3, 3, epsilon=0.1),
    batch_norm(2, 5, 3, 3, dtype="f16"), batch_norm(2, 5, 3, 3, dtype="bf16"),
    *(scaled("LayerNormalization", shape, scale, bias=bias, axis=axis)
      for shape, scale, axis in [((3, 127), (127,), -1), ((2, 3, 129), (129,), 2),
                                 ((2, 3, 4, 5), (4, 5), -2), ((2, 3, 5), (2, 3, 5), 0),
                                 ((1, 1000), (1000,), 1), ((3, 1), (1,), 1)]
      for bias in (True, False)),
    scaled("LayerNormalization", (3, 9), (9,), epsilon=0.1),
    scaled("LayerNormalization", (3, 9), (9,), dtype="f16"),
    scaled("LayerNormalization", (3, 9), (9,), dtype="bf16"),
    Node("LayerNormalization", [given(3, 9), weight(9), weight(9)], {}, 3),
    *(scaled("InstanceNormalization", shape, (shape[1],)) for shape in
      [(2, 3, 127), (1, 129, 5, 5), (2, 3, 4, 5, 6), (1, 1, 1000)]),
    scaled("InstanceNormalization", (2, 3, 7, 7), (3,), dtype="f16", epsilon=1e-3),
    scaled("InstanceNormalization", (2, 3, 7, 7), (3,), dtype="bf16", epsilon=1e-3),
    *(scaled("GroupNormalization", shape, (shape[1],), num_groups=groups) for shape, groups in
      [((2, 6, 5, 5), 3), ((1, 4, 127), 4), ((1, 127, 3, 3), 1), ((2, 4, 2, 3, 4), 2)]),
    *(Node("LRN", [given(*shape)], attributes) for shape, attributes in [
        ((1, 3, 5, 5), {"size": 3}), ((2, 129, 3, 3), {"size": 5, "alpha": 0.01, "bias": 2.0}),
        ((1, 7, 4, 4), {"size": 5, "beta": 0.5}), ((1, 5, 4, 3), {"size": 3, "alpha": 0.5})]),
    *(Node("LpNormalization", [given(3, 9, 5)], {"axis": axis, "p": p})
      for axis in (-1, 0, 1) for p in (1, 2)),
    *(Node("MeanVarianceNormalization", [given(*shape)], attributes) for shape, attributes in [
        ((2, 3, 5, 5), {}), ((2, 3, 5, 5), {"axes": [1]}), ((3, 129), {"axes": [0, 1]})]),
]

CASES = REDUCED + SOFTMAX + NORMALISED
