# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs of three steps to PREFIX.N.npz; with --check compares
PREFIX.out.npz with what they lead to."""

import sys

import numpy

prefix = sys.argv[1]
steps = [(3, 1), (5, 2), (3, 4)]
if "--check" not in sys.argv:
    for index, (place, value) in enumerate(steps):
        numpy.savez(f"{prefix}.{index}.npz", at=numpy.array([place]),
                    new=numpy.full((1, 8), value, numpy.float32))
else:
    expected = numpy.zeros((8, 64), numpy.float32)
    for place, value in steps:
        expected[:, place] = value
    found = numpy.load(f"{prefix}.out.npz")
    numpy.testing.assert_array_equal(found["present"], expected)
    numpy.testing.assert_allclose(found["row"], numpy.exp(4), 1e-5)
