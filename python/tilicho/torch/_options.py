# SPDX-License-Identifier: Apache-2.0
"""Options of both ways into Tilicho from PyTorch."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from typing import Any, Union

PathLike = Union[str, "os.PathLike[str]"]


@dataclasses.dataclass(frozen=True)
class Options:
    """How graphs are compiled and run."""

    #: A shipped machine's name, or a machine file.
    machine: PathLike = "trn1"
    #: Machine fields to change.
    settings: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    #: f32, bf16 or f16; None leaves the model's types.
    precision: str | None = None
    #: 0 to 3.
    optimization: int | str | None = None
    #: Of the emulator; 0 is as many as the host has.
    threads: int = 0
    #: Whether the cycle model runs too.
    timing: bool = False
    #: Trap on uninitialised reads and races.
    sanitize: bool = False
    #: A file for the statistics of the last run, as JSON; implies timing.
    stats: PathLike | None = None
    #: A file for the Chrome trace of the last run; implies timing.
    trace: PathLike | None = None
    #: A folder that keeps compiled programs from one process to the next; True
    #: for `tilicho.Session`'s own.
    cache: PathLike | bool | None = None

    @staticmethod
    def of(given: Mapping[str, Any]) -> Options:
        """Options by name. Raises TypeError for unknown ones, all at once."""
        known = [field.name for field in dataclasses.fields(Options)]
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise TypeError(
                f"unknown options {', '.join(unknown)}; known are {', '.join(known)}"
            )
        return Options(**given)

    @property
    def compiler(self) -> dict[str, Any]:
        """Those that `tilicho.compile` takes."""
        names = ("machine", "settings", "precision", "optimization")
        return {name: getattr(self, name) for name in names}

    @property
    def runner(self) -> dict[str, Any]:
        """Those that `Program.run` takes."""
        timed = self.timing or self.stats or self.trace
        return {
            "timing": "on" if timed else "off",
            "threads": self.threads,
            "sanitize": self.sanitize,
            "trace": self.trace,
        }
