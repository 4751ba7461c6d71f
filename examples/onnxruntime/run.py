#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the held-out digits by ONNX Runtime, on Tilicho and without it, and says
what ran where."""
import argparse
import pathlib
import sys

import numpy as np
import onnxruntime
import tilicho.onnxruntime

EXAMPLES = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(EXAMPLES / "digits"))

from heldout import load  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machine", default="trn1")
    parser.add_argument("--precision", default="f32")
    given = parser.parse_args()

    model = str(EXAMPLES / "digits/digits.onnx")
    _, (images, labels) = load()
    chosen = onnxruntime.SessionOptions()
    tilicho.onnxruntime.record_assignment(chosen)
    provider = tilicho.onnxruntime.register()
    session = provider.session(model, chosen, machine=given.machine,
                               precision=given.precision)
    plain = onnxruntime.InferenceSession(model,
                                         providers=["CPUExecutionProvider"])
    for name, one in ("Tilicho", session), ("ONNX Runtime alone", plain):
        logits, = one.run(None, {"images": images})
        print(f"accuracy on {name}: {np.mean(logits.argmax(1) == labels):.4f}")
    for name, operators in tilicho.onnxruntime.assignment(session).items():
        print(f"{name}: {', '.join(operators)}")


if __name__ == "__main__":
    main()
