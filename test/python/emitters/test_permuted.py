# SPDX-License-Identifier: Apache-2.0
"""Permutations of channels between convolutions: copied on chip."""

import numpy
import pytest
from structured import MACHINES, MORE, attributes, check, random, tensor, type_of

HOW = attributes(strides=[1, 1], dilations=[1, 1], input_dilations=[1, 1],
                 pad_low=[0, 0], pad_high=[0, 0])  # fmt: skip


def convolution(to, source, kernel, x, group=1):
    how = HOW[:-1] + f", group = {group} : i64}}"
    kernel_type = tensor((1, 1, x.shape[1] // group, x.shape[1]), "f32")
    return (f"  %{to} = tile.convolution %{source}, %{kernel} {how} : "
            f"({type_of(x)}, {kernel_type}) -> {type_of(x)}")  # fmt: skip


def move(op, to, source, before, after, how=""):
    return (f"  %{to} = tile.{op} %{source} {how} : "
            f"{tensor(before, 'f32')} -> {tensor(after, 'f32')}")  # fmt: skip


def shuffled(x, digits, order):
    """Channels as digits, the digits in another order."""
    n, c, *inner = x.shape
    axes = [0, *(1 + axis for axis in order), *range(1 + len(digits), 1 + len(digits) + len(inner))]
    return x.reshape(n, *digits, *inner).transpose(axes).reshape(x.shape)


def body_of(x, digits, order, group):
    n, _, *inner = x.shape
    split = [n, *digits, *inner]
    axes = [0, *(1 + axis for axis in order), *range(1 + len(digits), len(split))]
    turned = [split[axis] for axis in axes]
    how = attributes(starts=[0] * len(split), dims=axes, steps=[1] * len(split))
    return "\n".join([
        convolution("c", "a0", "a1", x), move("reshape", "s", "c", x.shape, split),
        move("restride", "t", "s", split, turned, how),
        move("reshape", "p", "t", turned, x.shape),
        convolution("r0", "p", "a2", x, group)])  # fmt: skip


CASES = {
    "two digits": ((1, 24, 5, 7), (4, 6), (1, 0), 24),
    "groups that start anywhere": ((2, 136, 6, 5), (4, 34), (1, 0), 4),
    "many blocks": ((1, 272, 4, 4), (4, 68), (1, 0), 272),
    "many short digits": ((1, 240, 3, 3), (80, 3), (1, 0), 8),
    "three digits": ((2, 60, 4, 4), (3, 4, 5), (2, 0, 1), 3),
}


@pytest.mark.parametrize("machine", [*MACHINES, *MORE])
@pytest.mark.parametrize("case", CASES)
def test_permuted(case, machine):
    shape, digits, order, group = CASES[case]
    check_permuted(shape, digits, order, group, machine)


@pytest.mark.parametrize("level", [0, 1, 3])
def test_levels(level):
    check_permuted(*CASES["groups that start anywhere"], "trn1", level)


def check_permuted(shape, digits, order, group, machine, level=2):
    x, channels = random(shape), shape[1]
    eye = numpy.eye(channels, dtype="f4").reshape(1, 1, channels, channels)
    each = channels // group
    blocks = numpy.tile(numpy.eye(each, dtype="f4"), (1, group)).reshape(1, 1, each, channels)
    check(body_of(x, digits, order, group), [x, eye, blocks],
          shuffled(x, digits, order), machine=machine, level=level)  # fmt: skip
