# SPDX-License-Identifier: Apache-2.0
"""The nine light_* models of the onnx package."""

import ml_dtypes
import numpy
import pytest
import tilicho

import judge
import light

#: Of the largest value. Sums of up to 25088 products in another order than
#: ONNX Runtime's, through up to 121 layers, stay far below.
LARGEST_ERROR = 1e-4


@pytest.mark.parametrize("name", light.NAMES)
def test_gives_the_package_s_outputs(name):
    path = light.original_path(name)
    info, = light.graph_inputs(light.load(name))
    program = tilicho.compile(path)
    inputs = {info.name: light.original_input(info)}
    output, = program.run(inputs, timing="off", sanitize=True).values()
    numpy.testing.assert_allclose(output, light.original_output(name),
                                  rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", light.NAMES)
def test_agrees_with_onnx_runtime(name, tmp_path):
    case = judge.make_case(light.load(name), tmp_path, half=ml_dtypes.bfloat16)
    for options in ({}, {"optimization": 3}, {"machine": "trn2"}):
        actual = judge.run_tilicho(case, **options)
        error = judge.largest_error(actual, case.expected)
        assert error <= LARGEST_ERROR, options
    half = judge.run_tilicho(case, precision="bf16")
    assert judge.rms_error(half, case.expected) <= 2 * case.rounding_error


@pytest.mark.parametrize("name", light.NAMES)
def test_batch_agrees_at_either_end_of_optimization(name, tmp_path):
    case = judge.make_case(light.load(name, batch=4), tmp_path)
    for level in (0, 3):
        actual = judge.run_tilicho(case, optimization=level)
        error = judge.largest_error(actual, case.expected)
        assert error <= LARGEST_ERROR, level
