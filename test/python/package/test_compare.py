# SPDX-License-Identifier: Apache-2.0
"""python -m tilicho compare."""

import numpy
import onnx
from onnx import TensorProto, helper
from small_models import make_model
from tilicho import compare
from tilicho.__main__ import main


def test_compares_every_value(layer_path):
    differences = list(compare.compare(layer_path))
    assert [each.value for each in differences] == ["product", "positive", "y"]
    assert [each.node for each in differences] == ["multiply", "rectify", "shift"]
    assert all(each.mismatches == 0 for each in differences)


def test_names_the_first_node_that_differs(layer_path, monkeypatch, capsys):
    genuine = compare._run_tilicho

    def wrong(*arguments):
        values = genuine(*arguments)
        values["positive"] = values["positive"] + 1
        values["y"] = values["y"] + 1
        return values

    monkeypatch.setattr(compare, "_run_tilicho", wrong)
    assert main(["compare", str(layer_path)]) == 1
    printed = capsys.readouterr().out
    assert "node rectify is the first that differs, in value positive" in printed
    assert "2 of 3 values do" in printed


def test_agrees_from_the_command_line(layer_path, capsys):
    assert main(["compare", str(layer_path), "--all", "--machine=edge"]) == 0
    printed = capsys.readouterr().out
    assert "shift: y agrees" in printed
    assert "3 values agree" in printed


def test_takes_inputs_and_dimensions(tmp_path, capsys):
    model = make_model(
        [helper.make_node("Relu", ["x"], ["y"])],
        [("x", TensorProto.FLOAT, ["N", 3])],
        [("y", TensorProto.FLOAT, ["N", 3])],
    )
    path = tmp_path / "m.onnx"
    onnx.save(model, path)
    assert main(["compare", str(path)]) == 1
    assert "give --dim=N=VALUE" in capsys.readouterr().err
    inputs = tmp_path / "x.npz"
    numpy.savez(inputs, x=numpy.ones((2, 3), numpy.float32))
    assert main(["compare", str(path), "--dim=N=2", f"--inputs={inputs}"]) == 0


def test_reports_problems_in_a_line(tmp_path, capsys):
    assert main(["compare", str(tmp_path / "none.onnx")]) == 1
    assert capsys.readouterr().err.startswith("tilicho: ")


def test_special_values_agree_with_themselves_only():
    special = numpy.array([numpy.nan, numpy.inf, -numpy.inf, 1], numpy.float32)
    same = compare.difference("v", "n", special, special, 1e-3, 1e-4)
    assert same.mismatches == 0
    other = compare.difference("v", "n", special[::-1], special, 1e-3, 1e-4)
    assert other.mismatches == 4
