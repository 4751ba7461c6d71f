# SPDX-License-Identifier: Apache-2.0
"""The held-out digits."""

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def _digits():
    path = ROOT / "examples/digits/heldout.py"
    spec = importlib.util.spec_from_file_location("heldout", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.load()[1]


@pytest.fixture(scope="session")
def heldout(_digits):
    """360 images."""
    return _digits[0]


@pytest.fixture(scope="session")
def heldout_labels(_digits):
    return _digits[1]
