# SPDX-License-Identifier: Apache-2.0
"""State that stays on the device, and outputs that are updated in place."""

import numpy
import pytest
import tilicho
from onnx import TensorProto, helper
from small_models import make_model

SHAPE = (1, 2, 64, 8)  # batch, head, position, feature
F, I = TensorProto.FLOAT, TensorProto.INT64


def node(kind, inputs, output, **attributes):
    return helper.make_node(kind, inputs, [output], name=kind + output, **attributes)


def scatter_nd():
    """Positions in front, as PyTorch exports an assignment to a slice."""
    return [
        node("Transpose", ["past"], "a", perm=[2, 0, 1, 3]),
        node("Transpose", ["new"], "b", perm=[2, 0, 1, 3]),
        node("Reshape", ["position", "column"], "index"),
        node("ScatterND", ["a", "index", "b"], "c"),
        node("Transpose", ["c"], "present", perm=[1, 2, 0, 3]),
    ], [("column", numpy.array([1, 1]))]


def scatter_elements():
    return [
        node("Expand", ["position", "like"], "index"),
        node("ScatterElements", ["past", "index", "new"], "present", axis=2),
    ], [("like", numpy.array([1, 2, 1, 8]))]


def tensor_scatter():
    return [node("TensorScatter", ["past", "new", "position"], "present")], []


def cache_model(build, reads="present"):
    """A cache with one position replaced, and a sum over all of it."""
    nodes, constants = build()
    nodes.append(node("ReduceSum", [reads, "axes"], "sum", keepdims=0))
    constants.append(("axes", numpy.array([0, 2, 3])))
    return make_model(
        nodes,
        [("past", F, SHAPE), ("new", F, (1, 2, 1, 8)), ("position", I, (1,))],
        [("present", F, SHAPE), ("sum", F, (2,))],
        constants,
        opset=24,
    )


@pytest.fixture(params=[scatter_nd, scatter_elements, tensor_scatter])
def cache(request):
    return cache_model(request.param)


def steps(seed=0):
    random = numpy.random.default_rng(seed)
    for position in (3, 7, 3, 63):
        new = random.standard_normal((1, 2, 1, 8)).astype(numpy.float32)
        yield {"new": new, "position": numpy.array([position])}


@pytest.mark.parametrize("state", [None, "auto", {"past": "present"}])
@pytest.mark.parametrize("optimization", [0, 2])
def test_state_stays_between_runs(cache, state, optimization):
    program = tilicho.compile(cache, state=state, optimization=optimization)
    held = program.state({"past": "present"})
    assert held.in_place == ({"past"} if state else set())
    expected = numpy.zeros(SHAPE, numpy.float32)
    for step in steps():
        outputs = program.run(step, state=held, sanitize=True)
        assert list(outputs) == ["sum"]
        position = step["position"][0]
        expected[:, :, position : position + 1] = step["new"]
        numpy.testing.assert_array_equal(held["past"], expected)
        numpy.testing.assert_allclose(
            outputs["sum"], expected.sum((0, 2, 3)), 1e-4, 1e-4
        )


def test_only_the_new_part_is_written(cache):
    """The memory of the state is the cache: nothing else of it is moved."""
    written = {}
    for state in (None, "auto"):
        program = tilicho.compile(cache, state=state)
        program.run(next(steps()), state=program.state({"past": "present"}))
        written[state] = program.stats["hbm_written_bytes"]
    new = 2 * 8 * 4
    assert written[None] > 4 * 2 * 64 * 8
    # The new part, the sums, and an index or two.
    assert new <= written["auto"] <= 8 * new


def test_without_a_state_nothing_changes(cache):
    program = tilicho.compile(cache, state="auto")
    past = numpy.random.default_rng(1).random(SHAPE, dtype=numpy.float32)
    kept = past.copy()
    step = next(steps())
    present = program.run({"past": past, **step})["present"]
    numpy.testing.assert_array_equal(past, kept)
    kept[:, :, step["position"]] = step["new"]
    numpy.testing.assert_array_equal(present, kept)
    assert program.stats["host_copied_bytes"] == past.nbytes
    program.run(step, state=program.state())
    assert program.stats["host_copied_bytes"] == 0


def test_what_is_read_elsewhere_is_not_updated():
    """The old value is summed after the update: both have to be there."""
    model = cache_model(scatter_elements, reads="past")
    program = tilicho.compile(model, state="auto")
    held = program.state({"past": "present"})
    assert held.in_place == set()
    held["past"] = 1
    outputs = program.run(next(steps()), state=held)
    numpy.testing.assert_array_equal(outputs["sum"], [512, 512])
    with pytest.raises(tilicho.TilichoError, match="what is updated is also read"):
        tilicho.compile(model, state={"past": "present"})


def test_a_slice_replaced_by_concatenation():
    """[past[:4], new, past[5:]] changes one row of eight."""
    nodes = [
        node("Slice", ["past", "zero", "four"], "before"),
        node("Slice", ["past", "five", "eight"], "after"),
        node("Concat", ["before", "new", "after"], "present", axis=0),
    ]
    constants = [(name, numpy.array([value])) for name, value in
                 (("zero", 0), ("four", 4), ("five", 5), ("eight", 8))]
    model = make_model(nodes, [("past", F, (8, 16)), ("new", F, (1, 16))],
                       [("present", F, (8, 16))], constants)
    program = tilicho.compile(model, state="auto")
    held = program.state()
    assert held.in_place == {"past"}
    program.run({"new": numpy.full((1, 16), 7, numpy.float32)}, state=held)
    assert (held["past"] == 7).any(axis=1).tolist() == [row == 4 for row in range(8)]
    assert program.stats["hbm_written_bytes"] == 64


def test_a_shift_is_no_update():
    """[past[1:], new] moves every row."""
    nodes = [
        node("Slice", ["past", "one", "eight"], "rest"),
        node("Concat", ["rest", "new"], "present", axis=0),
    ]
    constants = [("one", numpy.array([1])), ("eight", numpy.array([8]))]
    model = make_model(nodes, [("past", F, (8, 16)), ("new", F, (1, 16))],
                       [("present", F, (8, 16))], constants)
    program = tilicho.compile(model, state="auto")
    held = program.state({"past": "present"})
    assert held.in_place == set()
    for value in range(3):
        program.run({"new": numpy.full((1, 16), value, numpy.float32)}, state=held)
    assert held["past"][:, 0].tolist() == [0, 0, 0, 0, 0, 0, 1, 2]


def test_states_are_checked(cache):
    program = tilicho.compile(cache, state="auto")
    for pairs, text in (
        ({"past": "sum"}, "a state has one type and shape"),
        ({"post": "pressent"}, "no input post\nthe program has no output pressent"),
    ):
        with pytest.raises(tilicho.TilichoError, match=text):
            program.state(pairs)
    held = program.state()
    with pytest.raises(ValueError, match="input past is given, but in the state"):
        program.run({"past": numpy.zeros(SHAPE, "f"), **next(steps())}, state=held)
    # A program that does not update in place cannot have one memory for both.
    other = tilicho.compile(cache)
    with pytest.raises(tilicho.TilichoError, match="does not update it in place"):
        other.run(next(steps()), state=held)
    with pytest.raises(tilicho.TilichoError, match="the model has no output 'none'"):
        tilicho.compile(cache, state={"past": "none"})


def test_states_can_be_set_and_reset(cache):
    held = tilicho.compile(cache, state="auto").state()
    assert list(held) == ["past"] and held.pairs == {"past": "present"}
    held["past"] = 3
    assert (held["past"] == 3).all()
    held.reset()
    assert not held["past"].any()


def test_a_session_keeps_state():
    model = cache_model(scatter_elements)
    session = tilicho.Session(model, state="auto")
    step = next(steps())
    held = session.state({"past": numpy.zeros(SHAPE, numpy.float32), **step})
    with pytest.raises(ValueError, match="input past is in the state"):
        session.run({"past": numpy.zeros(SHAPE, numpy.float32), **step}, state=held)
    for step in steps():
        session.run(step, state=held)
    assert held["past"][:, :, [3, 7, 63]].all()
    assert numpy.count_nonzero(held["past"]) == 3 * 16


# Caches that grow


def attention(past="past", count="count"):
    """One query block over a cache that it is added to, as exporters write it."""
    nodes = [
        node("Concat", ["past_key", "new_key"], "key", axis=2),
        node("Concat", ["past_value", "new_value"], "value", axis=2),
        node("Transpose", ["key"], "keys", perm=[0, 1, 3, 2]),
        node("MatMul", ["query", "keys"], "scores"),
        node("Softmax", ["scores"], "weights", axis=-1),
        node("MatMul", ["weights", "value"], "out"),
    ]
    old, new = (1, 2, past, 8), (1, 2, count, 8)
    return make_model(
        nodes,
        [("past_key", F, old), ("past_value", F, old), ("new_key", F, new),
         ("new_value", F, new), ("query", F, new)],
        [("key", F, (1, 2, "all", 8)), ("value", F, (1, 2, "all", 8)),
         ("out", F, new)],
    )


PAIRS = {"past_key": "key", "past_value": "value"}


def attend(query, key, value):
    scores = query @ key.swapaxes(2, 3)
    weights = numpy.exp(scores - scores.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True) @ value


def test_caches_grow_where_they_are():
    random = numpy.random.default_rng(0)

    def rows(count):
        return random.standard_normal((1, 2, count, 8)).astype(numpy.float32)

    def step(count):
        return {name: rows(count) for name in ("new_key", "new_value", "query")}

    key, value = rows(3), rows(3)
    session = tilicho.Session(attention(), state=PAIRS, state_capacity=16)
    first = {"past_key": key, "past_value": value, **step(1)}
    held = session.state(first)
    assert held.in_place == set(PAIRS) and held.rows == dict.fromkeys(PAIRS, 3)
    memory = held["past_key"].ctypes.data
    for count in (1, 1, 4, 1):
        given = step(count)
        out = session.run(given, state=held, sanitize=True)["out"]
        key = numpy.concatenate([key, given["new_key"]], axis=2)
        value = numpy.concatenate([value, given["new_value"]], axis=2)
        numpy.testing.assert_allclose(
            out, attend(given["query"], key, value), 1e-4, 1e-4
        )
        numpy.testing.assert_array_equal(held.filled("past_key"), key)
        numpy.testing.assert_array_equal(held.filled("past_value"), value)
    # One memory from the first run to the last, and nothing behind the rows.
    assert held["past_key"].ctypes.data == memory
    assert not held["past_key"][:, :, 10:].any()
    assert held.rows == dict.fromkeys(PAIRS, 10)
    for _ in range(6):
        session.run(step(1), state=held)
    with pytest.raises(tilicho.TilichoError, match="state has 17 rows after the run"):
        session.run(step(1), state=held)


def test_a_state_is_not_filled_beyond_its_room():
    program = tilicho.compile(attention(2, 1), state=PAIRS, state_capacity=4)
    held = program.state()
    assert program.inputs[0].shape == (1, 2, 4, 8)
    with pytest.raises(ValueError, match=r"room for \[1, 2, 4, 8\]"):
        held.fill("past_key", numpy.zeros((1, 2, 5, 8), numpy.float32))
    with pytest.raises(ValueError, match="is filled with"):
        held.fill("past_key", numpy.zeros((1, 1, 3, 8), numpy.float32))


def test_state_of_another_type_or_shape_is_refused():
    """Of as many bytes, so that only type and shape tell them apart."""

    def counter(dtype, shape):
        one = numpy.ones(1, numpy.float32 if dtype == F else numpy.int32)
        return tilicho.compile(
            make_model(
                [node("Add", ["past", "one"], "present")],
                [("past", dtype, shape)],
                [("present", dtype, shape)],
                [("one", one)],
            )
        )

    state = counter(F, [2, 3]).state({"past": "present"})
    for other in (counter(F, [3, 2]), counter(TensorProto.INT32, [2, 3])):
        with pytest.raises(tilicho.TilichoError, match="f32 .*does not fit"):
            other.run({}, state=state)
