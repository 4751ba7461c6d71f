# SPDX-License-Identifier: Apache-2.0
"""ONNX's own node tests, compiled and run on the emulator.

A test that is listed in unsupported_nodes.txt must be refused with a message,
every other one must give the expected values. `python test_onnx_nodes.py`
prints the list as it should be, sorted by operator.
"""

import pathlib
import sys

import pytest
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import node_cases  # noqa: E402
import tilicho  # noqa: E402

LIST = pathlib.Path(__file__).resolve().with_name("unsupported_nodes.txt")


def listed():
    """The names of unsupported tests; a line is OPERATORS: NAME."""
    lines = LIST.read_text().splitlines() if LIST.exists() else []
    return {line.rsplit(" ", 1)[1] for line in lines if line}


def has_tensors_only(name):
    """Sequences, optionals and strings are no tensors of the machine."""
    try:
        case = node_cases.Case(name)
        return all(value.dtype != object for value in case.expected.values())
    except (TypeError, ValueError):
        return False


def check(name):
    """Runs a test; what differs as text, or nothing."""
    case = node_cases.Case(name)
    program = tilicho.compile(case.model.SerializeToString())
    inputs = {tensor.name: numpy_helper.to_array(tensor)
              for tensor in case.inputs}
    outputs = program.run(inputs, sanitize=True, timing="off", threads=1)
    for output, expected in case.expected.items():
        text = node_cases.difference(outputs[output], expected)
        if text:
            return f"output {output}: {text}"
    return None


NAMES = [name for name in node_cases.names() if has_tensors_only(name)]
UNSUPPORTED = listed()


@pytest.mark.parametrize("name", NAMES)
def test_node(name):
    if name in UNSUPPORTED:
        with pytest.raises(tilicho.TilichoError, match=r"\S"):
            check(name)
    else:
        assert check(name) is None


def print_list():
    lines = []
    for name in NAMES:
        try:
            check(name)
        except tilicho.TilichoError:
            operators = node_cases.Case(name).operators()
            lines.append(f"{', '.join(operators)}: {name}")
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    print_list()
