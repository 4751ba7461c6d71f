# SPDX-License-Identifier: Apache-2.0
"""From a captured graph to an ONNX file."""

from __future__ import annotations

import contextlib
import logging
import pathlib
import warnings

import torch
from torch.export import ExportedProgram
from torch.export.graph_signature import InputKind, OutputKind

from tilicho.torch._decompositions import TABLE
from tilicho.torch._reasons import Unsupported

_MUTATIONS = (OutputKind.BUFFER_MUTATION, OutputKind.USER_INPUT_MUTATION)


def functionalize(program: ExportedProgram) -> ExportedProgram:
    """The program without in-place writes and fused inference kernels.

    Raises Unsupported, with all reasons, for what depends on the mode of
    training or on PyTorch's random numbers."""
    reasons = sorted(set(filter(None, map(_reason, program.graph.nodes))))
    if reasons:
        raise Unsupported("; ".join(reasons))
    with _quiet():
        return program.run_decompositions(TABLE)


def mutations(program: ExportedProgram) -> list[str]:
    """What the first outputs of a functionalized program are written to: names
    of placeholders or buffers."""
    return [
        spec.target
        for spec in program.graph_signature.output_specs
        if spec.kind in _MUTATIONS
    ]


def mutations_as_outputs(program: ExportedProgram, dynamic_shapes):
    """The program again, with the values it writes in place as its first
    outputs: ONNX has no other way to hand them out."""
    values = {**program.state_dict, **program.constants}
    constants = {
        spec.arg.name: values[spec.target]
        for spec in program.graph_signature.input_specs
        if spec.kind != InputKind.USER_INPUT
    }
    graph = torch.fx.Graph()
    copies: dict[torch.fx.Node, torch.fx.Node] = {}
    for node in program.graph.nodes:
        if node.name in constants and node.op == "placeholder":
            copies[node] = graph.get_attr(node.name)
        else:
            copies[node] = graph.node_copy(node, copies.__getitem__)
    module = torch.fx.GraphModule(constants, graph)
    return export_graph(module, program.example_inputs[0], dynamic_shapes)


def export_graph(module, arguments, dynamic_shapes) -> ExportedProgram:
    """torch.export of a graph of positional tensors."""
    for node in module.graph.nodes:
        node.meta.clear()
    with _quiet():
        return torch.export.export(
            module,
            arguments,
            dynamic_shapes=dynamic_shapes,
            strict=False,
        )


def write_onnx(program: ExportedProgram, folder: pathlib.Path) -> pathlib.Path:
    """Writes the program as an ONNX file, its weights beside it."""
    with _quiet():
        exported = torch.onnx.export(program, dynamo=True, verbose=False)
        path = folder / "model.onnx"
        exported.save(path, external_data=True)
    return path


def _reason(node: torch.fx.Node) -> str | None:
    """Why a node cannot be exported with its meaning kept."""
    target = node.target
    if node.op != "call_function" or not isinstance(target, torch._ops.OpOverload):
        return None
    if torch.Tag.nondeterministic_seeded in target.tags:
        if _is_idle_dropout(node):
            return None
        return f"{target} draws from PyTorch's random numbers"
    if _argument(node, "training") or _argument(node, "train"):
        return f"{target} is in training mode"
    return None


def _is_idle_dropout(node) -> bool:
    return _argument(node, "train") is False or _argument(node, "dropout_p") == 0


def _argument(node: torch.fx.Node, name: str):
    """The value of a named argument; None where there is none."""
    for index, argument in enumerate(node.target._schema.arguments):
        if argument.name == name:
            if index < len(node.args):
                return node.args[index]
            return node.kwargs.get(name, argument.default_value)
    return None


@contextlib.contextmanager
def _quiet():
    """Keeps the exporter from talking about packages that nobody asked for."""
    exporter = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = exporter.level
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        exporter.setLevel(level)
