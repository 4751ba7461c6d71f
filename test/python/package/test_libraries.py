# SPDX-License-Identifier: Apache-2.0
"""What the shared libraries need and show."""

import os
import pathlib
import shutil
import subprocess
import sys

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


def test_runtime_shows_what_is_listed():
    listed = pathlib.Path(__file__).with_name("exported.txt").read_text().split()
    assert sorted(shown(RUNTIME)) == listed


def test_what_compiles_is_inside():
    """Nothing that another library of the process may have too, but LLVM, which
    is bound to first."""
    for name in needed(COMPILER):
        assert not any(word in name.lower() for word in ("protobuf", "onnx", "absl"))
    for name in needed(RUNTIME):
        assert "absl" not in name.lower()


def test_nothing_is_unique_in_the_process():
    # g++'s statics in inline functions would be shared across libraries.
    for library in (RUNTIME, COMPILER):
        text = subprocess.run(
            ["readelf", "-W", "--dyn-syms", library],
            check=True, capture_output=True, text=True,
        ).stdout
        assert "UNIQUE" not in text


def test_libraries_stay_where_they_are():
    for library in (RUNTIME, COMPILER):
        flags = subprocess.run(
            ["readelf", "-d", library], check=True, capture_output=True, text=True
        ).stdout
        assert "NODELETE" in flags


COMPILE_WITHOUT_FILE = """
import pathlib, sys, tilicho
tilicho.compile(sys.argv[1])
pathlib.Path(sys.argv[2]).unlink()
print(tilicho.compile(sys.argv[1], machine="edge").machine["name"])
"""


def test_machines_outlive_the_library_file(layer_path, tmp_path):
    """An update takes the file away that a process was loaded from."""
    (tmp_path / "lib").mkdir()
    for library in (RUNTIME, COMPILER):
        shutil.copy(library, tmp_path / "lib")
    shutil.copytree(RUNTIME.parents[1] / "share", tmp_path / "share")
    done = subprocess.run(
        [sys.executable, "-c", COMPILE_WITHOUT_FILE, layer_path,
         tmp_path / "lib" / COMPILER.name],
        capture_output=True, text=True,
        env=dict(os.environ, TILICHO_BUILD=str(tmp_path)),
    )
    assert done.stdout == "edge\n", done.stderr
