# SPDX-License-Identifier: Apache-2.0
"""Models that are compiled once and loaded without the compiler."""

import pathlib
import subprocess
import sys

import numpy
import onnx
import pytest

import plugin_models as models

FEEDS = {"x": models.random(3, 8)}

# Loads a compiled model in a process that cannot open the compiler.
LOAD = """
import sys
import numpy
import tilicho.onnxruntime as plugin

session = plugin.register().session(sys.argv[1])
numpy.save(sys.argv[3], session.run(None, {"x": numpy.load(sys.argv[2])})[0])
opened = open("/proc/self/maps").read()
assert "libtilicho-runtime" in opened
assert "libtilicho-compiler" not in opened
"""


@pytest.fixture
def compiled(session, tmp_path):
    """Writes a compiled model; returns its path."""

    def make(model, embeds=True, **options):
        path = tmp_path / "compiled.onnx"
        session(model, entries={"ep.context_enable": "1",
                                "ep.context_file_path": str(path),
                                "ep.context_embed_mode": str(int(embeds))},
                **options)
        return path

    return make


@pytest.mark.parametrize("embeds", [True, False])
def test_loads_without_the_compiler(compiled, on_cpu, tmp_path, embeds):
    model = models.perceptron(batch=3)
    path = compiled(model, embeds)
    assert bool(list(tmp_path.glob("*.tlx"))) != embeds
    written = onnx.load(path)
    assert [node.op_type for node in written.graph.node] == ["EPContext"]
    numpy.save(tmp_path / "x.npy", FEEDS["x"])
    subprocess.run([sys.executable, "-c", LOAD, path, tmp_path / "x.npy",
                    tmp_path / "y.npy"], check=True)
    numpy.testing.assert_allclose(numpy.load(tmp_path / "y.npy"),
                                  on_cpu(model, FEEDS)[0], 1e-5, 1e-5)


def test_keeps_what_it_does_not_take(compiled, session, on_cpu):
    model = models.with_strings()
    path = compiled(model)
    operators = [node.op_type for node in onnx.load(path).graph.node]
    assert operators.count("EPContext") == 2 and "Cast" in operators
    feeds = {"x": numpy.arange(24, dtype=numpy.float32).reshape(3, 8)}
    numpy.testing.assert_allclose(session(onnx.load(path)).run(None, feeds)[0],
                                  on_cpu(model, feeds)[0], 1e-5)


def test_refuses_another_machine(compiled, session):
    path = compiled(models.perceptron(batch=3), machine="trn2")
    session(onnx.load(path), machine="trn2")
    with pytest.raises(Exception, match="machine trn2.*wants trn1"):
        session(onnx.load(path), machine="trn1")


def test_refuses_a_machine_of_the_same_name(compiled, session):
    settings = {"array.clock_ghz": 1}
    path = compiled(models.perceptron(batch=3), machine="trn2",
                    settings=settings)
    session(onnx.load(path), machine="trn2", settings=settings)
    with pytest.raises(Exception, match="machine trn2.*array.clock_ghz=1, "):
        session(onnx.load(path), machine="trn2")


def change(path, name, value):
    model = onnx.load(path)
    for attribute in model.graph.node[0].attribute:
        if attribute.name == name:
            attribute.s = value
    return model


def test_refuses_another_version(compiled, session):
    path = compiled(models.perceptron(batch=3))
    with pytest.raises(Exception, match=r"by Tilicho 0\.0\.7.*this is \d"):
        session(change(path, "ep_sdk_version", b"0.0.7"))


def test_refuses_a_damaged_program(compiled, session):
    path = compiled(models.perceptron(batch=3))
    with pytest.raises(Exception, match="program in memory"):
        session(change(path, "ep_cache_context", b"no program"))


def test_opens_nothing_outside_of_its_folder(compiled, session):
    path = compiled(models.perceptron(batch=3), embeds=False)
    with pytest.raises(Exception, match="outside of the model's folder"):
        session(change(path, "ep_cache_context", b"../other.tlx"))


def test_refuses_other_shapes(compiled, session):
    path = compiled(models.perceptron(batch=3))
    with pytest.raises(Exception):
        session(onnx.load(path)).run(None, {"x": models.random(4, 8)})


def test_takes_nothing_with_open_dimensions(compiled):
    with pytest.raises(Exception):
        path = compiled(models.perceptron())
        assert pathlib.Path(path).exists()
