#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs some of ONNX's node tests on Tilicho, by the interface that every backend
of the onnx package has. Give a pattern of test names to run others."""
import argparse
import unittest

import onnx.backend.test
import tilicho.backend


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pattern", nargs="?", default="test_conv_.*_cpu")
    given = parser.parse_args()

    tests = onnx.backend.test.BackendTest(tilicho.backend, __name__)
    tests.include(given.pattern)
    result = unittest.TestResult()
    tests.test_suite.run(result)
    wrong = result.failures + result.errors
    for test, text in wrong:
        print(f"{test}: {text.splitlines()[-1]}")
    # What is not supported counts as passed to ONNX's runner.
    passed = result.testsRun - len(result.skipped) - len(wrong)
    print(f"{passed} passed or not supported, {len(wrong)} wrong")


if __name__ == "__main__":
    main()
