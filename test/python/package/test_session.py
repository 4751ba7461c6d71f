# SPDX-License-Identifier: Apache-2.0
"""Sessions: programs by signature, in memory and in a folder."""

import json
import subprocess
import sys
import threading

import numpy
import pytest
import tilicho
from onnx import TensorProto, helper
from small_models import make_model


@pytest.fixture
def open_layer():
    """y = x @ w with an open number of rows."""
    w = numpy.random.default_rng(0).standard_normal((16, 8)).astype(numpy.float32)
    return make_model(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        [("x", TensorProto.FLOAT, ["N", 16])],
        [("y", TensorProto.FLOAT, ["N", 8])],
        [("w", w)],
    )


def rows(count):
    return numpy.random.default_rng(count).standard_normal((count, 16)).astype("f")


def test_compiles_each_shape_once(open_layer):
    session = tilicho.Session(open_layer, machine="edge")
    for count in (2, 5, 2):
        expected = tilicho.compile(open_layer, machine="edge", dims={"N": count})
        x = {"x": rows(count)}
        numpy.testing.assert_array_equal(session.run(x)["y"], expected.run(x)["y"])
    report = {entry["dims"]["N"]: entry for entry in session.compiled()}
    assert {n: entry["uses"] for n, entry in report.items()} == {2: 2, 5: 1}
    assert all(entry["source"] == "compiled" for entry in report.values())
    assert session.program({"x": rows(2)}) is session.program({"x": rows(2)})


def test_values_that_reach_a_shape_are_part_of_the_signature():
    """`shape` does; `row`, a position, stays a value of the run."""
    model = make_model(
        [
            helper.make_node("Neg", ["part"], ["negative"]),
            helper.make_node("Concat", ["part", "negative"], ["shape"], axis=0),
            helper.make_node("Abs", ["shape"], ["sizes"]),
            helper.make_node("Reshape", ["x", "sizes"], ["matrix"]),
            helper.make_node("Gather", ["matrix", "row"], ["y"], axis=0),
        ],
        [
            ("x", TensorProto.FLOAT, ["N"]),
            ("part", TensorProto.INT64, [1]),
            ("row", TensorProto.INT64, [1]),
        ],
        [("y", TensorProto.FLOAT, ["A", "B"])],
    )
    session = tilicho.Session(model)
    for side, row in ((3, 0), (3, 2), (4, 1)):
        x = numpy.arange(side * side, dtype=numpy.float32)
        inputs = {"x": x, "part": numpy.array([side]), "row": numpy.array([row])}
        y = session.run(inputs)["y"]
        numpy.testing.assert_array_equal(y, x.reshape(side, side)[[row]])
    report = session.compiled()
    assert len(report) == 2
    assert all(entry["constants"] == ["part"] for entry in report)
    reaching = {i["name"]: i["reaches_shape"] for i in session.describe()["inputs"]}
    assert reaching == {"x": False, "part": True, "row": False}


def test_says_of_all_inputs_what_does_not_fit(open_layer):
    session = tilicho.Session(open_layer)
    for inputs, text in (
        ({"x": rows(2).astype("d")}, "input x is f64, but the model wants f32"),
        ({"x": rows(2)[0]}, "input x has 1 dimensions, but the model wants 2"),
        ({"x": rows(2)[:, :3]}, "dimension 1 of input x is 3, but the model wants 16"),
        ({"z": rows(2)}, "the model has no input z\ninput x is missing"),
    ):
        with pytest.raises(tilicho.TilichoError) as failure:
            session.run(inputs)
        assert text in str(failure.value)
        assert failure.value.code == "invalid_argument"
    assert session.compiled() == []


def test_one_compile_for_all_threads(open_layer):
    session = tilicho.Session(open_layer, machine="edge")
    results = {}

    def work(number):
        results[number] = session.run({"x": rows(3)})["y"]

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    for y in results.values():
        numpy.testing.assert_array_equal(y, results[0])
    (entry,) = session.compiled()
    assert entry["uses"] == 8


def test_programs_in_memory_are_bounded(open_layer):
    session = tilicho.Session(open_layer, machine="edge", max_programs=2)
    for count in (1, 2, 1, 3):
        session.run({"x": rows(count)})
    assert {entry["dims"]["N"] for entry in session.compiled()} == {1, 3}


# The folder


def sources(session, counts):
    for count in counts:
        session.run({"x": rows(count)})
    return {entry["dims"]["N"]: entry["source"] for entry in session.compiled()}


def test_programs_survive_in_a_folder(open_layer, tmp_path):
    first = tilicho.Session(open_layer, machine="edge", cache=tmp_path)
    assert sources(first, [2, 3]) == {2: "compiled", 3: "compiled"}
    again = tilicho.Session(open_layer, machine="edge", cache=tmp_path)
    assert sources(again, [2, 4]) == {2: "cache", 4: "compiled"}
    # Other options, another model, another machine: other programs.
    other = tilicho.Session(open_layer, machine="edge", optimization=0, cache=tmp_path)
    assert sources(other, [2]) == {2: "compiled"}
    open_layer.graph.initializer[0].raw_data = bytes(16 * 8 * 4)
    changed = tilicho.Session(open_layer, machine="edge", cache=tmp_path)
    assert sources(changed, [2]) == {2: "compiled"}
    assert not changed.run({"x": rows(2)})["y"].any()


def test_a_damaged_file_is_compiled_again(open_layer, tmp_path):
    sources(tilicho.Session(open_layer, machine="edge", cache=tmp_path), [2])
    (path,) = tmp_path.glob("*.tlx")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    session = tilicho.Session(open_layer, machine="edge", cache=tmp_path)
    assert sources(session, [2]) == {2: "compiled"}
    assert sources(
        tilicho.Session(open_layer, machine="edge", cache=tmp_path), [2]
    ) == {2: "cache"}


def test_the_folder_is_bounded(open_layer, tmp_path):
    session = tilicho.Session(open_layer, machine="edge", cache=tmp_path)
    session.run({"x": rows(1)})
    (path,) = tmp_path.glob("*.tlx")
    bound = int(2.5 * path.stat().st_size)
    session = tilicho.Session(
        open_layer, machine="edge", cache=tmp_path, cache_bytes=bound
    )
    sources(session, range(1, 6))
    files = list(tmp_path.glob("*.tlx"))
    assert 1 <= len(files) <= 2
    assert sum(file.stat().st_size for file in files) <= bound


def test_external_weights_are_part_of_the_key(open_layer, tmp_path):
    import onnx

    path = tmp_path / "model.onnx"

    def save(factor):
        w = numpy.full((16, 8), factor, numpy.float32)
        open_layer.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(w, "w"))
        onnx.save(open_layer, path, save_as_external_data=True, location="w.bin",
                  size_threshold=0)

    for factor in (1, 2):
        (tmp_path / "w.bin").unlink(missing_ok=True)
        save(factor)
        session = tilicho.Session(path, machine="edge", cache=tmp_path / "cache")
        y = session.run({"x": numpy.ones((1, 16), numpy.float32)})["y"]
        assert (y == 16 * factor).all()


def test_processes_share_the_folder(open_layer, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(open_layer.SerializeToString())
    code = (
        "import json, numpy, sys, tilicho\n"
        "s = tilicho.Session(sys.argv[1], machine='edge', cache=sys.argv[2],\n"
        "                    cache_bytes=100000)\n"
        "for n in list(range(1, 9)) * 2:\n"
        "    y = s.run({'x': numpy.ones((n, 16), 'float32')})['y']\n"
        "    assert y.shape == (n, 8)\n"
        "print(json.dumps(s.compiled()))\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, path, tmp_path / "cache"],
                         stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        printed, _ = process.communicate()
        assert process.returncode == 0
        assert len(json.loads(printed)) == 8
    left = list((tmp_path / "cache").iterdir())
    assert sum(file.stat().st_size for file in left) <= 100000
    assert {file.suffix for file in left} <= {".tlx", ""}


# Buckets


def test_buckets_pad_and_cut(open_layer):
    session = tilicho.Session(open_layer, machine="edge", buckets={"N": [4, 8]})
    exact = tilicho.Session(open_layer, machine="edge")
    for count in (1, 4, 5, 7, 9):
        x = {"x": rows(count)}
        numpy.testing.assert_array_equal(session.run(x)["y"], exact.run(x)["y"])
    assert {entry["dims"]["N"] for entry in session.compiled()} == {4, 8, 9}


def test_buckets_and_pad_values_name_what_the_model_has(open_layer):
    problems = "open dimension M; it has N\n.*no input z; it has x$"
    with pytest.raises(ValueError, match=problems):
        tilicho.Session(open_layer, buckets={"M": [4]}, pad_values={"z": 1})


def test_compiles_in_a_process_of_its_own(open_layer):
    session = tilicho.Session(open_layer, machine="edge", own_process=True)
    assert session.run({"x": rows(2)})["y"].shape == (2, 8)


@pytest.mark.parametrize("call", [tilicho.Session, tilicho.check, tilicho.describe])
def test_unknown_options_are_named(open_layer, call):
    with pytest.raises(TypeError, match="unknown options colour, size; the comp"):
        call(open_layer, size=1, colour=2)
