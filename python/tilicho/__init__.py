# SPDX-License-Identifier: Apache-2.0
"""Compiles ONNX models for a systolic-array accelerator and runs them on its
emulator and cycle model.

>>> import tilicho
>>> program = tilicho.compile("model.onnx", machine="trn1")
>>> outputs = program.run({"x": x})
>>> program.stats["makespan_us"]
"""

from tilicho._arrays import to_dlpack
from tilicho._library import TilichoError, version
from tilicho._program import Program, TensorInfo, check, compile, describe, load
from tilicho._session import Session
from tilicho._state import State

__version__ = version()
__all__ = [
    "Program",
    "Session",
    "State",
    "TensorInfo",
    "TilichoError",
    "check",
    "compile",
    "describe",
    "load",
    "to_dlpack",
    "version",
]
