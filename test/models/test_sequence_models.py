# SPDX-License-Identifier: Apache-2.0
"""The graphs that export_sequences.py wrote, by both of torch's exporters."""

import pathlib

import numpy
import onnx
import pytest
import tilicho

import fill
import judge
import sequence_inputs
from continuation import continue_text

GRAPHS = pathlib.Path(__file__).resolve().parent / "graphs"
EXPORTERS = ["dynamo", "torchscript"]
#: Of the range of each output. Sums in another order than ONNX Runtime's.
LARGEST_ERROR = 1e-4
#: By network, in bf16: weights, and values between operators, have 8 bits.
LARGEST_ERROR_BF16 = {
    "bert": 2e-2, "bert-large-layer": 2e-2, "vit": 3e-2, "clip": 3e-2,
    "whisper": 2e-2, "t5": 3e-2, "gpt2-prefill": 2e-2, "gpt2-decode": 2e-2,
    "llama-prefill": 2e-2, "llama-decode": 2e-2, "mixture": 2e-2,
    "graph": 2e-2, "diffusion": 2e-2}
DECODERS = ["gpt2", "llama"]


@pytest.fixture(params=[f"{network}.{exporter}"
                        for network in LARGEST_ERROR_BF16
                        for exporter in EXPORTERS])
def case(request, tmp_path):
    return make_case(request.param, tmp_path)


def make_case(name, folder, dims=None):
    model = onnx.load(GRAPHS / f"{name}.onnx")
    path = fill.write_filled(model, folder)
    dims = sequence_inputs.dims_of(model, dims or sequence_inputs.SMALL_DIMS)
    inputs = sequence_inputs.make(model, dims)
    if name.startswith("clip"):
        inputs["input_ids"][:, -3] = 499  # Where the text ends.
    expected = judge.run_onnx_runtime(path, inputs)
    return judge.Case(path, inputs, dims, expected, 0)


def test_agrees_with_onnx_runtime(case):
    for level in (0, 2, 3):
        actual = judge.run_tilicho(case, optimization=level)
        error = judge.error_of_range(actual, case.expected)
        assert error <= LARGEST_ERROR, level


def test_agrees_in_bf16(case, request):
    network = request.node.callspec.params["case"].partition(".")[0]
    actual = judge.run_tilicho(case, precision="bf16")
    error = judge.error_of_range(actual, case.expected)
    assert error <= LARGEST_ERROR_BF16[network]


@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("network", DECODERS)
def test_greedy_continuation_is_the_same(network, exporter, tmp_path):
    """A prompt, then 32 tokens, each the likeliest after those before it."""
    paths = {step: fill.write_filled(
        onnx.load(GRAPHS / f"{network}-{step}.{exporter}.onnx"),
        tmp_path / step) for step in ("prefill", "decode")}
    sessions = {step: judge.make_session(path) for step, path in paths.items()}

    def run_reference(step, inputs, dims):
        names = [output.name for output in sessions[step].get_outputs()]
        return dict(zip(names, sessions[step].run(names, inputs)))

    def run_ours(step, inputs, dims):
        program = tilicho.compile(paths[step], dims=dims)
        return program.run(inputs, timing="off")

    prompt = numpy.random.default_rng(0).integers(0, 300, (1, 6))
    assert continue_text(run_ours, prompt) == continue_text(run_reference,
                                                            prompt)


@pytest.mark.parametrize("network", LARGEST_ERROR_BF16)
def test_graph_files_are_small(network):
    for exporter in EXPORTERS:
        path = GRAPHS / f"{network}.{exporter}.onnx"
        assert path.stat().st_size < 200_000
        model = onnx.load(path)
        assert any(fill.is_stub(tensor) for tensor in model.graph.initializer)
