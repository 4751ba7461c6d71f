# SPDX-License-Identifier: Apache-2.0
"""The graphs that export.py wrote."""

import pathlib

import ml_dtypes
import numpy
import onnx
import pytest

import fill
import judge

GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
FULL = ["mobilenetv2", "resnet50-v1.5", "unet"]
HALF = {"squeezenet-f16": numpy.float16, "squeezenet-bf16": ml_dtypes.bfloat16}
LARGEST_ERROR = 1e-4


def load(name):
    return onnx.load(GRAPHS / f"{name}.onnx")


@pytest.mark.parametrize("name", FULL)
def test_agrees_with_onnx_runtime(name, tmp_path):
    case = judge.make_case(load(name), tmp_path, half=ml_dtypes.bfloat16)
    for options in ({}, {"optimization": 3}, {"machine": "trn2"}):
        actual = judge.run_tilicho(case, **options)
        error = judge.largest_error(actual, case.expected)
        assert error <= LARGEST_ERROR, options
    actual = judge.run_tilicho(case, precision="bf16")
    assert judge.rms_error(actual, case.expected) <= 2 * case.rounding_error


@pytest.mark.parametrize("name", HALF)
def test_half_type_is_as_good_as_rounded_weights(name, tmp_path):
    case = judge.make_case(load(name), tmp_path, half=HALF[name])
    for level in (2, 3):
        actual = judge.run_tilicho(case, optimization=level)
        scores, = actual.values()
        assert scores.dtype == HALF[name]
        assert judge.rms_error(actual, case.expected) <= 2 * case.rounding_error


@pytest.mark.parametrize("name", ["mobilenetv2", "unet"])
def test_batch_of_a_symbolic_dimension(name, tmp_path):
    case = judge.make_case(load(name), tmp_path, batch=3)
    actual = judge.run_tilicho(case)
    assert judge.largest_error(actual, case.expected) <= LARGEST_ERROR


@pytest.mark.parametrize("name", FULL + list(HALF))
def test_graph_files_are_small_and_valid(name):
    path = GRAPHS / f"{name}.onnx"
    assert path.stat().st_size < 200_000
    model = onnx.load(path)
    assert any(fill.is_stub(tensor) for tensor in model.graph.initializer)


def test_filled_models_are_valid_and_the_same_each_time(tmp_path):
    paths = [fill.write_filled(load("unet"), tmp_path / str(run))
             for run in range(2)]
    onnx.checker.check_model(paths[0], full_check=True)
    for file in ("model.onnx", "weights.bin"):
        first, second = (path.with_name(file).read_bytes() for path in paths)
        assert first == second
