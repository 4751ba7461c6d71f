# SPDX-License-Identifier: Apache-2.0
"""Small models in ONNX's text form, and the compiler's answer to them."""
import os
import pathlib
import subprocess

import onnx.parser

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build"))
COMPILE = BUILD / "bin/tilicho-compile"


def parse(text, opset=21, ir=10, imports=""):
    """A model from the text of its graph and functions."""
    header = f'<ir_version: {ir}, opset_import: ["" : {opset}{imports}]>\n'
    return onnx.parser.parse_model(header + text)


def compile_file(path, *flags):
    """The process that compiled `path` to the onnx stage on standard output."""
    done = subprocess.run([COMPILE, path, "--emit=onnx", *flags],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done


def imported(model, folder, *flags):
    """The module of a model that imports."""
    path = folder / "model.onnx"
    path.write_bytes(model if isinstance(model, bytes)
                     else model.SerializeToString())
    done = compile_file(path, *flags)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(model, folder, *flags):
    """The lines that say why a model does not import, without its path."""
    path = folder / "model.onnx"
    path.write_bytes(model if isinstance(model, bytes)
                     else model.SerializeToString())
    done = compile_file(path, *flags)
    assert done.returncode == 1 and not done.stdout, done.stdout
    return [line.replace(f"{path}: error: ", "")
            for line in done.stderr.splitlines()]
