# SPDX-License-Identifier: Apache-2.0
"""Writes inputs and outputs of rows.tas: python3 rows.py PREFIX"""

import sys

import numpy

prefix = sys.argv[1]
x = numpy.arange(4).reshape(4, 1)
for rows in (2, 5):
    numpy.savez(f"{prefix}.{rows}.npz", x=x, n=numpy.array([rows]))
for name, rows in (("two", 2), ("three", 3)):
    numpy.savez(f"{prefix}.{name}.npz", all=x[:rows], twice=[x[:rows, 0]] * 2)
