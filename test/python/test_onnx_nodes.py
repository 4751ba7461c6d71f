# SPDX-License-Identifier: Apache-2.0
"""ONNX's own backend tests, compiled and run on the emulator.

A test that is listed in unsupported_nodes.txt must be refused with a message,
every other one must give the expected values. `onnx_conformance.py --list`
prints the list as it should be, sorted by operator.
"""

import pathlib
import sys
import unittest

import onnx.backend.test
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import onnx_conformance  # noqa: E402
import tilicho.backend  # noqa: E402

UNSUPPORTED = onnx_conformance.listed()


@pytest.mark.parametrize("name", onnx_conformance.all_cases())
def test_case(name):
    outcome = onnx_conformance.run_case(name)
    if name in UNSUPPORTED:
        assert outcome.kind == "unsupported", f"{name} is listed, but runs"
    else:
        assert outcome.kind == "engines", outcome.text


def test_the_list_is_sorted_and_names_tests():
    lines = onnx_conformance.LIST.read_text().splitlines()
    assert lines == sorted(lines)
    assert UNSUPPORTED <= set(onnx_conformance.all_cases())


def test_onnx_s_own_runner():
    """As the public scoreboard runs it."""
    tests = onnx.backend.test.BackendTest(tilicho.backend, __name__)
    tests.include("test_relu_cpu").include("test_reshape_.*_cpu")
    tests.include("test_strnorm_model_nostopwords_nochangecase_cpu")
    result = unittest.TestResult()
    tests.enable_report().test_suite.run(result)
    assert result.wasSuccessful() and result.testsRun > 1905
