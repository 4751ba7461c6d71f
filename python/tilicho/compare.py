# SPDX-License-Identifier: Apache-2.0
"""Compares a model with ONNX Runtime, value by value, on seeded inputs.

Every value of the graph becomes an output of both, so that the first node whose
results differ can be named.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
from collections.abc import Iterator, Mapping

import numpy

import tilicho


@dataclasses.dataclass
class Difference:
    """One value of the graph on both sides."""

    value: str
    #: The node that makes it: its name, or its type and first output.
    node: str
    #: Largest absolute error, and that by the largest expected value.
    largest: float
    relative: float
    mismatches: int
    elements: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=pathlib.Path, help="an ONNX file")
    parser.add_argument("--seed", type=int, default=0, help="of the inputs")
    parser.add_argument("--inputs", type=pathlib.Path, help="an .npz file instead")
    parser.add_argument("--rtol", type=float, default=1e-3)
    parser.add_argument("--atol", type=float, default=1e-4,
                        help="by the largest expected value")
    parser.add_argument("--machine", default="trn1")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument("--dim", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--precision")
    parser.add_argument("-O", dest="optimization", default="2", metavar="LEVEL")
    parser.add_argument("--outputs-only", action="store_true",
                        help="compare the model as it is, not what is inside")
    parser.add_argument("--all", action="store_true",
                        help="print every value, not only those that differ")


def main(options: argparse.Namespace) -> int:
    compile_options = {
        "machine": options.machine,
        "settings": _pairs(options.set),
        "dims": _pairs(options.dim),
        "precision": options.precision,
        "optimization": "O" + options.optimization.lstrip("O"),
    }
    differences = list(
        compare(
            options.model,
            seed=options.seed,
            inputs=dict(numpy.load(options.inputs)) if options.inputs else None,
            rtol=options.rtol,
            atol=options.atol,
            inner_values=not options.outputs_only,
            **compile_options,
        )
    )
    wrong = [each for each in differences if each.mismatches]
    for each in differences if options.all else wrong:
        print(_line(each))
    if not wrong:
        print(f"{options.model}: {len(differences)} values agree")
        return 0
    first = wrong[0]
    print(f"{options.model}: node {first.node} is the first that differs, in "
          f"value {first.value}; {len(wrong)} of {len(differences)} values do")
    return 1


def compare(
    model,
    *,
    seed: int = 0,
    inputs: Mapping[str, numpy.ndarray] | None = None,
    rtol: float = 1e-3,
    atol: float = 1e-4,
    inner_values: bool = True,
    **compile_options,
) -> Iterator[Difference]:
    """Yields a Difference for each value, in the order of the graph's nodes.

    model: a path. inputs: by name; seeded ones are made for those not given.
    Elements agree within rtol of their own size plus atol of the value's
    largest. Other options are those of `tilicho.compile`.
    """
    import onnx

    proto = onnx.load(model)
    dims = compile_options.get("dims") or {}
    wanted = _graph_outputs(proto, inner_values)
    arrays = {**random_inputs(proto, seed, dims), **(inputs or {})}
    expected = _run_onnx_runtime(proto, wanted, arrays)
    actual = _run_tilicho(proto, wanted, arrays, pathlib.Path(model).parent,
                          compile_options)
    makers = {
        output: node.name or f"{node.op_type} of {node.output[0]}"
        for node in proto.graph.node
        for output in node.output
    }
    for name in wanted:
        if name in expected and name in actual:
            yield difference(name, makers.get(name, "none"), actual[name],
                             expected[name], rtol, atol)


def difference(value, node, actual, expected, rtol, atol) -> Difference:
    """Compares two arrays."""
    if actual.shape != expected.shape:
        return Difference(value, node, numpy.inf, numpy.inf, expected.size,
                          expected.size)
    ours, theirs = _wide(actual), _wide(expected)
    finite = numpy.isfinite(theirs)
    scale = float(numpy.abs(theirs[finite]).max(initial=0))
    with numpy.errstate(invalid="ignore", over="ignore"):
        error = numpy.abs(ours - theirs)
        close = error <= rtol * numpy.abs(theirs) + atol * scale
    same = (ours == theirs) | (numpy.isnan(ours) & numpy.isnan(theirs))
    close = numpy.where(finite, close, False) | same
    largest = float(error[numpy.isfinite(error)].max(initial=0))
    return Difference(value, node, largest, largest / scale if scale else largest,
                      int((~close).sum()), int(expected.size))


def random_inputs(proto, seed: int, dims: Mapping[str, int]) -> dict:
    """Arrays for the inputs that have no initializer: floats from the normal
    distribution, integers from 0 to 9."""
    from onnx.helper import tensor_dtype_to_np_dtype

    constants = {tensor.name for tensor in proto.graph.initializer}
    generator = numpy.random.default_rng(seed)
    arrays = {}
    for graph_input in proto.graph.input:
        if graph_input.name in constants:
            continue
        kind = graph_input.type.tensor_type
        dtype = tensor_dtype_to_np_dtype(kind.elem_type)
        shape = [_extent(graph_input.name, axis, dim, dims)
                 for axis, dim in enumerate(kind.shape.dim)]
        arrays[graph_input.name] = _random(generator, dtype, shape)
    return arrays


def _random(generator, dtype, shape) -> numpy.ndarray:
    if dtype == bool:
        return generator.integers(0, 2, shape).astype(bool)
    if numpy.issubdtype(dtype, numpy.integer):
        return generator.integers(0, 10, shape).astype(dtype)
    return generator.standard_normal(shape).astype(dtype)


def _extent(name, axis, dim, dims) -> int:
    if dim.HasField("dim_value"):
        return dim.dim_value
    for key in (dim.dim_param, f"{name}.{axis}"):
        if key and key in dims:
            return int(dims[key])
    raise ValueError(
        f"dimension {dim.dim_param or axis} of input {name} has no value; give "
        f"--dim={dim.dim_param or f'{name}.{axis}'}=VALUE"
    )


def _graph_outputs(proto, inner_values: bool) -> list[str]:
    """The values to compare, in the order in which nodes make them."""
    outputs = [output.name for output in proto.graph.output]
    if not inner_values:
        return outputs
    made = [name for node in proto.graph.node for name in node.output if name]
    return made + [name for name in outputs if name not in made]


def _with_outputs(proto, typed: Mapping[str, tuple] | None, wanted: list[str]):
    """A copy of the model with these outputs; typed where that is known."""
    import onnx

    changed = onnx.ModelProto()
    changed.CopyFrom(proto)
    known = {output.name: output for output in proto.graph.output}
    del changed.graph.output[:]
    for name in wanted:
        if name in known:
            changed.graph.output.append(known[name])
        elif typed is None:
            changed.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
        elif name in typed:
            changed.graph.output.append(
                onnx.helper.make_tensor_value_info(name, *typed[name])
            )
    return changed


def _run_onnx_runtime(proto, wanted, arrays) -> dict[str, numpy.ndarray]:
    import onnxruntime

    session_options = onnxruntime.SessionOptions()
    # Fused nodes would take values out of the graph.
    session_options.graph_optimization_level = (
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    )
    session_options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        _with_outputs(proto, None, wanted).SerializeToString(),
        session_options,
        providers=["CPUExecutionProvider"],
    )
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, arrays)))


def _run_tilicho(proto, wanted, arrays, folder, options):
    import onnx

    inferred = onnx.shape_inference.infer_shapes(proto)
    typed = {}
    for info in inferred.graph.value_info:
        kind = info.type.tensor_type
        shape = [dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None
                 for dim in kind.shape.dim]
        typed[info.name] = (kind.elem_type, shape)
    changed = _with_outputs(proto, typed, wanted)
    program = tilicho.compile(changed, folder=folder, **options)
    known = {info.name: info for info in program.inputs}
    return program.run({name: arrays[name] for name in known}, timing="off")


def _wide(array: numpy.ndarray) -> numpy.ndarray:
    return array.astype(numpy.float64)


def _line(each: Difference) -> str:
    state = "differs" if each.mismatches else "agrees"
    return (f"{each.node}: {each.value} {state}, largest error {each.largest:.3g} "
            f"({each.relative:.3g} of the largest), {each.mismatches} of "
            f"{each.elements} elements")


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, sign, value = text.rpartition("=")
        if not sign or not name:
            raise ValueError(f"{text}: NAME=VALUE is wanted")
        pairs[name] = value
    return pairs
