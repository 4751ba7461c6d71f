# SPDX-License-Identifier: Apache-2.0
"""Operators that move elements, and interpolation."""

import itertools

import numpy

from single_node import TYPES, Node, given, known, weight


def move(op, shape, *constants, dtype="f32", outputs=1, **attributes):
    """Constants are lists of integers, or None where one is absent."""
    operands = [given(*shape, dtype=dtype)]
    operands += [None if value is None else known(value) for value in constants]
    return Node(op, operands, attributes, outputs)


TRANSPOSES = [
    move("Transpose", (3, 127)), move("Transpose", (129, 1000)), move("Transpose", (1, 1)),
    move("Transpose", (1000, 129), dtype="i8"), move("Transpose", (130, 1000), dtype="i64"),
    move("Transpose", (3, 130, 257), perm=[2, 0, 1], dtype="f16"),
    move("Transpose", (7,)), move("Transpose", (2, 3, 4, 5, 6), perm=[4, 2, 0, 3, 1]),
    move("Transpose", (2, 3, 1, 2, 3, 2), perm=[5, 0, 3, 2, 4, 1]),
    *(move("Transpose", (2, 3, 129), perm=perm) for perm in itertools.permutations(range(3))),
    *(move("Transpose", (2, 3, 4, 5), perm=perm) for perm in itertools.permutations(range(4))),
    *(move("Transpose", (5, 3, 9), dtype=dtype, perm=[2, 0, 1]) for dtype in TYPES),
]

SHAPES = [
    move("Reshape", (2, 3, 127), [127, 6]), move("Reshape", (2, 3, 5), [0, -1]),
    move("Reshape", (1000,), [10, 1, -1, 2]), move("Reshape", (1, 1), []),
    move("Reshape", (129, 3), [3, 129], dtype="i8"), move("Reshape", (12, 5), [4, 15], dtype="i64"),
    move("Flatten", (2, 3, 4, 5)), move("Flatten", (2, 3, 4, 5), axis=0),
    move("Flatten", (2, 3, 4, 5), axis=-1), move("Flatten", (2, 3, 4), axis=3),
    move("Squeeze", (1, 3, 1, 5)), move("Squeeze", (1, 3, 1, 5), [-2]),
    move("Unsqueeze", (3, 5), [0, -1]), move("Unsqueeze", (3, 5), [1, 3, 2]),
    move("Expand", (3, 1), [3, 127]), move("Expand", (1,), [2, 3, 129]),
    move("Expand", (2, 1, 5), [3, 1]), move("Expand", (), [3, 4]),
    move("Expand", (3, 1), [2, 1, 5], dtype="i64"), move("Expand", (3, 1), [3, 4], dtype="bool"),
    move("Tile", (3, 5), [2, 3]), move("Tile", (1, 129), [3, 1]), move("Tile", (2, 3, 4), [1, 2, 3]),
    move("Tile", (1000,), [3]), move("Tile", (3, 5), [2, 3], dtype="i32"),
    *(move("DepthToSpace", shape, blocksize=size, mode=mode) for mode in ("DCR", "CRD")
      for shape, size in [((1, 8, 3, 5), 2), ((2, 18, 2, 3), 3), ((1, 4, 1, 1), 2)]),
    *(move("SpaceToDepth", shape, blocksize=size)
      for shape, size in [((1, 2, 6, 4), 2), ((2, 1, 6, 9), 3), ((1, 129, 2, 2), 2)]),
    move("Shape", (2, 3, 5)), move("Shape", (2, 3, 5), start=-2), move("Size", (2, 3, 5)),
    move("Trilu", (3, 5)), move("Trilu", (2, 5, 5), -1, upper=0), move("Trilu", (129, 127), 2),
    move("ReverseSequence", (4, 3, 2), [1, 4, 2], time_axis=0, batch_axis=1),
]


def concat(*shapes, axis, dtype="f32"):
    return Node("Concat", [given(*shape, dtype=dtype) for shape in shapes], {"axis": axis})


JOINS = [
    concat((3, 127), axis=0), concat((3, 127), (5, 127), axis=0),
    concat((3, 1), (3, 127), (3, 129), axis=1), concat((2, 3, 5), (2, 4, 5), axis=-2),
    concat((2, 129, 3, 3), (2, 3, 3, 3), (2, 1, 3, 3), axis=1), concat((1000,), (1,), axis=0),
    *(concat((3, 5), (3, 4), axis=1, dtype=dtype) for dtype in TYPES),
    move("Split", (6, 5), axis=0, num_outputs=3, outputs=3),
    move("Split", (3, 127), axis=1, num_outputs=4, outputs=4),
    move("Split", (3, 130), [1, 129], axis=-1, outputs=2),
    move("Split", (2, 10, 3), [3, 0, 7], axis=1, outputs=3),
    move("Split", (6, 5), [2, 4], dtype="i8", outputs=2),
]

CUTS = [
    move("Slice", (10, 127), [1], [7]), move("Slice", (10, 127), [1, 3], [9, 120], [0, 1], [2, 5]),
    move("Slice", (10, 127), [-1], [-9], [0], [-1]),
    move("Slice", (10, 127), [-2], [-1000], [1], [-3]), move("Slice", (1000,), [999], [-1001], [0], [-1]),
    move("Slice", (1000,), [0], [2**62], [-1], [7]), move("Slice", (2, 3, 5, 7), [1, 2], [3, 6], [-2, 3]),
    move("Slice", (2, 3, 5), [0, 0, 4], [2, 3, -6], [0, 1, 2], [1, 2, -2]),
    move("Slice", (129, 3), [128], [-130], [0], [-1], dtype="f16"),
    *(move("Slice", (9, 5), [8], [1], [0], [-2], dtype=dtype) for dtype in TYPES),
]


def pad(shape, pads, mode="constant", value=None, axes=None, dtype="f32"):
    operands = [given(*shape, dtype=dtype), known(pads)]
    if value is not None or axes is not None:
        operands.append(None if value is None else known(value, dtype))
    if axes is not None:
        operands.append(known(axes))
    return Node("Pad", operands, {"mode": mode})


PADS = [
    *(pad((3, 127), [1, 2, 0, 3], mode) for mode in ("constant", "edge", "reflect", "wrap")),
    *(pad((2, 3, 5, 7), [0, 1, 2, 3, 1, 0, 4, 6], mode)
      for mode in ("constant", "edge", "wrap")),
    pad((2, 3, 5, 7), [0, 1, 2, 3, 1, 0, 4, 6], "reflect"),
    *(pad((3, 7), [2, 1], mode, axes=[-1]) for mode in ("constant", "edge", "reflect", "wrap")),
    pad((1000,), [129, 1], value=1.5), pad((3, 5), [1, 1, 1, 1], value=float("-inf")),
    pad((3, 5), [-1, 1, 0, -2]), pad((3, 9), [-1, 2, 1, -2], "edge"),
    *(pad((3, 5), [1, 0, 0, 2], value=1, dtype=dtype) for dtype in TYPES),
]


def gather(shape, indices, dtype="f32", index_dtype="i64", make=given, **attributes):
    return Node("Gather", [make(*shape, dtype=dtype), known(indices, index_dtype)], attributes)


def index(*shape, low, high, dtype="i64"):
    return given(*shape, dtype=dtype, low=low, high=high)


GATHERS = [
    gather((9, 127), [0, 8, 3]), gather((9, 127), [[1, -1], [5, 5]]), gather((9, 127), 4),
    gather((3, 9, 5), [2, 0, -1], axis=1), gather((3, 129), [[0], [128]], axis=-1),
    gather((3, 9, 5), -2, axis=1), gather((3, 9, 5), [[7]], axis=1, index_dtype="i32"),
    *(Node("Gather", [given(9, 5, dtype=dtype), index(4, low=-9, high=8)], {}) for dtype in TYPES),
    *(Node("Gather", [given(*shape), index(*indices, low=-3, high=2)], {"axis": axis})
      for shape, indices, axis in [((3, 127), (5,), 0), ((127, 3), (5,), 1), ((2, 3, 5), (2, 2), 1),
                                   ((2, 3, 129), (), 1), ((3, 1000), (1,), 0), ((2, 2, 3, 5), (3,), 2)]),
    Node("Gather", [weight(1000, 129), index(3, 5, low=0, high=999, dtype="i32")], {}),
    *(Node("GatherElements", [given(*shape), index(*indices, low=-3, high=2)], {"axis": axis})
      for shape, indices, axis in [((3, 5), (2, 5), 0), ((5, 3), (5, 7), 1), ((2, 3, 4), (2, 5, 4), -2)]),
    *(Node("GatherND", [given(*shape), index(*indices, low=-2, high=1)], {"batch_dims": batch})
      for shape, indices, batch in [((2, 3, 5), (4, 1), 0), ((2, 2, 5), (3, 2), 0),
                                    ((2, 2, 3), (2, 1), 1), ((3, 2, 2, 3), (3, 4, 2), 1)]),
    *(Node("OneHot", [given(3, 5, dtype="i64", low=-7, high=6), known(7), known([0.5, 2], "f32")],
           {"axis": axis}) for axis in (-1, 0, 1)),
    Node("ScatterElements", [given(5, 9), known([[1, 0, 3], [4, 2, -2]]), given(2, 3)], {}),
    Node("ScatterElements", [given(5, 9), known([[1, 1, 3], [4, 2, 2]]), given(2, 3)],
         {"axis": 1, "reduction": "add"}),
    Node("ScatterND", [given(5, 9), known([[1], [3]]), given(2, 9)], {}),
    Node("ScatterND", [given(5, 9), known([[1, 2], [1, 2]]), given(2)], {"reduction": "max"}),
]

COORDINATES = ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel",
               "half_pixel_symmetric")


def resize(shape, scales=None, sizes=None, dtype="f32", tolerance=None, **attributes):
    operands = [given(*shape, dtype=dtype), None]
    operands.append(None if scales is None else known(scales, "f32"))
    if sizes is not None:
        operands.append(known(sizes))
    return Node("Resize", operands, attributes, tolerance=tolerance)


RESIZES = [
    *(resize((1, 3, 5, 7), [1, 1, 2, 3], mode="nearest", coordinate_transformation_mode=mode,
             nearest_mode=nearest) for mode in COORDINATES
      for nearest in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")),
    *(resize((1, 3, 5, 7), scales, sizes, mode=mode, coordinate_transformation_mode=coordinates)
      for mode in ("linear", "nearest") for coordinates in COORDINATES
      for scales, sizes in [(None, [1, 3, 9, 4]), ([1, 1, 0.6, 1.7], None), (None, [1, 3, 1, 13])]
      # Between corners that fall between elements ONNX Runtime is not ONNX.
      if scales is None or coordinates != "align_corners"),
    *(resize((1, 3, 5, 7), scales, mode="linear", coordinate_transformation_mode=coordinates)
      for coordinates in COORDINATES for scales in ([1, 1, 2, 2], [1, 1, 3, 1])),
    resize((2, 129, 3, 3), [1, 1, 2, 2], mode="nearest",
           coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    # Positions on an element or just beside it.
    *(resize((1, 3, 14, 7), scales, sizes, mode="nearest", nearest_mode=nearest,
             coordinate_transformation_mode=coordinates)
      for scales, sizes in [([1, 1, 1.5, 2.3], None), (None, [1, 3, 13, 5])]
      for nearest in ("round_prefer_ceil", "round_prefer_floor", "floor", "ceil")
      for coordinates in ("half_pixel", "half_pixel_symmetric", "asymmetric")),
    *(resize((1, 3, length), sizes=[1, 3, result], mode="nearest", nearest_mode=nearest,
             coordinate_transformation_mode=coordinates)
      for length, result in [(14, 1), (7, 2), (7, 4)] for coordinates in COORDINATES
      for nearest in ("round_prefer_ceil", "round_prefer_floor")),
    # The length of one is what was rounded down.
    resize((2, 3, 3), [1, 1, 0.5], mode="linear",
           coordinate_transformation_mode="pytorch_half_pixel"),
    resize((2, 3, 7), [1, 1, 2.5], mode="linear"), resize((1, 2, 3, 4, 5), [1, 1, 2, 2, 2]),
    resize((1, 2, 3, 4, 5), [1, 1, 2, 1.5, 2], mode="linear"),
    resize((5, 7), [2, 2], mode="linear"), resize((1, 3, 5, 7), [2, 3], axes=[2, 3], mode="linear"),
    resize((1, 3, 5, 7), [1, 1, 2, 2], mode="cubic"),
    resize((1, 3, 5, 7), [1, 1, 2, 2], dtype="f16", mode="linear"),
    resize((1, 3, 5, 7), [1, 1, 2, 2], dtype="bf16", mode="nearest"),
    resize((1, 3, 5, 7), [1, 1, 2, 2], dtype="u8", mode="nearest"),
    resize((1, 3, 5, 7), [1, 1, 2, 2], dtype="i32", mode="nearest"),
    # Finer than f32.
    resize((1, 3, 5, 7), [1, 1, 2, 2], dtype="f64", mode="cubic", tolerance=1e-14),
    resize((1, 2, 20, 24), [1, 1, 0.5, 0.125], dtype="f64", mode="linear", antialias=1,
           tolerance=1e-14),
]

CASES = TRANSPOSES + SHAPES + JOINS + CUTS + PADS + GATHERS + RESIZES
