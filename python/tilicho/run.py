# SPDX-License-Identifier: Apache-2.0
"""Compiles a model or a saved stage and runs it, in one command.

Any stage of `tilicho-compile --emit` up to isa is taken, as text or bytecode,
so that two stages can be run on the same inputs and compared.
"""

from __future__ import annotations

import argparse

import numpy

from tilicho._program import compile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help="an ONNX model, or a saved stage")
    parser.add_argument(
        "--inputs", required=True, help=".npz of the inputs by ONNX name"
    )
    parser.add_argument(
        "--outputs", required=True, help=".npz to write the outputs to"
    )
    parser.add_argument("--machine", default="trn1")
    parser.add_argument("--precision", choices=["f32", "bf16", "f16"])
    parser.add_argument("--optimization", metavar="LEVEL", help="O0 to O3")
    parser.add_argument(
        "--dim",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="binds a symbolic dimension; repeatable",
    )


def _dims(texts: list[str]) -> dict[str, int]:
    dims = {}
    for text in texts:
        name, separator, value = text.rpartition("=")
        if not separator or not value.isdigit():
            raise ValueError(f"--dim={text}: NAME=VALUE is wanted")
        dims[name] = int(value)
    return dims


def main(options: argparse.Namespace) -> int:
    program = compile(
        options.model,
        machine=options.machine,
        precision=options.precision,
        optimization=options.optimization,
        dims=_dims(options.dim),
    )
    with numpy.load(options.inputs) as inputs:
        outputs = program.run(dict(inputs))
    numpy.savez(options.outputs, **outputs)
    return 0
