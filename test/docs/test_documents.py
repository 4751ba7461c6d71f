# SPDX-License-Identifier: Apache-2.0
"""What the documents show is run, and what they list is compared."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build"))


def examples(page, language):
    """The fenced examples of a page in a language."""
    text = (ROOT / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder in which the examples find what they name."""
    for name, place in [("build", BUILD), ("examples", ROOT / "examples"),
                        ("python", ROOT / "python")]:
        (tmp_path / name).symlink_to(place)
    weights = numpy_helper.from_array(
        numpy.ones((16, 8), numpy.float32), "w")
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "small",
        [info("x", TensorProto.FLOAT, [4, 16])],
        [info("y", TensorProto.FLOAT, [4, 8])], [weights])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)],
                          ir_version=10), tmp_path / "model.onnx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TILICHO_BUILD", str(BUILD))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "python"))
    return tmp_path


def run(*command, **options):
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE, **options).stdout


def tool(name):
    return str(BUILD / "bin" / name)


@pytest.fixture
def statistics(folder):
    """Of the digits CNN: the compiler's, and those of a run."""
    model = "examples/digits/digits.onnx"
    run(tool("tilicho-compile"), model, "-o", "digits.tlx", "--dim=batch=1",
        "--stats=compiler.json")
    run(tool("tilicho-run"), "digits.tlx", "--random=0", "--stats=run.json",
        "--report")
    return [json.loads((folder / name).read_text())
            for name in ("compiler.json", "run.json")]


def test_readme_commands(folder):
    commands = [text for text in examples("README.md", "sh")
                if "build/bin" in text]
    assert commands
    for text in commands:
        run("bash", "-euc", text)
    assert numpy.load("out.npz")["logits"].shape == (4, 10)
    assert json.loads((folder / "stats.json").read_text())["makespan_us"] > 0
    assert json.loads((folder / "trace.json").read_text())


@pytest.mark.parametrize("page", ["README.md", "docs/PythonApi.md",
                                  "docs/OnnxBackend.md",
                                  "docs/OnnxRuntime.md", "docs/PyTorch.md"])
def test_python_examples(folder, page):
    texts = examples(page, "python")
    assert texts
    for text in texts:
        assert run(sys.executable, "-c", text)


def test_pytorch_example(folder):
    """Trains, and runs in both ways with the same accuracy."""
    lines = run(sys.executable, "examples/pytorch/run.py").splitlines()
    eager, fast, whole = [float(line.split()[-1]) for line in lines[:3]]
    assert eager > 0.95 and fast == eager and abs(whole - eager) < 0.01


def test_onnxruntime_example(folder):
    """The same accuracy, and everything on Tilicho."""
    lines = run(sys.executable, "examples/onnxruntime/run.py").splitlines()
    ours, theirs = [float(line.split()[-1]) for line in lines[:2]]
    assert ours == theirs > 0.95
    assert len(lines) == 3 and lines[2].startswith("TilichoExecutionProvider:")


def test_onnx_backend_example(folder):
    """Everything that it runs is right."""
    lines = run(sys.executable, "examples/onnx_backend/run.py").splitlines()
    assert lines[-1].endswith("0 wrong")


def test_c_example(folder):
    """Against the build, whose libraries lie in folders of their own."""
    run(tool("tilicho-compile"), "model.onnx")
    (text,) = examples("docs/CApi.md", "c")
    (folder / "main.c").write_text(text)
    library = next(BUILD.rglob("libtilicho-runtime.so"))
    run("clang-22", "main.c", "-o", "main", f"-I{ROOT}/include",
        f"-L{library.parent}", "-ltilicho-runtime",
        f"-Wl,-rpath,{library.parent}")
    assert json.loads(run("./main"))["makespan_us"] > 0


def keys_of_page():
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs/Statistics.md").read_text(),
                      re.M)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def test_statistics_are_documented(statistics):
    present = {"nodes"}
    for figures in statistics:
        present |= set(figures)
        for node in figures["nodes"].values():
            present |= set(node)
    assert present == keys_of_page()


@pytest.mark.parametrize("name", ["tilicho-compile", "tilicho-run",
                                  "tilicho-interpret", "tilicho-machine"])
def test_flags_are_documented(name):
    page = (ROOT / "docs/CommandLine.md").read_text()
    flags = set(re.findall(r"^ +--([a-z][a-z-]+)", run(tool(name), "--help"),
                           re.M))
    flags -= {"help", "help-list", "version", "color"}
    assert not {flag for flag in flags if f"--{flag}" not in page}
