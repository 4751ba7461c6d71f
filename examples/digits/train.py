#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a CNN on scikit-learn's digits and exports it to ONNX.

Writes digits.onnx beside this script. Needs PyTorch: scripts/install --torch.
"""
import argparse
import pathlib

import numpy as np
import torch
from torch import nn

from heldout import load

HERE = pathlib.Path(__file__).resolve().parent


def make_model():
    """Three convolutions, a pooling and a linear layer for 8 x 8 images."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16),
        nn.ReLU(), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10))


def train(model, images, labels, epochs):
    """Adam on shuffled batches of 64, from a fixed seed."""
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    loss = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            loss(model(images[batch]), labels[batch]).backward()
            optimizer.step()
    return model.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--output", default=HERE / "digits.onnx")
    options = parser.parse_args()
    torch.manual_seed(0)
    (images, labels), (heldout, expected) = load()
    model = train(make_model(), torch.from_numpy(images),
                  torch.from_numpy(labels), options.epochs)
    torch.onnx.export(
        model, (torch.from_numpy(heldout),), options.output, dynamo=False,
        input_names=["images"], output_names=["logits"],
        dynamic_axes={"images": {0: "batch"}, "logits": {0: "batch"}})
    with torch.no_grad():
        predicted = model(torch.from_numpy(heldout)).numpy().argmax(1)
    print(f"accuracy on {len(expected)} held-out digits: "
          f"{np.mean(predicted == expected):.4f}; wrote {options.output}")


if __name__ == "__main__":
    main()
