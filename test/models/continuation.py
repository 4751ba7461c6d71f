# SPDX-License-Identifier: Apache-2.0
"""Continues a text with a decoder that takes and gives keys and values."""

import numpy


def continue_text(run, tokens, count=32):
    """The tokens that follow, each the likeliest after those before it.

    run: called with "prefill" or "decode", inputs by name, and the sizes of
    symbolic dimensions; returns outputs by name.
    """
    length = tokens.shape[1]
    inputs = {"input_ids": tokens, "position_ids": numpy.arange(length)[None]}
    outputs = run("prefill", inputs, {"sequence": length})
    chosen = []
    for past in range(length, length + count):
        chosen.append(int(outputs["logits"][0, -1].argmax()))
        inputs = {name.replace("present", "past"): array
                  for name, array in outputs.items() if name != "logits"}
        inputs["input_ids"] = numpy.array([[chosen[-1]]])
        inputs["position_ids"] = numpy.array([[past]])
        outputs = run("decode", inputs, {"past": past})
    return chosen
