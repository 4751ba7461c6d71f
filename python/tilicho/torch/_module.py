# SPDX-License-Identifier: Apache-2.0
"""Whole modules, with their weights frozen."""

from __future__ import annotations

from typing import Any

import torch
from torch.export.graph_signature import ConstantArgument, InputKind, OutputKind
from torch.utils import _pytree as pytree

from tilicho.torch import _export
from tilicho.torch._options import Options
from tilicho.torch._programs import Programs


class CompiledModule:
    """A module as it was when it was compiled. Called like the module."""

    def __init__(self, program: torch.export.ExportedProgram, options: Options):
        self._arguments = program.call_spec.in_spec
        self._results = program.call_spec.out_spec
        signature = program.graph_signature
        self._inputs = [
            spec.arg
            for spec in signature.input_specs
            if spec.kind == InputKind.USER_INPUT
        ]
        self._outputs = [
            spec.arg
            for spec in signature.output_specs
            if spec.kind == OutputKind.USER_OUTPUT
        ]
        self._programs = Programs.of(program, options)

    def __call__(self, *args, **kwargs):
        flat, spec = pytree.tree_flatten((args, kwargs))
        if spec != self._arguments:
            raise TypeError(
                f"the arguments are {spec}, but the module was compiled for "
                f"{self._arguments}"
            )
        with torch.no_grad():
            results = iter(self._programs.run(self._tensors(flat)))
        flat = [
            arg.value if isinstance(arg, ConstantArgument) else next(results)
            for arg in self._outputs
        ]
        return pytree.tree_unflatten(flat, self._results)

    def _tensors(self, flat) -> list[torch.Tensor]:
        for arg, value in zip(self._inputs, flat):
            if isinstance(arg, ConstantArgument) and arg.value != value:
                raise ValueError(
                    f"argument {arg.name} is {value!r}, but the module was "
                    f"compiled for {arg.value!r}: compile it again"
                )
        return [value for value in flat if isinstance(value, torch.Tensor)]

    @property
    def stats(self) -> dict[str, Any]:
        """Statistics of the last run, by the keys of docs/Statistics.md; empty
        unless the option `timing` is set."""
        return self._programs.stats

    @property
    def compiled(self) -> list[dict[str, Any]]:
        """The programs that were compiled, as of `tilicho.Session.compiled`."""
        return self._programs.compiled


def compile(
    module: torch.nn.Module,
    args: tuple,
    kwargs: dict[str, Any] | None = None,
    *,
    dynamic_shapes=None,
    **options,
) -> CompiledModule:
    """Compiles a module for inference, its weights frozen.

    args, kwargs: example arguments, as for torch.export.export.
    dynamic_shapes: which dimensions may differ from call to call, as there.
    options: see `Options`.

    Raises Unsupported for what inference cannot keep (training mode, random
    numbers, buffers that are written to), TypeError for an unknown option."""
    chosen = Options.of(options)
    with torch.no_grad():
        captured = torch.export.export(
            module, args, kwargs, dynamic_shapes=dynamic_shapes, strict=False
        )
        program = _export.functionalize(captured)
    written = _export.mutations(program)
    if written:
        raise _export.Unsupported(f"the module writes to {', '.join(written)}")
    return CompiledModule(program, chosen)
