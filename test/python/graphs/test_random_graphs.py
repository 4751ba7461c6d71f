# SPDX-License-Identifier: Apache-2.0
"""Models that nobody wrote: random graphs against ONNX Runtime, with races,
uninitialised reads and bounds checked, on machines of other sizes and with little
memory. `SEEDS=first:last` runs others than those of the suite.
"""

import os

import pytest
from random_graph import random_model
from settings import check

FIRST, LAST = map(int, os.environ.get("SEEDS", "0:100").split(":"))


@pytest.mark.parametrize("seed", range(FIRST, LAST))
def test_random_graph(seed):
    check(*random_model(seed))
