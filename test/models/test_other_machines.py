# SPDX-License-Identifier: Apache-2.0
"""Models on every shipped machine, and on copies of trn1 of other sizes."""

import pathlib

import pytest
import tilicho

import judge
import light

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIGITS = ROOT / "examples/digits/digits.onnx"
LARGEST_ERROR = 1e-4
MACHINES = {
    "trn1": {"machine": "trn1"},
    "trn2": {"machine": "trn2"},
    "edge": {"machine": "edge"},
    "tpu1": {"machine": "tpu1"},
    "array-48x96": {"settings": {"array.rows": 48, "array.cols": 96}},
    # Rows of the array are partitions of SBUF.
    "array-256x64": {"settings": {"array.rows": 256, "array.cols": 64,
                                  "sbuf.partitions": 256}},
    "sbuf-40k": {"settings": {"sbuf.bytes_per_partition": 40960,
                              "sbuf.usable_bytes": 40960}},
    "psum-3-banks": {"settings": {"psum.banks": 3}},
}


@pytest.fixture(scope="module")
def digits(heldout):
    """The images held out, and what ONNX Runtime says of them."""
    inputs = {"images": heldout}
    return inputs, judge.run_onnx_runtime(DIGITS, inputs)["logits"]


@pytest.fixture(scope="module")
def squeezenet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squeezenet")
    return judge.make_case(light.load("squeezenet"), folder)


def run_digits(inputs, **options):
    program = tilicho.compile(DIGITS, dims={"batch": 360}, **options)
    return program.run(inputs, timing="off", sanitize=True)["logits"]


@pytest.mark.parametrize("machine", MACHINES)
def test_digits_get_the_same_predictions(machine, digits):
    inputs, expected = digits
    actual = run_digits(inputs, **MACHINES[machine])
    assert (actual.argmax(1) == expected.argmax(1)).all()


@pytest.mark.parametrize("machine", MACHINES)
def test_digits_lose_at_most_one_in_bf16(machine, digits, heldout_labels):
    inputs, expected = digits
    actual = run_digits(inputs, precision="bf16", **MACHINES[machine])
    right, wanted = ((logits.argmax(1) == heldout_labels).sum()
                     for logits in (actual, expected))
    assert abs(int(right) - int(wanted)) <= 1


@pytest.mark.parametrize("machine", MACHINES)
def test_squeezenet_agrees(machine, squeezenet):
    actual = judge.run_tilicho(squeezenet, **MACHINES[machine])
    assert judge.largest_error(actual, squeezenet.expected) <= LARGEST_ERROR
