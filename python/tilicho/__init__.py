# SPDX-License-Identifier: Apache-2.0
"""Compiles ONNX models for a systolic-array accelerator and runs them on its
emulator and cycle model.

>>> import tilicho
>>> program = tilicho.compile("model.onnx", machine="trn1")
>>> outputs = program.run({"x": x})
>>> program.stats["makespan_us"]
"""

from tilicho._program import Program, TensorInfo, compile, load
from tilicho._library import TilichoError, version

__version__ = version()
__all__ = [
    "Program",
    "TensorInfo",
    "TilichoError",
    "compile",
    "load",
    "version",
]
