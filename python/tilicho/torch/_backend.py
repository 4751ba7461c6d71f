# SPDX-License-Identifier: Apache-2.0
"""torch.compile(model, backend="tilicho")."""

from __future__ import annotations

import threading

import torch

from tilicho.torch import _export
from tilicho.torch._capture import Captured, capture, unbound_integers
from tilicho.torch._options import Options
from tilicho.torch._programs import Programs
from tilicho.torch._reasons import Notice, Unsupported


def backend(module: torch.fx.GraphModule, example_inputs, **options):
    """Compiles a captured graph for inference; what it cannot take runs in
    eager mode, and the log says why, once.

    Options are passed by torch.compile(..., options={...}): see `Options`.
    Raises TypeError for an unknown one."""
    merged = {**(options.pop("options", None) or {}), **options}
    merged.pop("mode", None)
    return CompiledGraph(module, Options.of(merged))


class CompiledGraph:
    """A captured graph; exported when it is first called."""

    def __init__(self, module: torch.fx.GraphModule, options: Options):
        self._module = module
        self._integers = unbound_integers(module)
        self._options = options
        self._notice = Notice(f"graph {module.__class__.__name__}")
        self._lock = threading.Lock()
        self._exports: dict[tuple, _Export | Unsupported] = {}

    def __call__(self, *arguments):
        try:
            return self._compiled(arguments)
        except Unsupported as reason:
            self._notice.say(str(reason))
        except Exception as error:  # pylint: disable=broad-except
            self._notice.say(f"{type(error).__name__}: {error}".split("\n")[0])
        return self._module.forward(*arguments)

    def _compiled(self, arguments):
        _refuse_gradients(self._module, arguments)
        with torch.no_grad(), torch.compiler.set_stance("force_eager"):
            return self._export(arguments).run(arguments)

    def _export(self, arguments) -> _Export:
        """The export for these integers, where no shape tells them."""
        key = tuple(arguments[position] for position in self._integers)
        with self._lock:
            if key not in self._exports:
                try:
                    made = _Export(self._module, arguments, self._options)
                except Unsupported as reason:
                    made = reason
                self._exports[key] = made
        if isinstance(self._exports[key], Unsupported):
            raise self._exports[key]
        return self._exports[key]


class _Export:
    """A captured graph with its ONNX model."""

    def __init__(self, module, arguments, options: Options):
        self._captured: Captured = capture(module, arguments)
        tensors = self._tensors(arguments)
        shapes = self._captured.dynamic_shapes
        program = _export.functionalize(
            _export.export_graph(self._captured.module, tensors, shapes)
        )
        self._written = self._positions(program)
        if self._written:
            program = _export.mutations_as_outputs(program, shapes)
        computes = self._captured.computes or self._written
        self._programs = Programs.of(program, options) if computes else None

    def run(self, arguments):
        """Calls the graph. Inputs are written to only when all went well."""
        tensors = self._tensors(arguments)
        _refuse_overlap(tensors, self._written)
        results = self._programs.run(tensors) if self._programs else []
        count = len(self._written)
        for position, value in zip(self._written, results[:count]):
            tensors[position].copy_(value)
        computed = results[count:]
        return [output(arguments, computed) for output in self._captured.outputs]

    def _tensors(self, arguments) -> tuple[torch.Tensor, ...]:
        return tuple(arguments[index] for index in self._captured.tensors)

    def _positions(self, program) -> list[int]:
        """Which tensors the graph writes to."""
        names = program.graph_signature.user_inputs
        unknown = set(_export.mutations(program)) - set(names)
        if unknown:
            raise Unsupported(f"it writes to {', '.join(sorted(unknown))}")
        return [names.index(name) for name in _export.mutations(program)]


def _refuse_gradients(module, arguments) -> None:
    if not torch.is_grad_enabled():
        return
    tensors = [a for a in arguments if isinstance(a, torch.Tensor)]
    if any(t.requires_grad for t in (*tensors, *module.parameters())):
        raise Unsupported("gradients are asked for; torch.no_grad() is inference")


def _refuse_overlap(tensors, written) -> None:
    """Writes are handed out as values, so that no other input may see them."""
    memory = [tensor.untyped_storage()._cdata for tensor in tensors]
    for position in written:
        if memory.count(memory[position]) > 1:
            raise Unsupported("an input that is written to shares memory")
