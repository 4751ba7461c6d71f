# SPDX-License-Identifier: Apache-2.0
"""The registered provider, and sessions that remember what runs where."""

import onnxruntime
import pytest
import tilicho.onnxruntime as plugin


@pytest.fixture(scope="session")
def provider():
    return plugin.register()


@pytest.fixture
def session(provider):
    """Makes a session; more is given to `tilicho.onnxruntime.options`."""

    def make(model, level=None, entries=(), **options):
        chosen = onnxruntime.SessionOptions()
        # A partly taken model is worth a warning to ONNX Runtime.
        chosen.log_severity_level = 3
        if level is not None:
            chosen.graph_optimization_level = level
        plugin.record_assignment(chosen)
        for key, value in dict(entries).items():
            chosen.add_session_config_entry(key, value)
        return provider.session(model, chosen, **options)

    return make


@pytest.fixture
def on_cpu():
    """What the CPU provider gives."""

    def run(model, feeds):
        chosen = onnxruntime.SessionOptions()
        chosen.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), chosen,
            providers=["CPUExecutionProvider"])
        return session.run(None, feeds)

    return run
