# SPDX-License-Identifier: Apache-2.0
"""Spectra of frames, and the filters that weigh them."""

import numpy
from onnx import TensorProto

from single_node import Node, exactly, given, known, weight


def spectra(signal, step, window=None, length=None, dtype="f32", make=weight, onesided=1,
            tolerance=None):
    return Node("STFT", [given(*signal, dtype=dtype), known(step),
                         make(window, dtype=dtype) if window else None,
                         known(length) if length else None], {"onesided": onesided},
                tolerance=tolerance)


SPECTRA = [
    spectra((1, 127, 1), 8, length=16), spectra((1, 127, 1), 8, length=16, onesided=0),
    spectra((2, 128, 1), 8, 15), spectra((3, 400, 1), 160, 129, length=129),
    spectra((2, 100, 1), 7, 30, make=given), spectra((1, 16, 1), 1, 16),
    spectra((2, 100, 2), 9, 20, onesided=0),
    # ONNX Runtime's error: it makes one of length 1024 of it, by a chirp.
    spectra((1, 1000, 1), 100, 400, tolerance=5e-5),
    spectra((1, 127, 1), 8, 16, dtype="f16"), spectra((1, 127, 1), 8, 16, dtype="bf16"),
]


def filters(count, points, rate, low, high, dtype="f32", kind=TensorProto.FLOAT):
    """Given numbers are not known when compiling; the first two make the shape."""
    make = known if isinstance(rate, int) else exactly
    return Node("MelWeightMatrix",
                [known(count), known(points), make(rate, "i64"),
                 make(low, dtype), make(high, dtype)], {"output_datatype": kind})


FILTERS = [
    filters(8, 16, 8192, 0.0, 4096.0), filters(80, 400, 16000, 20.0, 8000.0),
    filters(5, 65, 8000, 100.0, 3000.0), filters(8, 16, 8192, 0.0, 4096.0, kind=TensorProto.DOUBLE),
    filters(40, 512, numpy.array(16000), 20.0, 7600.0),
    filters(8, 16, numpy.array(8192), 0.0, 4096.0, kind=TensorProto.INT32),
    filters(8, 100, numpy.array(8192), 10.0, 4096.0, dtype="f64", kind=TensorProto.DOUBLE),
]

CASES = SPECTRA + FILTERS
