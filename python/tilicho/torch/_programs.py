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

    @staticmethod
    def of(program: ExportedProgram, options: Options) -> Programs:
        """Those of an exported graph; equal graphs, such as the layers of a
        model that Dynamo breaks apart, share one."""
        folder = tempfile.TemporaryDirectory(prefix="tilicho-torch-")
        model = write_onnx(program, pathlib.Path(folder.name))
        digest = hashlib.sha256(repr(options).encode())
        for file in sorted(model.parent.iterdir()):
            digest.update(file.read_bytes())
        made = Programs(folder, model, options)
        return Programs._alive.setdefault(digest.hexdigest(), made)

    def __init__(self, folder, model: pathlib.Path, options: Options):
        self._folder = folder
        self._model = model
        self._options = options
        self._lock = threading.Lock()
        self._compiled: dict[tuple, tilicho.Program] = {}
        self.names, self._dims = _signature(self._model)
        self.stats: dict = {}

    def run(self, tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        """The outputs for these inputs, in the model's order."""
        arrays = [_tensors.to_numpy(tensor) for tensor in tensors]
        program = self._program(tuple(array.shape for array in arrays))
        results = [_tensors.empty_like_info(info) for info in program.outputs]
        program.run(
            dict(zip(self.names, arrays)),
            outputs={
                info.name: _tensors.to_numpy(result)
                for info, result in zip(program.outputs, results)
            },
            **self._options.runner,
        )
        self._keep_stats(program)
        return results

    @property
    def compiled(self) -> list[tuple]:
        """The shapes that were compiled for."""
        return list(self._compiled)

    def _program(self, shapes: tuple) -> tilicho.Program:
        with self._lock:
            if shapes not in self._compiled:
                self._compiled[shapes] = tilicho.compile(
                    self._model, dims=self._bind(shapes), **self._options.compiler
                )
            return self._compiled[shapes]

    def _bind(self, shapes: tuple) -> dict[str, int]:
        bound = {}
        for dims, shape in zip(self._dims, shapes):
            bound.update((n, s) for n, s in zip(dims, shape) if isinstance(n, str))
        return bound

    def _keep_stats(self, program: tilicho.Program) -> None:
        if self._options.runner["timing"] == "on":
            self.stats = program.stats
        if self._options.stats:
            text = json.dumps(self.stats, indent=2)
            pathlib.Path(self._options.stats).write_text(text + "\n")


def _signature(model: pathlib.Path):
    """The inputs of a model: names, and for each its dimensions, a number or
    the name of a symbolic one."""
    import onnx

    graph = onnx.load(model, load_external_data=False).graph
    dims = [
        [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in graph.input
    ]
    return [value.name for value in graph.input], dims
