# SPDX-License-Identifier: Apache-2.0
"""tilicho-run and NumPy, ONNX read each other's files."""

import pathlib
import subprocess

import ml_dtypes
import numpy
import onnx
import pytest
import tilicho
from onnx import TensorProto, helper, numpy_helper
from small_models import make_model
from tilicho import _library

RUN = pathlib.Path(_library.api()._name).parent.parent / "bin" / "tilicho-run"


def run(*arguments):
    return subprocess.run(
        [RUN, *map(str, arguments)], capture_output=True, text=True
    )


@pytest.fixture
def copy_program(tmp_path):
    """Makes a program that hands its input out."""

    def make(onnx_type, shape):
        model = make_model(
            [helper.make_node("Identity", ["x"], ["y"])],
            [("x", onnx_type, shape)],
            [("y", onnx_type, shape)],
        )
        path = tmp_path / "copy.tlx"
        tilicho.compile(model).save(path)
        return path

    return make


@pytest.mark.parametrize(
    "onnx_type, dtype",
    [
        (TensorProto.FLOAT, numpy.float32),
        (TensorProto.FLOAT16, numpy.float16),
        (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
        (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
        (TensorProto.INT64, numpy.int64),
        (TensorProto.UINT8, numpy.uint8),
        (TensorProto.BOOL, numpy.bool_),
    ],
)
def test_arrays_survive_npz(copy_program, tmp_path, onnx_type, dtype):
    program = copy_program(onnx_type, [3, 5])
    x = numpy.asfortranarray(numpy.arange(15).reshape(3, 5).astype(dtype))
    for save in (numpy.savez, numpy.savez_compressed):
        save(tmp_path / "x.npz", x=x)
        done = run(program, f"--inputs={tmp_path}/x.npz",
                   f"--outputs={tmp_path}/y.npz")
        assert done.returncode == 0, done.stderr
        y = numpy.load(tmp_path / "y.npz")["y"]
        assert y.shape == (3, 5)
        numpy.testing.assert_array_equal(y.view(dtype), x)


def test_reads_onnx_test_data(copy_program, tmp_path):
    program = copy_program(TensorProto.FLOAT, [2, 3])
    x = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
    tensors = [
        ("input_0.pb", numpy_helper.from_array(x, "x")),
        ("output_0.pb", helper.make_tensor("", TensorProto.FLOAT, [2, 3], x.ravel())),
    ]
    for name, tensor in tensors:
        (tmp_path / name).write_bytes(tensor.SerializeToString())
    done = run(program, f"--inputs={tmp_path}", f"--expected={tmp_path}",
               f"--outputs={tmp_path}/y.npy")
    assert done.returncode == 0, done.stderr
    assert "compare  y: equal" in done.stdout
    numpy.testing.assert_array_equal(numpy.load(tmp_path / "y.npy"), x)


def test_expected_values_that_differ_fail(copy_program, tmp_path):
    program = copy_program(TensorProto.FLOAT, [2])
    numpy.savez(tmp_path / "x.npz", x=numpy.array([1, 2], numpy.float32))
    numpy.savez(tmp_path / "y.npz", y=numpy.array([1, 2.5], numpy.float32))
    arguments = [program, f"--inputs={tmp_path}/x.npz", f"--expected={tmp_path}/y.npz"]
    done = run(*arguments)
    assert done.returncode == 1
    assert "y: DIFFERS, largest error 0.5" in done.stdout
    assert "as [1]: 2 instead of 2.5" in done.stdout
    assert run(*arguments, "--rtol=0.2").returncode == 0
    assert run(*arguments, "--atol=0.5").returncode == 0


def test_inputs_that_do_not_fit_fail(copy_program, tmp_path):
    program = copy_program(TensorProto.FLOAT, [2])
    numpy.savez(tmp_path / "x.npz", x=numpy.array([1, 2, 3]), z=numpy.zeros(1))
    done = run(program, f"--inputs={tmp_path}/x.npz")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"tilicho-run: {tmp_path}/x.npz: input x is i64 3, but the program wants f32 2",
        f"tilicho-run: {tmp_path}/x.npz: the program has no input z; it has x",
    ]
