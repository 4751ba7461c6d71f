# SPDX-License-Identifier: Apache-2.0
"""Fixtures of PyTorch's tests."""

import pytest
import torch


@pytest.fixture(autouse=True)
def fresh():
    """Each test starts with no graph and the same random numbers."""
    torch._dynamo.reset()
    torch.manual_seed(0)
    torch.set_num_threads(1)


@pytest.fixture
def reasons(caplog):
    """The reasons given for eager mode."""

    def read():
        return [r.getMessage() for r in caplog.records if r.name == "tilicho.torch"]

    with caplog.at_level("WARNING", "tilicho.torch"):
        yield read
