# SPDX-License-Identifier: Apache-2.0
"""One node at a time against ONNX Runtime: the tables of nodes/."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "nodes"))

import cases_elements  # noqa: E402
import cases_moves  # noqa: E402
import cases_older  # noqa: E402
import cases_products  # noqa: E402
import cases_recurrent  # noqa: E402
import cases_regions  # noqa: E402
import cases_rows  # noqa: E402
import cases_signals  # noqa: E402
import cases_windows  # noqa: E402
from single_node import check  # noqa: E402

CASES = [case for table in (cases_elements, cases_moves, cases_older, cases_products,
                            cases_recurrent, cases_regions, cases_rows, cases_signals,
                            cases_windows) for case in table.CASES]
# The other ways to compile and other machines see every fifth case.
SAMPLE = CASES[::5]


@pytest.mark.parametrize("node", CASES, ids=str)
def test_node(node):
    assert check(node) is None


@pytest.mark.parametrize("node", SAMPLE, ids=str)
def test_unoptimised_node(node):
    assert check(node, optimization=0) is None


@pytest.mark.parametrize("machine", ["edge", "tpu1"])
@pytest.mark.parametrize("node", SAMPLE, ids=str)
def test_node_on_machine(node, machine):
    assert check(node, machine=machine) is None
