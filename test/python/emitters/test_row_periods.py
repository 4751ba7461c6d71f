# SPDX-License-Identifier: Apache-2.0
"""Rows of several matrices below each other, which do not fill whole blocks of
partitions: products take them together, attention takes them one by one."""

import numpy
import pytest
from structured import MACHINES, check, product, random, tensor

HEADS, HEAD = 2, 16
WIDTH = HEADS * HEAD


def layer_text(matrices, rows, dtype):
    """Attention with what it is added to, a norm, and two products."""
    flat = tensor((matrices * rows, WIDTH), dtype)
    wide = tensor((matrices * rows, 4 * WIDTH), dtype)
    split = tensor((matrices, rows, HEADS, HEAD), dtype)
    heads = tensor((matrices, HEADS, rows, HEAD), dtype)
    scores = tensor((matrices, HEADS, rows, rows), dtype)
    square = tensor((WIDTH, WIDTH), dtype)
    moves = "{starts = array<i64: 0, 0, 0, 0>, dims = array<i64: 0, 2, 1, 3>, steps = array<i64: 1, 1, 1, 1>}"
    lines = []
    for index, name in enumerate("qkv", 1):
        lines += [
            f"%{name}0 = tile.contract %a0, %a{index} : ({flat}, {square}) -> {flat}",
            f"%{name}1 = tile.reshape %{name}0 : {flat} -> {split}",
            f"%{name} = tile.restride %{name}1 {moves} : {split} -> {heads}",
        ]
    lines += [
        f"%s = tile.contract %q, %k {{trans_b = true}} : ({heads}, {heads}) -> {scores}",
        f"%p = tile.softmax %s {{axis = 3 : i64}} : {scores}",
        f"%c = tile.contract %p, %v : ({scores}, {heads}) -> {heads}",
        f"%m = tile.restride %c {moves} : {heads} -> {split}",
        f"%j = tile.reshape %m : {split} -> {flat}",
        f'%x = tile.elementwise "add"(%j, %a0) in "f32" : ({flat}, {flat}) -> {flat}',
        f"%n = tile.normalization %x {{axis = 1 : i64, epsilon = 1.0e-5 : f32}} : {flat}",
        f"%w = tile.contract %n, %a4 : ({flat}, {tensor((WIDTH, 4 * WIDTH), dtype)}) -> {wide}",
        f'%u = tile.elementwise "tanh"(%w) in "f32" : ({wide}) -> {wide}',
        f"%d = tile.contract %u, %a5 : ({wide}, {tensor((4 * WIDTH, WIDTH), dtype)}) -> {flat}",
        f'%r0 = tile.elementwise "add"(%d, %x) in "f32" : ({flat}, {flat}) -> {flat}',
    ]
    return "\n".join(f"  {line}" for line in lines)


def layer(matrices, rows, x, q, k, v, up, down):
    def heads(array):
        split = array.reshape(matrices, rows, HEADS, HEAD)
        return split.transpose(0, 2, 1, 3)

    scores = heads(x @ q) @ heads(x @ k).swapaxes(-1, -2)
    powers = numpy.exp(scores - scores.max(-1, keepdims=True))
    context = powers / powers.sum(-1, keepdims=True) @ heads(x @ v)
    x = context.transpose(0, 2, 1, 3).reshape(-1, WIDTH) + x
    centered = x - x.mean(-1, keepdims=True)
    normal = centered / numpy.sqrt((centered**2).mean(-1, keepdims=True) + 1e-5)
    return numpy.tanh(normal @ up) @ down + x


SHAPES = [(3, 197), (2, 130), (4, 77), (2, 300), (5, 33), (3, 50), (2, 17)]


@pytest.mark.parametrize("machine, shape", product(MACHINES, SHAPES), ids=str)
def test_layers(machine, shape):
    matrices, rows = shape
    inputs = [random((matrices * rows, WIDTH), low=-1, high=1)]
    for index, size in enumerate([(WIDTH, WIDTH)] * 3, 1):
        inputs.append(random(size, low=-0.3, high=0.3, seed=index))
    inputs.append(random((WIDTH, 4 * WIDTH), low=-0.3, high=0.3))
    inputs.append(random((4 * WIDTH, WIDTH), low=-0.3, high=0.3))
    expected = layer(matrices, rows, *(x.astype(numpy.float64) for x in inputs))
    check(
        layer_text(matrices, rows, "f32"), inputs, expected.astype(numpy.float32),
        machine, rtol=1e-4, atol=1e-4,
    )  # fmt: skip
