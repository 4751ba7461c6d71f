# SPDX-License-Identifier: Apache-2.0
"""Writes inputs and an output of rows.tas: python3 rows.py PREFIX"""

import sys

import numpy

prefix = sys.argv[1]
x = numpy.arange(4).reshape(4, 1)
for rows in (2, 5):
    numpy.savez(f"{prefix}.{rows}.npz", x=x, n=numpy.array([rows]))
numpy.savez(f"{prefix}.two.npz", all=x[:2])
numpy.savez(f"{prefix}.three.npz", all=x[:3])
