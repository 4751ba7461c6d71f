# SPDX-License-Identifier: Apache-2.0
"""Compiling, loading and running from Python."""

import json
import threading

import ml_dtypes
import numpy
import pytest
import tilicho
from onnx import TensorProto, helper
from small_models import make_model


def test_runs_from_path_bytes_and_proto(layer, layer_path, layer_input, layer_output):
    for model in (layer_path, layer_path.read_bytes(), layer):
        program = tilicho.compile(model)
        outputs = program.run({"x": layer_input}, sanitize=True)
        assert list(outputs) == ["y"]
        numpy.testing.assert_allclose(outputs["y"], layer_output, 1e-5, 1e-5)


def test_describes_inputs_and_outputs(layer_path):
    program = tilicho.compile(layer_path, machine="edge")
    assert program.inputs == (tilicho.TensorInfo("x", "f32", (4, 16)),)
    assert program.outputs[0].numpy_dtype == numpy.float32
    assert program.machine["name"] == "edge"
    assert "--machine=edge" in program.flags
    assert "edge" in repr(program) and "x: f32 [4, 16]" in repr(program)


def test_options_reach_the_compiler(layer_path):
    program = tilicho.compile(
        layer_path,
        settings={"array.rows": 64, "ports.vec_act_share_psum": False},
        optimization=1,
    )
    assert program.machine["array.rows"] == "64"
    assert program.machine["ports.vec_act_share_psum"] == "false"
    assert "-O1" in program.flags


def test_stats_have_time_after_a_run(layer_path, layer_input, tmp_path):
    program = tilicho.compile(layer_path)
    assert "makespan_us" not in program.stats
    trace = tmp_path / "trace.json"
    program.run({"x": layer_input}, trace=trace)
    assert program.stats["makespan_us"] > 0
    json.loads(trace.read_text())
    program.run({"x": layer_input}, timing="off")
    assert "makespan_us" not in program.stats
    assert program.run(timing="only") == {}
    assert program.stats["makespan_us"] > 0


def test_saved_programs_load_again(layer_path, layer_input, tmp_path):
    program = tilicho.compile(layer_path)
    path = tmp_path / "layer.tlx"
    program.save(path)
    expected = program.run({"x": layer_input})["y"]
    for source in (path, path.read_bytes()):
        actual = tilicho.load(source).run({"x": layer_input})["y"]
        numpy.testing.assert_array_equal(actual, expected)


def test_writes_into_given_arrays(layer_path, layer_input, layer_output):
    program = tilicho.compile(layer_path)
    y = numpy.zeros((4, 8), numpy.float32)
    assert program.run({"x": layer_input}, outputs={"y": y})["y"] is y
    numpy.testing.assert_allclose(y, layer_output, 1e-5, 1e-5)


def test_takes_inputs_that_are_not_contiguous(layer_path, layer_input, layer_output):
    program = tilicho.compile(layer_path)
    transposed = numpy.asfortranarray(layer_input)
    y = program.run({"x": transposed})["y"]
    numpy.testing.assert_allclose(y, layer_output, 1e-5, 1e-5)


def test_runs_on_several_threads_at_once(layer_path, layer_input, layer_output):
    program = tilicho.compile(layer_path)
    results = []

    def run():
        results.append(program.run({"x": layer_input}, threads=1)["y"])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for result in results:
        numpy.testing.assert_array_equal(result, results[0])


def test_passes_types_that_numpy_lacks():
    model = make_model(
        [helper.make_node("Add", ["x", "x"], ["y"])],
        [("x", TensorProto.BFLOAT16, [5])],
        [("y", TensorProto.BFLOAT16, [5])],
    )
    x = numpy.arange(5).astype(ml_dtypes.bfloat16)
    y = tilicho.compile(model).run({"x": x})["y"]
    assert y.dtype == ml_dtypes.bfloat16
    numpy.testing.assert_array_equal(y.astype(float), [0, 2, 4, 6, 8])


def test_binds_dimensions(layer_input):
    model = make_model(
        [helper.make_node("Relu", ["x"], ["y"])],
        [("x", TensorProto.FLOAT, ["N", 16])],
        [("y", TensorProto.FLOAT, ["N", 16])],
    )
    with pytest.raises(tilicho.TilichoError, match="N"):
        tilicho.compile(model)
    y = tilicho.compile(model, dims={"N": 4}).run({"x": layer_input})["y"]
    numpy.testing.assert_array_equal(y, numpy.maximum(layer_input, 0))


def test_names_every_array_that_does_not_fit(layer_path, layer_input):
    program = tilicho.compile(layer_path)
    with pytest.raises(ValueError) as error:
        program.run({"z": layer_input})
    assert str(error.value) == (
        "the program has no input z; it has x\ninput x: f32 [4, 16] is missing"
    )
    with pytest.raises(ValueError, match=r"input x is float64 \[4, 16\], but"):
        program.run({"x": layer_input.astype(float)})
    with pytest.raises(ValueError, match="output y: f32 .* needs a writeable"):
        frozen = numpy.zeros((4, 8), numpy.float32)
        frozen.flags.writeable = False
        program.run({"x": layer_input}, outputs={"y": frozen})
    with pytest.raises(ValueError, match="keeps no value nothing"):
        program.run({"x": layer_input}, values=["nothing"])
    with pytest.raises(ValueError, match="timing is 'maybe'"):
        program.run({"x": layer_input}, timing="maybe")
    with pytest.raises(ValueError, match="threads is -1"):
        program.run({"x": layer_input}, threads=-1)


def test_reports_what_cannot_be_compiled_or_loaded(layer_path, tmp_path):
    with pytest.raises(tilicho.TilichoError, match='unknown machine "trn9"'):
        tilicho.compile(layer_path, machine="trn9")
    with pytest.raises(tilicho.TilichoError, match="precision"):
        tilicho.compile(layer_path, precision="f31")
    with pytest.raises(tilicho.TilichoError):
        tilicho.compile(b"garbage")
    with pytest.raises(FileNotFoundError):
        tilicho.compile(tmp_path / "none.onnx")
    with pytest.raises(tilicho.TilichoError, match="not a Tilicho program"):
        tilicho.load(b"garbage")
    with pytest.raises(tilicho.TilichoError, match="cannot read"):
        tilicho.load(tmp_path / "none.tlx")
