# SPDX-License-Identifier: Apache-2.0
"""Models at fault: one clear message for each problem, exit 1, no output."""
import random

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models import compile_file, parse, refused

IDENTITY = "m (float[2] x) => (float[2] y) { y = Neg(x) }"
BROKEN = "the file is not an ONNX model, or it is truncated"


def large(name="w", shape=(40, 40)):
    return numpy_helper.from_array(np.ones(shape, np.float32), name)


def model_with_weight(weight):
    """y = x @ w with `weight` as it is."""
    model = parse("m (float[1,40] x) => (float[1,40] y) { y = MatMul(x, w) }")
    model.graph.initializer.append(weight)
    return model


@pytest.mark.parametrize("content, message", [
    (b"", "the file is empty"),
    (b"\x08", BROKEN),
    (random.Random(0).randbytes(4096), BROKEN),
    (b"\xff" * 100, BROKEN),
    (parse(IDENTITY).SerializeToString()[:-9], BROKEN),
    (onnx.ModelProto(ir_version=8).SerializeToString(), BROKEN),
])
def test_not_a_model(tmp_path, content, message):
    assert refused(content, tmp_path) == [message]


def test_every_truncation_ends_with_a_message(tmp_path):
    whole = model_with_weight(large()).SerializeToString()
    for size in range(0, len(whole) - 1, len(whole) // 12):
        assert refused(whole[:size], tmp_path)


def test_missing_file(tmp_path):
    done = compile_file(tmp_path / "no.onnx")
    assert done.returncode == 1
    assert "the model cannot be read: No such file or directory" in done.stderr


@pytest.mark.parametrize("text, message", [
    # Names and order.
    ("m (float[2] x) => (float[2] y) { y = Add(x, z) }",
     "node 'Add_0' (Add) uses 'z', which is not defined"),
    ("m (float[2] x) => (float[2] y) { y = Neg(x) y = Abs(x) }",
     "node 'Abs_1' (Abs) defines 'y' a second time"),
    ("m (float[2] x) => (float[2] y) { z = Neg(x) }",
     "output 'y' of the model is not defined"),
    ("m (float[2] x) => (float[2] y) { a = Add(x, b) b = Neg(a) y = Neg(b) }",
     "the graph has a cycle through or before node 'Add_0' (Add), "
     "node 'Neg_1' (Neg), node 'Neg_2' (Neg)"),
    # Operators.
    ("m (float[2] x) => (float[2] y) { y = Frobnicate(x) }",
     "node 'Frobnicate_0' (Frobnicate): opset 21 of ai.onnx has no such "
     "operator"),
    ("m (float[2] x) => (float[2] y) { y = my.own.Op(x) }",
     "node 'Op_0' (my.own.Op): the model imports no opset of domain 'my.own'"),
    ("m (float[2] x) => (float[2] y) { y = Neg <axis = 1> (x) }",
     "Unrecognized attribute: axis for operator Neg"),
    ("m (float[2] x) => (float[2] y) { y = Softmax <axis = \"one\"> (x) }",
     "Mismatched attribute type in 'Softmax_0 : axis'"),
    ("m (float[2] x) => (float[2] y) { y = Neg(x, x) }",
     "node 'Neg_0' (Neg): Node(Neg_0) with schema(::Neg:13) has input size 2"),
    # Types and shapes.
    ("m (float[2,3] a, float[4,5] b) => (float[2,5] y) { y = MatMul(a, b) }",
     "node 'MatMul_0' (MatMul): Incompatible dimensions"),
    ("m (float[2] a, int32[2] b) => (float[2] y) { y = Add(a, b) }",
     "node 'Add_0' (Add): B has inconsistent type tensor(int32)"),
    ("m (float[2] x) => (float[3] y) { y = Neg(x) }",
     "node 'Neg_0' (Neg): "),
])
def test_one_problem(tmp_path, text, message):
    lines = refused(parse(text), tmp_path)
    assert any(message in line for line in lines), lines


def test_all_problems_at_once(tmp_path):
    lines = refused(parse("""m (float[N] x) => (float[N] y) {
        a = Frobnicate(x) b = Twiddle(a) y = Add(b, nowhere) }"""), tmp_path)
    assert lines == [
        "node 'Add_2' (Add) uses 'nowhere', which is not defined",
        "node 'Frobnicate_0' (Frobnicate): opset 21 of ai.onnx has no such "
        "operator",
        "node 'Twiddle_1' (Twiddle): opset 21 of ai.onnx has no such operator",
        "dimension 0 of input 'x' ('N') is not bound; give --dim=N=VALUE",
    ]


def test_opset_from_the_future(tmp_path):
    assert "the model is of opset 99, but opsets 1 to 27 are known" in refused(
        parse(IDENTITY, opset=99), tmp_path)


@pytest.mark.parametrize("text, message", [
    ("m (float[1,2,4,4] x, float[2,2,1,1] w) => (float[1,2,4,4] y) "
     "{ y = Conv<group = 0>(x, w) }",
     "node 'Conv_0' (Conv): group is 0, but must be 1 to 1073741824"),
    ("m (float[1,2,4] x, float[2] c) => (float[1,2,4] y) "
     "{ y = GroupNormalization<num_groups = -1>(x, c, c) }",
     "node 'GroupNormalization_0' (GroupNormalization): num_groups is -1, but "
     "must be 1 to 1073741824"),
    ("m (float[1,4,2,2] x) => (float[a,b,c,d] y) "
     "{ y = DepthToSpace<blocksize = 4611686018427387904>(x) }",
     "node 'DepthToSpace_0' (DepthToSpace): blocksize is 4611686018427387904, "
     "but must be 1 to 1073741824"),
])
def test_attributes_that_fit_nothing(tmp_path, text, message):
    found = refused(parse(text).SerializeToString(), tmp_path)
    assert any(message in line for line in found), found


def test_scan_of_batches(tmp_path):
    model = parse("""g (float[1, 2] s, float[1, 3, 2] x) => (float[1, 2] t) {
        t = Scan <num_scan_inputs = 1, body = b (float[2] v, float[2] e)
            => (float[2] w) { w = Add (v, e) }> ("", s, x)
        }""", opset=8)
    assert ("node 'Scan_0' (Scan): before opset 9 it scans batches, which is "
            "not supported: export the model with opset 9 or newer") in refused(
                model, tmp_path)


def test_shape_that_depends_on_data(tmp_path):
    lines = refused(parse("m (float[4] x) => (int64[2] y) "
                          "{ p = NonZero(x)  y = Shape(p) }"), tmp_path)
    assert "the shape of result 'p' depends on data" in lines[0]


def test_function_that_calls_itself(tmp_path):
    model = parse("m (float[2] x) => (float[2] y) { y = f.loop(x) }",
                  imports=', "f" : 1')
    body = helper.make_node("loop", ["a"], ["b"], domain="f")
    model.functions.append(helper.make_function(
        "f", "loop", ["a"], ["b"], [body],
        [helper.make_opsetid("", 21), helper.make_opsetid("f", 1)]))
    assert refused(model, tmp_path) == [
        "function 'f:loop' of the model calls itself"]


def test_functions_that_explode(tmp_path):
    model = parse("m (float[2] x) => (float[2] y) { y = f.g0(x) }",
                  imports=', "f" : 1')
    imports = [helper.make_opsetid("", 21), helper.make_opsetid("f", 1)]
    for level in range(40):
        inner = (f"g{level + 1}", "f") if level < 39 else ("Neg", "")
        nodes = [helper.make_node(inner[0], [a], [b], domain=inner[1])
                 for a, b in (("a", "t"), ("t", "b"))]
        model.functions.append(helper.make_function(
            "f", f"g{level}", ["a"], ["b"], nodes, imports))
    assert refused(model, tmp_path) == [
        "the functions of the model expand to more than 1000000 nodes"]


# Dimensions ------------------------------------------------------------------

OPEN = "m (float[N,?,3] x) => (float[N,M,3] y) { y = Neg(x) }"


@pytest.mark.parametrize("flags, message", [
    ([], "dimension 0 of input 'x' ('N') is not bound; give --dim=N=VALUE"),
    (["--dim=N=2"],
     "dimension 1 of input 'x' is not bound; give --dim=x.1=VALUE"),
    (["--dim=N=2,x.1=2,K=1"],
     "--dim=K=1: the model has no such dimension; it names M, N"),
    (["--dim=N=2,x.1=2,x.2=4"],
     "--dim=x.2=4: the model fixes this dimension to 3"),
    (["--dim=N=2,N=3,x.1=2"], "--dim binds 'N' to both 2 and 3"),
    (["--dim=N=0,x.1=2"], "--dim=N=0: a dimension is at least 1"),
])
def test_dimensions(tmp_path, flags, message):
    assert message in refused(parse(OPEN), tmp_path, *flags)


# Weights ---------------------------------------------------------------------

def external(location, length=None, offset=None):
    weight = TensorProto(name="w", dims=[40, 40], data_type=TensorProto.FLOAT,
                         data_location=TensorProto.EXTERNAL)
    entries = {"location": location, "length": length, "offset": offset}
    for key, value in entries.items():
        if value is not None:
            weight.external_data.add(key=key, value=str(value))
    return model_with_weight(weight)


@pytest.mark.parametrize("location, length, offset, message", [
    ("no.bin", None, None, "cannot be read: No such file or directory"),
    ("short.bin", None, None, "its external data in 'short.bin' is short: it "
     "needs 6400 bytes at offset 0, but the file has 100"),
    ("whole.bin", None, 4, "is short: it needs 6400 bytes at offset 4"),
    ("whole.bin", 4, None, "has 4 bytes, but its shape and type need 6400"),
    ("whole.bin", "x", None, "the length 'x', which is no number of bytes"),
    ("../secret.bin", None, None, "lies outside the model's folder"),
    ("link.bin", None, None, "lies outside the model's folder"),
    ("/etc/passwd", None, None, "lies outside the model's folder"),
    (None, None, None, "external data has no location"),
])
def test_external_data(tmp_path, location, length, offset, message):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(bytes(6400))
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "short.bin").write_bytes(bytes(100))
    (folder / "whole.bin").write_bytes(bytes(6400))
    lines = refused(external(location, length, offset), folder)
    assert len(lines) == 1 and message in lines[0], lines


def test_data_of_the_wrong_length(tmp_path):
    weight = large()
    weight.raw_data = weight.raw_data[:-4]
    assert refused(model_with_weight(weight), tmp_path) == [
        "initializer 'w': its data has 6396 bytes, but its shape and type "
        "need 6400"]


def test_size_that_overflows(tmp_path):
    weight = large()
    weight.dims[:] = [2**62, 2**62]
    lines = refused(model_with_weight(weight), tmp_path)
    assert "impossible dimension" in lines[0]


# The tool --------------------------------------------------------------------

def test_unwritable_output_leaves_nothing(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(parse(IDENTITY).SerializeToString())
    done = compile_file(path, "-o", tmp_path / "nowhere/out.mlir")
    assert done.returncode == 1 and "cannot write" in done.stderr


def test_full_disk(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(parse(IDENTITY).SerializeToString())
    done = compile_file(path, "-o", "/dev/full")
    assert done.returncode == 1
    assert "cannot write '/dev/full': No space left on device" in done.stderr


@pytest.mark.parametrize("flag, message", [
    ("--machine=nonsense", "nonsense"),
    ("--nonsense", "unknown flag --nonsense; see --help"),
    ("--dim=N", "--dim=N: NAME=VALUE is wanted"),
    ("--precision=f7", "f7"),
    ("-O4", "-O4: the levels are 0 to 3"),
    ("--format=xml", "--format=xml: text and json are known"),
])
def test_flags(tmp_path, flag, message):
    path = tmp_path / "model.onnx"
    path.write_bytes(parse(IDENTITY).SerializeToString())
    done = compile_file(path, flag)
    assert done.returncode == 1 and message in done.stderr
