# SPDX-License-Identifier: Apache-2.0
"""Weights that are kept between compiles: they change no byte of a program."""

import os
import pathlib
import subprocess

import numpy
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

BIN = pathlib.Path(os.environ["TILICHO_BUILD"]) / "bin"
SHAPE = [1, 64, 6, 6]


def norm(name, channels, random):
    """A batch normalisation and its parameters."""
    node = helper.make_node(
        "BatchNormalization",
        [name, *(f"{name}_{part}" for part in "sbmv")], [f"{name}_n"])
    values = [numpy_helper.from_array(
        random.uniform(0.5, 2, channels).astype("float32"), f"{name}_{part}")
        for part in "sbmv"]
    return node, values


def save_model(path):
    """Convolutions with folded normalisations, and a product, all of weights
    large enough to be kept."""
    random = numpy.random.default_rng(0)

    def weight(name, *shape):
        values = random.uniform(-0.1, 0.1, shape).astype("float32")
        return numpy_helper.from_array(values, name)
    first, firstValues = norm("c", 64, random)
    second, secondValues = norm("t", 128, random)
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), first,
        helper.make_node("ConvTranspose", ["c_n", "u"], ["t"], group=2),
        second,
        helper.make_node("Flatten", ["t_n"], ["f"]),
        helper.make_node("Gemm", ["f", "v"], ["y"], transB=1),
    ]
    graph = helper.make_graph(
        nodes, "kept",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 16])],
        [weight("w", 64, 64, 3, 3), weight("u", 64, 64, 3, 3),
         weight("v", 16, 128 * 8 * 8), *firstValues, *secondValues])
    opset = helper.make_opsetid("", 21)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=10),
              path)


class Compiler:
    def __init__(self, folder):
        self.folder = folder
        self.cache = folder / "cache"
        save_model(folder / "m.onnx")

    def command(self, cache, *flags, output="m.tlx"):
        return [BIN / "tilicho-compile", self.folder / "m.onnx", "-o",
                self.folder / output, f"--weight-cache={cache}", *flags]

    def bytes(self, *flags, cache=None):
        cache = self.cache if cache is None else cache
        done = subprocess.run(self.command(cache, *flags),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return (self.folder / "m.tlx").read_bytes()

    def files(self):
        return sorted(self.cache.glob("*.weight"))


@pytest.fixture
def compiler(tmp_path):
    return Compiler(tmp_path)


@pytest.mark.parametrize("flags", [[], ["--precision=bf16"]])
def test_changes_no_byte(compiler, flags):
    plain = compiler.bytes(*flags, cache="")
    assert not compiler.cache.exists()
    assert compiler.bytes(*flags) == plain
    files = compiler.files()
    assert len(files) == 3
    assert compiler.bytes(*flags) == plain
    assert compiler.files() == files


def test_is_taken_and_shared_between_flags(compiler):
    compiler.bytes("-O3")
    files = compiler.files()
    inodes = [file.stat().st_ino for file in files]
    compiler.bytes("-O2")
    assert [file.stat().st_ino for file in compiler.files()] == inodes
    # Another type is another layout.
    compiler.bytes("--precision=bf16")
    assert len(compiler.files()) == 2 * len(files)


def test_another_file_of_the_compilers_name_is_not_asked(compiler, tmp_path):
    compiler.bytes()
    files = compiler.files()
    (tmp_path / "tilicho-compile").mkdir()
    command = ["tilicho-compile", *compiler.command(compiler.cache)[1:]]
    path = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    subprocess.run(command, cwd=tmp_path, env=path, check=True)
    assert compiler.files() == files


def test_changed_weights_are_others(compiler):
    compiler.bytes()
    model = onnx.load(compiler.folder / "m.onnx")
    values = numpy_helper.to_array(model.graph.initializer[0]).copy()
    values[0, 0, 0, 0] += 1
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(values, "w"))
    onnx.save(model, compiler.folder / "m.onnx")
    assert compiler.bytes() == compiler.bytes(cache="")


def truncate(file):
    os.truncate(file, file.stat().st_size - 5)


def flip(file):
    damaged = bytearray(file.read_bytes())
    damaged[-1000] ^= 1
    file.write_bytes(damaged)


def empty(file):
    file.write_bytes(b"")


def exchange(file):
    other = next(f for f in sorted(file.parent.glob("*.weight")) if f != file)
    file.write_bytes(other.read_bytes())


def become_folder(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("damage", [truncate, flip, empty, exchange,
                                    become_folder])
def test_damage_is_calculated_again(compiler, damage):
    plain = compiler.bytes()
    for file in compiler.files():
        damage(file)
    assert compiler.bytes() == plain
    assert compiler.bytes() == plain


def test_a_folder_that_cannot_be_written_is_none(compiler):
    plain = compiler.bytes(cache="")
    assert compiler.bytes(cache="/proc/none/weights") == plain
    assert compiler.bytes(cache=compiler.folder / "m.onnx") == plain


def test_processes_share_a_folder(compiler):
    plain = compiler.bytes(cache="")
    running = [subprocess.Popen(compiler.command(
        compiler.cache, output=f"{n}.tlx")) for n in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    for n in range(4):
        assert (compiler.folder / f"{n}.tlx").read_bytes() == plain
    assert compiler.bytes() == plain


def test_the_environment_names_the_folder(compiler):
    command = [part for part in compiler.command("")
               if "weight-cache" not in str(part)]
    subprocess.run(command, check=True, env={
        **os.environ, "TILICHO_WEIGHTS": str(compiler.cache)})
    assert len(compiler.files()) == 3


def test_kept_weights_are_right(compiler):
    x = numpy.random.default_rng(1).normal(size=SHAPE).astype("float32")
    session = onnxruntime.InferenceSession(compiler.folder / "m.onnx")
    expected = session.run(None, {"x": x})[0]
    numpy.savez(compiler.folder / "x.npz", x=x)
    for _ in range(2):
        compiler.bytes()
        subprocess.run(
            [BIN / "tilicho-run", compiler.folder / "m.tlx", "--quiet",
             f"--inputs={compiler.folder / 'x.npz'}",
             f"--outputs={compiler.folder / 'y.npz'}"], check=True)
        actual = numpy.load(compiler.folder / "y.npz")["y"]
        numpy.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)
