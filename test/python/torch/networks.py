# SPDX-License-Identifier: Apache-2.0
"""Small networks."""

import torch
from torch import nn


def convolutional():
    """A CNN with batch normalisation, ready for inference."""
    layers = [
        nn.Conv2d(3, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 12, 3, stride=2),
        nn.Flatten(),
        nn.Linear(108, 10),
    ]
    model = nn.Sequential(*layers)
    for buffer in (model[1].running_mean, model[1].running_var):
        nn.init.uniform_(buffer, 0.5, 1.5)
    return model.eval()


def encoder(**options):
    """Two layers of a transformer's encoder."""
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, **options)
    return nn.TransformerEncoder(layer, 2).eval()


class Branching(nn.Module):
    """Breaks the graph where what follows depends on a value."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Linear(6, 4)
        self.wide = nn.Linear(4, 9)

    def forward(self, x):
        x = self.narrow(x)
        if x.sum() > 0:
            return self.wide(x)
        return -x


class CausalAttention(nn.Module):
    """One head whose queries see no later key."""

    def __init__(self):
        super().__init__()
        self.project = nn.Linear(8, 24)

    def forward(self, x):
        query, key, value = self.project(x).chunk(3, -1)
        scores = query @ key.transpose(-1, -2) / 8**0.5
        later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(later, float("-inf"))
        return torch.softmax(scores, -1) @ value
