# SPDX-License-Identifier: Apache-2.0
"""Decoders whose caches stay on the device while they grow."""

import pathlib

import numpy
import onnx
import pytest
import tilicho

import fill
import judge
import sequence_inputs

GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
LARGEST_ERROR = 1e-4


@pytest.mark.parametrize(
    "name", ["gpt2-decode.torchscript", "llama-decode.dynamo"]
)
def test_caches_stay_and_grow(name, tmp_path):
    """Three tokens after a cache of nine, each with the cache of the last."""
    model = onnx.load(GRAPHS / f"{name}.onnx")
    path = fill.write_filled(model, tmp_path)
    reference = judge.make_session(path)
    names = [output.name for output in reference.get_outputs()]
    pairs = {name.replace("present", "past"): name
             for name in names if name.startswith("present")}
    inputs = sequence_inputs.make(model, sequence_inputs.dims_of(model))
    session = tilicho.Session(path, state=pairs, state_capacity=16)
    state = session.state(inputs)
    assert state.in_place == set(pairs)
    given = {key: value for key, value in inputs.items() if key not in pairs}
    for step in range(3):
        if "position_ids" in given:
            given["position_ids"] = inputs["position_ids"] + step
        actual = session.run(given, state=state, timing="off")
        assert set(actual) == set(names) - set(pairs.values())
        full = {**given, **{key: inputs[key] for key in pairs}}
        expected = dict(zip(names, reference.run(names, full)))
        error = judge.error_of_range(
            actual, {key: expected[key] for key in actual})
        assert error <= LARGEST_ERROR, step
        inputs.update({key: expected[value] for key, value in pairs.items()})
        for key in pairs:
            assert state.rows[key] == inputs[key].shape[2]
            numpy.testing.assert_allclose(
                state.filled(key), inputs[key], rtol=1e-3, atol=1e-4)
