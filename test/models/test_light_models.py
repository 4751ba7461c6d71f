# SPDX-License-Identifier: Apache-2.0
"""The nine light_* models of the onnx package."""

import ml_dtypes
import numpy
import onnx
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
    # An initializer that is an input nobody reads may be one of the program's.
    assert [each.name for each in program.inputs] == [info.name]
    output, = program.run(inputs, timing="off", sanitize=True).values()
    numpy.testing.assert_allclose(output, light.original_output(name),
                                  rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", light.NAMES)
def test_agrees_with_onnx_runtime(name, tmp_path):
    case = judge.make_case(light.load(name), tmp_path, half=ml_dtypes.bfloat16)
    default = judge.run_tilicho(case)
    assert judge.largest_error(default, case.expected) <= LARGEST_ERROR
    half = judge.run_tilicho(case, precision="bf16")
    assert judge.rms_error(half, case.expected) <= 2 * case.rounding_error


# One of each kind: grouped, branching, and with local response normalisation.
@pytest.mark.parametrize("name", ["shufflenet", "squeezenet", "inception_v2"])
@pytest.mark.parametrize("level", [0, 3])
def test_batch_agrees_at_either_end_of_optimization(name, level, tmp_path):
    case = judge.make_case(light.load(name, batch=4), tmp_path)
    actual = judge.run_tilicho(case, optimization=level)
    assert judge.largest_error(actual, case.expected) <= LARGEST_ERROR
