# SPDX-License-Identifier: Apache-2.0
"""Fourier transforms whose spectrum is longer or shorter than it has to be."""

import numpy
import pytest
import tilicho
from onnx import TensorProto, helper, numpy_helper


@pytest.mark.parametrize("length,rows", [(8, 5), (8, 8), (9, 9), (8, 3), (6, 5)])
def test_real_signals_of_a_spectrum(length, rows):
    """As numpy.fft.irfft, which takes no more than the first half."""
    random = numpy.random.default_rng(0)
    x = random.standard_normal((1, rows, 2)).astype(numpy.float32)
    info = helper.make_tensor_value_info
    constants = {"length": length, "axis": 1}
    graph = helper.make_graph(
        [helper.make_node("DFT", ["x", *constants], ["y"], inverse=1, onesided=1)],
        "dft",
        [info("x", TensorProto.FLOAT, [1, rows, 2])],
        [info("y", TensorProto.FLOAT, [1, length, 1])],
        [numpy_helper.from_array(numpy.array(value, numpy.int64), name)
         for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 20)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=10)
    actual = tilicho.compile(model).run({"x": x})["y"][..., 0]
    expected = numpy.fft.irfft(x[..., 0] + 1j * x[..., 1], n=length, axis=1)
    numpy.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-6)
