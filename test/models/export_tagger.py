#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports small recurrent taggers, weights from a seed, with both of torch's
exporters.

Writes graphs/tagger-CELL.EXPORTER.onnx. Needs PyTorch: scripts/install --torch.
"""

import argparse
import io
import logging
import pathlib
import warnings

import onnx
import torch

HERE = pathlib.Path(__file__).resolve().parent
CELLS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
EXPORTERS = ["dynamo", "torchscript"]
TOKENS, BATCH, WORDS, TAGS = 9, 2, 40, 5


class Tagger(torch.nn.Module):
    """A tag's score for each token, from two layers in both directions."""

    def __init__(self, cell, size=8, hidden=12):
        super().__init__()
        self.words = torch.nn.Embedding(WORDS, size)
        self.layers = cell(size, hidden, num_layers=2, bidirectional=True,
                           batch_first=True)
        self.scores = torch.nn.Linear(2 * hidden, TAGS)

    def forward(self, tokens):
        states, _ = self.layers(self.words(tokens))
        return torch.log_softmax(self.scores(states), dim=-1)


def export(cell, exporter):
    warnings.simplefilter("ignore")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.manual_seed(0)
    model = Tagger(CELLS[cell]).eval()
    tokens = torch.zeros(BATCH, TOKENS, dtype=torch.int64)
    names = {"input_names": ["tokens"], "output_names": ["scores"],
             "opset_version": 20}
    file = io.BytesIO()
    with torch.no_grad():
        if exporter == "dynamo":
            program = torch.onnx.export(model, (tokens,), dynamo=True,
                                        verbose=False, **names)
            return program.model_proto
        torch.onnx.export(model, (tokens,), file, dynamo=False, **names)
    return onnx.load_from_string(file.getvalue())


def strip(model):
    """Takes out what says where in a source file a node comes from."""
    model.ClearField("metadata_props")
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    for info in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        info.ClearField("metadata_props")


def main():
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter).parse_args()
    for cell in CELLS:
        for exporter in EXPORTERS:
            model = export(cell, exporter)
            strip(model)
            path = HERE / "graphs" / f"tagger-{cell}.{exporter}.onnx"
            path.write_bytes(model.SerializeToString())
            print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
