# SPDX-License-Identifier: Apache-2.0
"""What is read between elements: boxes and deformed windows."""

import numpy

from single_node import TYPES, Node, Values, given, weight


def boxes(count, height, width, scale=1.0, dtype="f32"):
    """Corners of boxes, some partly or wholly outside of the image, one of them
    empty, one the whole image."""
    random = numpy.random.default_rng(count)
    corners = random.uniform(-0.3, 1.3, (count, 2, 2))
    corners.sort(axis=1)
    corners[:1] = [[0, 0], [1, 1]]
    corners[1:2, 1] = corners[1:2, 0]
    corners[2:3] += 2
    values = corners * [width, height] / scale
    return Values(values.reshape(count, 4).astype(TYPES[dtype]), known=False)


def holed(shape, dtype="f32"):
    """An infinity, its negative and a NaN in the first and last channel, close
    enough that some bins have several of them."""
    values = numpy.random.default_rng(0).uniform(-2, 2, shape).astype(TYPES[dtype])
    height, width = shape[2:]
    for channel in (0, -1):
        values[-1, channel, height // 3, width // 3] = numpy.inf
        values[-1, channel, height // 3, width // 2] = -numpy.inf
        values[0, channel, -2, 2] = numpy.nan
    return Values(values, known=False)


def align(shape, count, out=(3, 2), dtype="f32", scale=1.0, data=None, **attributes):
    images = numpy.arange(count, dtype=numpy.int64) % shape[0]
    return Node("RoiAlign",
                [data or given(*shape, dtype=dtype), boxes(count, *shape[2:], scale, dtype),
                 Values(images, known=False)],
                dict(output_height=out[0], output_width=out[1], spatial_scale=scale,
                     **attributes))


ALIGNED = [
    # As many points in each bin.
    align((1, 3, 9, 11), 5, sampling_ratio=2),
    align((2, 5, 9, 11), 4, sampling_ratio=1, mode="max"),
    align((2, 130, 7, 9), 3, out=(7, 7), scale=0.25, sampling_ratio=2),
    align((1, 2, 9, 11), 5, sampling_ratio=3, mode="max",
          coordinate_transformation_mode="output_half_pixel"),
    align((1, 1, 1, 1), 4, out=(1, 1), sampling_ratio=2),
    align((2, 3, 9, 11), 0, sampling_ratio=2),
    # As many points as a bin is large.
    align((1, 3, 9, 11), 5),
    align((1, 3, 9, 11), 5, coordinate_transformation_mode="output_half_pixel"),
    align((2, 5, 40, 30), 6, out=(2, 3), scale=0.5),
    align((1, 130, 33, 20), 3, out=(1, 7), scale=0.0625),
    align((1, 3, 1, 50), 7, out=(2, 1)),
    # What is not finite reaches the bins that read it.
    align((1, 3, 9, 11), 7, out=(4, 3), data=holed((1, 3, 9, 11))),
    align((2, 2, 20, 15), 8, out=(4, 5), data=holed((2, 2, 20, 15))),
    align((2, 2, 20, 15), 8, out=(4, 5), dtype="f16", data=holed((2, 2, 20, 15), "f16")),
    # Other types.
    align((1, 3, 9, 11), 5, dtype="f64", sampling_ratio=2),
    align((1, 3, 9, 11), 5, dtype="f64", sampling_ratio=2, mode="max"),
]



def pool(shape, count, out, dtype="f32", scale=1.0):
    images = numpy.arange(count)[:, None] % shape[0]
    rois = numpy.hstack([images, boxes(count, *shape[2:], scale).array])
    return Node("MaxRoiPool", [given(*shape, dtype=dtype),
                               Values(rois.astype(TYPES[dtype]), known=False)],
                dict(pooled_shape=list(out), spatial_scale=scale), opset=21)


POOLED = [
    pool((1, 3, 9, 11), 5, (2, 3)), pool((2, 5, 16, 33), 7, (3, 2), scale=0.5),
    pool((3, 130, 7, 8), 4, (7, 7), scale=0.25), pool((1, 1, 1, 1), 3, (1, 1)),
    pool((2, 3, 9, 11), 0, (2, 2)), pool((2, 3, 1, 40), 6, (2, 5)),
    pool((1, 3, 9, 11), 5, (2, 3), dtype="f16"),
]


def bordered(*shape):
    """Infinities in the last row and column of the first image's first channel."""
    values = numpy.random.default_rng(0).uniform(-2, 2, shape).astype(numpy.float32)
    values[0, 0, -1] = numpy.inf
    values[0, 0, :, -1] = -numpy.inf
    return Values(values, known=False)


def deform(shape, filters, out, dtype="f32", bias=False, mask=False, offset_group=1, data=None,
           **attributes):
    taps = offset_group * int(numpy.prod(filters[2:]))
    operands = [data or given(*shape, dtype=dtype), weight(*filters, dtype=dtype, low=-1, high=1),
                given(shape[0], taps * len(out), *out, dtype=dtype)]
    if bias or mask:
        operands.append(weight(filters[0], dtype=dtype) if bias else None)
    if mask:
        operands.append(given(shape[0], taps, *out, dtype=dtype, low=0, high=1))
    return Node("DeformConv", operands, dict(offset_group=offset_group, **attributes))


DEFORMED = [
    deform((1, 1, 3, 3), (1, 1, 2, 2), (2, 2)),
    deform((1, 3, 9, 11), (4, 3, 3, 3), (9, 11), bias=True, pads=[1, 1, 1, 1]),
    deform((2, 6, 9, 11), (4, 3, 3, 2), (4, 6), mask=True, group=2, strides=[2, 2],
           pads=[1, 0, 0, 1]),
    deform((1, 12, 8, 8), (6, 4, 3, 3), (6, 6), bias=True, mask=True, group=3, offset_group=2,
           dilations=[2, 2], pads=[1, 1, 1, 1]),
    deform((1, 129, 5, 6), (130, 129, 3, 3), (5, 6), mask=True, pads=[1, 1, 1, 1]),
    deform((2, 4, 6, 7), (5, 4, 1, 1), (6, 7), offset_group=4),
    # What is not finite at the border reaches nothing outside.
    deform((2, 4, 6, 7), (5, 4, 1, 1), (12, 13), data=bordered(2, 4, 6, 7), pads=[3, 3, 3, 3]),
    deform((1, 3, 9, 11), (4, 3, 3, 3), (9, 11), dtype="f16", bias=True, pads=[1, 1, 1, 1]),
    deform((1, 3, 9, 11), (4, 3, 3, 3), (9, 11), dtype="bf16", mask=True, pads=[1, 1, 1, 1]),
]

def sample(mode, padding, data=None, dtype="f32", tolerance=None):
    """Places inside and outside of images."""
    places = numpy.random.default_rng(0).uniform(-1.9, 1.9, (2, 8, 9, 2))
    return Node("GridSample", [data or given(2, 3, 6, 7, dtype=dtype),
                               Values(places.astype(TYPES[dtype]), known=False)],
                dict(mode=mode, padding_mode=padding), tolerance=tolerance)


SAMPLED = [
    *(sample(mode, padding) for mode in ("linear", "nearest", "cubic")
      for padding in ("zeros", "border", "reflection")),
    # Values that f32 does not hold.
    sample("nearest", "zeros", Values(numpy.arange(252).reshape(2, 3, 6, 7) + (1 << 40), False)),
    *(sample(mode, "zeros", dtype="f64", tolerance=1e-14) for mode in ("linear", "nearest")),
    *(sample(mode, "reflection", dtype="f64", tolerance=1e-14) for mode in ("linear", "cubic")),
    # What is not finite at the border reaches nothing outside.
    *(sample(mode, "zeros", bordered(2, 3, 6, 7)) for mode in ("linear", "nearest", "cubic")),
]

CASES = ALIGNED + POOLED + DEFORMED + SAMPLED
