# SPDX-License-Identifier: Apache-2.0
"""Every saved stage runs on the same inputs and gives the same bits."""

import os
import pathlib
import subprocess

import numpy
import pytest

from tilicho.__main__ import main

ROOT = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build")) / "bin"
MODEL = ROOT / "examples/digits/digits.onnx"


@pytest.mark.parametrize("stage", ["onnx", "structured", "tile", "isa"])
@pytest.mark.parametrize("suffix", ["mlir", "mlirbc"])
def test_saved_stage_gives_the_bits_of_the_model(stage, suffix, tmp_path):
    images = numpy.random.default_rng(0).random((2, 1, 8, 8), numpy.float32)
    numpy.savez(tmp_path / "in.npz", images=images)
    saved = tmp_path / f"stage.{suffix}"
    subprocess.run(
        [BIN / "tilicho-compile", MODEL, "--dim=batch=2", f"--emit={stage}",
         "-o", saved], check=True)
    common = [f"--inputs={tmp_path}/in.npz"]
    assert main(["run", str(MODEL), "--dim=batch=2",
                 f"--outputs={tmp_path}/model.npz", *common]) == 0
    assert main(["run", str(saved), f"--outputs={tmp_path}/stage.npz",
                 *common]) == 0
    model = numpy.load(tmp_path / "model.npz")["logits"]
    numpy.testing.assert_array_equal(
        numpy.load(tmp_path / "stage.npz")["logits"], model)


def test_wrong_dimension_is_one_message(tmp_path, capsys):
    numpy.savez(tmp_path / "in.npz", images=numpy.zeros((1, 1, 8, 8)))
    code = main(["run", str(MODEL), "--dim=batch", f"--inputs={tmp_path}/in.npz",
                 f"--outputs={tmp_path}/out.npz"])
    assert code == 1
    assert "--dim=batch: NAME=VALUE is wanted" in capsys.readouterr().err
