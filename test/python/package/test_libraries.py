# SPDX-License-Identifier: Apache-2.0
"""What the shared libraries need and show."""

import pathlib
import subprocess

from tilicho import _library

RUNTIME = pathlib.Path(_library.api()._name)
COMPILER = RUNTIME.with_name("libtilicho-compiler.so")


def needed(library):
    text = subprocess.run(
        ["readelf", "-d", library], check=True, capture_output=True, text=True
    ).stdout
    return [line.split("[")[1].rstrip("]")
            for line in text.splitlines() if "(NEEDED)" in line]


def shown(library):
    text = subprocess.run(
        ["nm", "-D", "--defined-only", library],
        check=True, capture_output=True, text=True,
    ).stdout
    return [line.split()[-1] for line in text.splitlines()]


def test_runtime_needs_neither_llvm_nor_protobuf():
    for name in needed(RUNTIME):
        assert not any(word in name.lower() for word in ("llvm", "mlir", "protobuf"))


def test_libraries_show_the_c_interface_alone():
    assert "tilicho_run" in shown(RUNTIME)
    assert shown(COMPILER) == ["tilicho_compiler_answer_2"]
    assert all(name.startswith("tilicho_") for name in shown(RUNTIME))
