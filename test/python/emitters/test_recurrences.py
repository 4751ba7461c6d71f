# SPDX-License-Identifier: Apache-2.0
"""tile.recurrence, alone and with what is computed for it and from it."""

import numpy
import pytest
from structured import DTYPES, MACHINES, check, random, tensor, type_of

TOLERANCE = {"f32": 2e-5, "f16": 2e-2, "bf16": 1e-1}


def recur(decay, fresh, initial):
    """The states after each step, as the machine rounds them, and the last."""
    decay, fresh, state = (x.astype(numpy.float32) for x in (decay, fresh, initial))
    decay, fresh = numpy.broadcast_arrays(decay, fresh)
    states = numpy.empty(decay.shape, numpy.float32)
    for step in range(decay.shape[-1]):
        state = state * decay[..., step] + fresh[..., step]
        states[..., step] = state
    return states, state


def recurrence(results, operands, decay, fresh, initial):
    """The operation's text; `initial` has the shape of the last state."""
    shape = numpy.broadcast_shapes(decay.shape, fresh.shape)
    whole = type_of(numpy.empty(shape, decay.dtype))
    one, other, last = map(type_of, (decay, fresh, initial))
    return (f"  {results} = tile.recurrence {operands} : "
            f"({one}, {other}, {last}) -> ({whole}, {last})")  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(
    "decay, fresh", [((9,), (9,)), ((300, 70), (300, 70)), ((5, 3, 2100), (1, 3, 1))], ids=str
)
def test_alone(decay, fresh, dtype, machine):
    one, other = random(decay, dtype, -0.9, 0.9), random(fresh, dtype, -1, 1, 1)
    initial = random(numpy.broadcast_shapes(decay, fresh)[:-1], dtype, -1, 1, 2)
    body = recurrence("%r0, %r1", "%a0, %a1 from %a2", one, other, initial)
    expected = [array.astype(DTYPES[dtype]) for array in recur(one, other, initial)]
    check(body, [one, other, initial], expected, machine, rtol=1e-2, atol=TOLERANCE[dtype])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("rows", [1, 2, 5])
def test_rows_that_partitions_share(rows, dtype, machine):
    """Each takes banks of PSUM, as long as there are some, and so does a sum."""
    shape = (3, 150, 600)
    decay, fresh = random(shape, dtype, -0.8, 0.8), random(shape, dtype, -1, 1, 1)
    initial = random(shape[:-1], dtype, -1, 1, 2)
    factors = [random((3, 1, 600), dtype, 0.5, 1, 3 + row) for row in range(rows)]
    whole, row = type_of(fresh), tensor((3, 1, 600), dtype)
    text = "{to} = tile.elementwise \"multiply\"({of}, %a{by}) in \"f32\" : "
    text += f"({whole}, {row}) -> {whole}"
    lines, name, wide = [], "%a1", fresh.astype(numpy.float64)
    for index, factor in enumerate(factors):
        if index == rows // 2:
            lines.append(recurrence("%h, %l", f"%a0, {name} from %a2", decay, fresh, initial))
            name, wide = "%h", recur(decay, wide, initial)[0].astype(numpy.float64)
        lines.append("  " + text.format(to=f"%f{index}", of=name, by=3 + index))
        name, wide = f"%f{index}", wide * factor.astype(numpy.float64)
    result = tensor((1, 150, 600), dtype)
    lines.append(f'  %r0 = tile.reduction "add" {name} over [0] in "f32" : {whole} -> {result}')
    expected = wide.sum(0, keepdims=True).astype(DTYPES[dtype])
    check("\n".join(lines), [decay, fresh, initial, *factors], expected, machine,
          rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])  # fmt: skip


@pytest.mark.parametrize("machine", MACHINES)
def test_one_after_the_other(machine):
    """What is made of the first one's states belongs to the first one."""
    shape = (7, 40)
    inputs = [random(one, "f32", -0.9, 0.9, seed)
              for seed, one in enumerate([shape, shape, shape[:1], shape, shape[:1]])]  # fmt: skip
    decay, fresh, initial, other, second = inputs
    body = "\n".join([
        recurrence("%h, %l", "%a0, %a1 from %a2", decay, fresh, initial),
        f'  %e = tile.elementwise "exp"(%h) in "f32" : ({type_of(fresh)}) -> {type_of(fresh)}',
        recurrence("%r0, %r1", "%a3, %e from %a4", other, fresh, second),
    ])  # fmt: skip
    made = numpy.exp(recur(decay, fresh, initial)[0])
    check(body, inputs, recur(other, made, second), machine, rtol=1e-5, atol=1e-5)


def test_states_within_a_row_chain():
    """A softmax is multiplied by states on its way to a product."""
    states, query, key, value = (7, 40), (7, 8), (40, 8), (40, 6)
    shapes = [states, states, states[:1], query, key, value]
    inputs = [random(shape, "f32", -0.9, 0.9, seed) for seed, shape in enumerate(shapes)]
    decay, fresh, initial, q, k, v = inputs
    whole, result = type_of(fresh), tensor((7, 6), "f32")
    body = "\n".join([
        recurrence("%h, %l", "%a0, %a1 from %a2", decay, fresh, initial),
        f"  %s = tile.contract %a3, %a4 {{trans_b = true}} : ({type_of(q)}, {type_of(k)}) -> {whole}",
        f"  %p = tile.softmax %s {{axis = 1 : i64}} : {whole}",
        f'  %g = tile.elementwise "multiply"(%p, %h) in "f32" : ({whole}, {whole}) -> {whole}',
        f"  %r0 = tile.contract %g, %a5 : ({whole}, {type_of(v)}) -> {result}",
    ])  # fmt: skip
    powers = numpy.exp(q.astype(numpy.float64) @ k.T)
    weights = powers / powers.sum(1, keepdims=True) * recur(decay, fresh, initial)[0]
    check(body, inputs, (weights @ v).astype(numpy.float32), rtol=1e-5, atol=1e-5)
