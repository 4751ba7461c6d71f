#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a small network in PyTorch and runs it on Tilicho's machine, by
torch.compile and as a whole module in bf16.

Needs the packages torch and scikit-learn (scripts/install --torch)."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

import tilicho.torch


def digits():
    """Images [N, 1, 8, 8] and labels [N] to learn from, and others to test."""
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(data.target)
    return train_test_split(images, labels, test_size=360, random_state=0)


def train(images, labels):
    """A network that tells digits apart."""
    model = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 10),
    )
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return model.eval()


@torch.no_grad()
def main():
    torch.manual_seed(0)
    learn, test, labels, expected = digits()
    with torch.enable_grad():
        model = train(learn, labels)
    fast = torch.compile(model, backend="tilicho")
    whole = tilicho.torch.compile(model, (test,), precision="bf16", timing=True)
    for name, run in [("eager", model), ("tilicho", fast), ("bf16", whole)]:
        accuracy = (run(test).argmax(1) == expected).float().mean()
        print(f"{name:8} accuracy {accuracy:.4f}")
    print(f"{whole.stats['makespan_us']:.0f} us on {whole.stats['machine']}")


if __name__ == "__main__":
    main()
