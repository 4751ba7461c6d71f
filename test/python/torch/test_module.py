# SPDX-License-Identifier: Apache-2.0
"""tilicho.torch.compile of whole modules against eager mode."""

import networks
import pytest
import torch
from torch import nn

import tilicho.torch

ANY = torch.export.Dim.DYNAMIC


def run(model, *arguments, **keywords):
    with torch.no_grad():
        return model(*arguments, **keywords)


def test_any_batch():
    model = networks.convolutional()
    fast = tilicho.torch.compile(
        model,
        (torch.randn(2, 3, 16, 16),),
        dynamic_shapes=({0: ANY},),
        timing=True,
    )
    for batch in (1, 3, 1):
        x = torch.randn(batch, 3, 16, 16)
        torch.testing.assert_close(run(fast, x), run(model, x))
    assert len(fast.compiled) == 2
    assert fast.stats["makespan_us"] > 0


def test_fast_path():
    model = networks.encoder()
    x = torch.randn(2, 5, 16)
    fast = tilicho.torch.compile(model, (x,))
    torch.testing.assert_close(run(fast, x), run(model, x))


def test_weights_are_frozen():
    model = nn.Linear(4, 3)
    x = torch.randn(2, 4)
    fast = tilicho.torch.compile(model, (x,))
    expected = run(model, x)
    nn.init.zeros_(model.weight)
    torch.testing.assert_close(run(fast, x), expected)


class Structured(nn.Module):
    """Takes and returns more than tensors in a row."""

    def forward(self, pair, *, scale: float, table=None):
        left, right = pair["left"], pair["right"]
        return {"sum": (left + right) * scale, "none": None}, [table, left]


def test_structures():
    pair = {"left": torch.randn(3), "right": torch.randn(3)}
    keywords = {"scale": 2.0, "table": torch.arange(4)}
    model = Structured()
    fast = tilicho.torch.compile(model, (pair,), keywords)
    actual, expected = run(fast, pair, **keywords), run(model, pair, **keywords)
    assert actual[0]["none"] is None
    torch.testing.assert_close(actual[0]["sum"], expected[0]["sum"])
    torch.testing.assert_close(actual[1], expected[1])
    with pytest.raises(ValueError, match="compiled for 2.0"):
        fast(pair, scale=3.0, table=keywords["table"])
    with pytest.raises(TypeError, match="the arguments are"):
        fast(pair["left"], scale=2.0)


def test_precision():
    model = networks.convolutional()
    x = torch.randn(2, 3, 16, 16)
    fast = tilicho.torch.compile(model, (x,), precision="bf16")
    torch.testing.assert_close(run(fast, x), run(model, x), rtol=0.05, atol=0.05)
    assert not torch.equal(run(fast, x), run(model, x))


def test_training_mode_is_refused():
    model = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(3))
    with pytest.raises(tilicho.torch.Unsupported, match="training mode"):
        tilicho.torch.compile(model, (torch.randn(2, 3),))


class Counter(nn.Module):
    """Writes to a buffer of its own."""

    def __init__(self):
        super().__init__()
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        self.count.add_(1)
        return x + self.count


def test_written_buffer_is_refused():
    with pytest.raises(tilicho.torch.Unsupported, match="writes to count"):
        tilicho.torch.compile(Counter(), (torch.randn(3),))
