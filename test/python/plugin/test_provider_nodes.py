# SPDX-License-Identifier: Apache-2.0
"""ONNX's node tests by ONNX Runtime, on Tilicho and on the CPU provider alone:
none may fail that does not fail there.

The suite runs a part; `python test_provider_nodes.py` runs all, in about four
minutes, and says how many ran where.
"""

import collections
import pathlib
import sys

import onnx
import onnxruntime
import pytest
import tilicho.onnxruntime as plugin
from onnx import numpy_helper

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import node_cases  # noqa: E402

#: One in so many is run with the suite.
STRIDE = 40


def values(tensors):
    return [numpy_helper.to_array(tensor) for tensor in tensors]


def outcome(name, make_session):
    """What is wrong, as text or nothing, and which providers took part."""
    folder = node_cases.FOLDER / name
    try:
        model = onnx.load(folder / "model.onnx")
        data = folder / "test_data_set_0"
        inputs = values(node_cases.read_data(data, "input"))
        expected = values(node_cases.read_data(data, "output"))
        chosen = onnxruntime.SessionOptions()
        chosen.log_severity_level = 4
        plugin.record_assignment(chosen)
        session = make_session(model, chosen)
        # It would hide a run that fails.
        session.disable_fallback()
        names = [info.name for info in model.graph.input]
        outputs = session.run(None, dict(zip(names, inputs)))
        wrong = [node_cases.difference(*pair)
                 for pair in zip(outputs, expected)]
        return next(filter(None, wrong), None), plugin.assignment(session)
    except Exception as error:  # Each of ONNX Runtime's errors is another type.
        return f"{type(error).__name__}: {error}", {}


def on_tilicho(model, chosen):
    return plugin.register().session(model, chosen, placement="all", threads=1)


def on_cpu(model, chosen):
    return onnxruntime.InferenceSession(
        model.SerializeToString(), chosen, providers=["CPUExecutionProvider"])


def judge(name):
    """Where a test ran: tilicho, elsewhere, or nowhere as on the CPU provider;
    or what is wrong with it on Tilicho only."""
    wrong, placed = outcome(name, on_tilicho)
    if wrong is None:
        return "tilicho" if plugin.NAME in placed else "elsewhere"
    return "nowhere" if outcome(name, on_cpu)[0] else wrong


@pytest.mark.parametrize("name", node_cases.names()[::STRIDE])
def test_node(name):
    assert judge(name) in ("tilicho", "elsewhere", "nowhere")


def main():
    onnxruntime.set_default_logger_severity(4)
    counts = collections.Counter()
    for name in node_cases.names():
        result = judge(name)
        known = result in ("tilicho", "elsewhere", "nowhere")
        counts[result if known else "worse"] += 1
        if not known:
            print(f"{name}: {result}")
    print(", ".join(f"{key}: {count}" for key, count in counts.items()))
    return 1 if counts["worse"] else 0


if __name__ == "__main__":
    sys.exit(main())
