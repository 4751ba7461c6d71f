# SPDX-License-Identifier: Apache-2.0
"""An exported graph and the programs compiled from it, by shapes."""

from __future__ import annotations

import hashlib
import json
import pathlib
import tempfile
import threading
import weakref

import torch
from torch.export import ExportedProgram

import tilicho
from tilicho.torch import _tensors
from tilicho.torch._export import write_onnx
from tilicho.torch._options import Options


class Programs:
    """Runs one ONNX model; compiles it once for each combination of shapes."""

    _alive: weakref.WeakValueDictionary = weakref.WeakValueDictionary()
    _lock = threading.Lock()

    @staticmethod
    def of(program: ExportedProgram, options: Options) -> Programs:
        """Those of an exported graph; equal graphs, such as the layers of a
        model that Dynamo breaks apart, share one."""
        folder = tempfile.TemporaryDirectory(prefix="tilicho-torch-")
        model = write_onnx(program, pathlib.Path(folder.name))
        digest = hashlib.sha256(repr(options).encode())
        for file in sorted(model.parent.iterdir()):
            digest.update(file.read_bytes())
        with Programs._lock:
            known = Programs._alive.get(digest.hexdigest())
            if known is None:
                known = Programs(folder, model, options)
                Programs._alive[digest.hexdigest()] = known
            return known

    def __init__(self, folder, model: pathlib.Path, options: Options):
        self._folder = folder
        self._options = options
        self._session = tilicho.Session(
            model, cache=options.cache, **options.compiler
        )
        inputs = self._session.describe()["inputs"]
        self.names = [info["name"] for info in inputs]
        self.stats: dict = {}

    def run(self, tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        """The outputs for these inputs, in the model's order."""
        arrays = dict(zip(self.names, map(_tensors.to_numpy, tensors)))
        program = self._session.program(arrays)
        results = [_tensors.empty_like_info(info) for info in program.outputs]
        made = program.run(
            {info.name: arrays[info.name] for info in program.inputs},
            outputs={
                info.name: _tensors.to_numpy(result)
                for info, result in zip(program.outputs, results)
            },
            **self._options.runner,
        )
        self._keep_stats(program)
        if not made:  # Time alone.
            return results
        return [
            _tensors.front(result, made[info.name].shape)
            for info, result in zip(program.outputs, results)
        ]

    @property
    def compiled(self) -> list[dict]:
        """The programs in memory, as of `Session.compiled`."""
        return self._session.compiled()

    def _keep_stats(self, program: tilicho.Program) -> None:
        if self._options.runner["timing"] == "on":
            self.stats = program.stats
        if self._options.stats:
            text = json.dumps(self.stats, indent=2)
            pathlib.Path(self._options.stats).write_text(text + "\n")
