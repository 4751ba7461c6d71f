# SPDX-License-Identifier: Apache-2.0
"""Why a graph stays with PyTorch."""

from __future__ import annotations

import logging

logger = logging.getLogger("tilicho.torch")


class Unsupported(Exception):
    """A graph that Tilicho must leave to PyTorch; the text says why."""


class Notice:
    """Says each reason once."""

    def __init__(self, what: str):
        self._what = what
        self._said: set[str] = set()

    def say(self, reason: str) -> None:
        """Logs a reason, unless it was logged before."""
        if reason not in self._said:
            self._said.add(reason)
            logger.warning("%s runs in eager mode: %s", self._what, reason)
