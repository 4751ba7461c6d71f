# SPDX-License-Identifier: Apache-2.0
"""Registering, options, sessions side by side."""

import concurrent.futures
import json
import subprocess
import sys

import numpy
import onnxruntime
import pytest
import tilicho.onnxruntime as plugin

import plugin_models as models


def test_is_registered_once():
    assert plugin.register() is plugin.register()
    assert plugin.get_ep_names() == [plugin.NAME]


def test_works_by_name(provider):
    """In releases of ONNX Runtime where it does, which this one is."""
    assert provider.by_name
    given = plugin.options(precision="bf16")
    session = onnxruntime.InferenceSession(
        models.perceptron().SerializeToString(),
        providers=[(plugin.NAME, given)])
    assert session.get_providers()[0] == plugin.NAME


def test_options_as_text():
    assert plugin.options(machine="edge", optimization=3, dims={"N": 4},
                          settings={"array.rows": 8, "x": True}, threads=2) == {
        "machine": "edge", "O": "3", "threads": "2", "dim.N": "4",
        "set.array.rows": "8", "set.x": "true"}


@pytest.mark.parametrize("options, message", [
    ({"placement": "here"}, "pay, all and macs are known, not 'here'"),
    ({"colour": "red"}, "option colour is not known"),
    ({"threads": "many"}, "option threads: a number is wanted, not 'many'"),
    ({"machine": "none"}, "none"),
])
def test_says_what_is_wrong_with_an_option(provider, options, message):
    chosen = onnxruntime.SessionOptions()
    chosen.add_provider_for_devices(provider.devices(), options)
    with pytest.raises(Exception, match=message):
        onnxruntime.InferenceSession(
            models.perceptron().SerializeToString(), chosen)


def test_machine_and_precision_reach_the_compiler(session, on_cpu, tmp_path):
    model = models.perceptron()
    feeds = {"x": models.random(3, 8)}
    stats, trace = tmp_path / "stats.json", tmp_path / "trace.json"
    made = session(model, machine="edge", stats=stats, trace=trace,
                   optimization=1)
    made.run(None, feeds)
    made.run(None, feeds)
    lines = [json.loads(line)["stats"] for line in
             stats.read_text().splitlines()]
    assert len(lines) == 2
    assert lines[0]["machine"] == "edge" and lines[0]["makespan_us"] > 0
    assert {"first", "second"} <= set(lines[0]["nodes"])
    assert json.loads(trace.read_text())
    # bf16 rounds the weights.
    coarse, = session(model, precision="bf16").run(None, feeds)
    exact, = on_cpu(model, feeds)
    assert 1e-6 < numpy.abs(coarse - exact).max() < 0.5


def test_sessions_and_threads_side_by_side(session, on_cpu):
    model = models.transformer()
    sessions = [session(model, threads=1) for _ in range(2)]
    shapes = [(1, 5, 16), (2, 7, 16), (3, 4, 16)]
    feeds = [{"x": models.random(*shape, seed=seed)}
             for seed, shape in enumerate(shapes * 4)]
    expected = [on_cpu(model, one)[0] for one in feeds]

    def run(index):
        return sessions[index % 2].run(None, feeds[index])[0]

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for actual, wanted in zip(pool.map(run, range(len(feeds))), expected):
            numpy.testing.assert_allclose(actual, wanted, 1e-4, 1e-4)


def test_a_process_ends_well(tmp_path):
    """With a session, its options and what it says of its placement alive."""
    code = ("import sys, numpy, onnxruntime, tilicho.onnxruntime as plugin\n"
            "chosen = onnxruntime.SessionOptions()\n"
            "plugin.record_assignment(chosen)\n"
            "session = plugin.register().session(sys.argv[1], chosen)\n"
            "kept = session.get_provider_graph_assignment_info()\n"
            "session.run(None, {'x': numpy.zeros((2, 8), 'float32')})\n")
    path = tmp_path / "model.onnx"
    path.write_bytes(models.perceptron().SerializeToString())
    subprocess.run([sys.executable, "-c", code, path], check=True)


def test_programs_are_kept_in_a_folder(session, tmp_path):
    model = models.perceptron(batch=3)
    feeds = {"x": models.random(3, 8)}
    first, = session(model, cache=tmp_path / "cache").run(None, feeds)
    files = {path: path.stat().st_mtime_ns
             for path in (tmp_path / "cache").rglob("*") if path.is_file()}
    assert files
    again, = session(model, cache=tmp_path / "cache").run(None, feeds)
    assert (first == again).all()
    programs = [path for path in files if path.suffix == ".tlx"]
    assert programs and all(path.exists() for path in programs)
    assert {path for path in (tmp_path / "cache").rglob("*.tlx")} == set(
        programs)
