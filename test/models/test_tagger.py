# SPDX-License-Identifier: Apache-2.0
"""The recurrent taggers that export_tagger.py wrote."""

import pathlib

import numpy
import onnx
import onnxruntime
import pytest

import tilicho

GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
LARGEST_ERROR = 1e-5


@pytest.mark.parametrize("exporter", ["dynamo", "torchscript"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_agrees_with_onnx_runtime(cell, exporter):
    path = GRAPHS / f"tagger-{cell}.{exporter}.onnx"
    assert path.stat().st_size < 60_000
    kind = onnx.load(path).graph.input[0].type.tensor_type
    shape = [dim.dim_value for dim in kind.shape.dim]
    tokens = numpy.random.default_rng(3).integers(0, 40, shape)
    session = onnxruntime.InferenceSession(
        path, providers=["CPUExecutionProvider"])
    expected, = session.run(None, {"tokens": tokens})
    for options in ({}, {"optimization": 0}, {"machine": "edge"}):
        program = tilicho.compile(path, **options)
        actual, = program.run({"tokens": tokens}, timing="off", sanitize=True).values()
        assert numpy.abs(actual - expected).max() <= LARGEST_ERROR, options
