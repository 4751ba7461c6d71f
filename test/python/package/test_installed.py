# SPDX-License-Identifier: Apache-2.0
"""An installed prefix and a wheel, used from outside the tree."""

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest
from tilicho import _library

ROOT = pathlib.Path(__file__).parents[3]
BUILD = pathlib.Path(_library.api()._name).parents[1]
EXAMPLE = ROOT / "examples" / "c"


def call(*command, **options):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """What `cmake --install` makes."""
    folder = tmp_path_factory.mktemp("prefix")
    call("cmake", "--install", BUILD, "--prefix", folder)
    return folder


def check_example(program, layer_path):
    # Elsewhere than here, so that nothing of the build is found but what the
    # sanitizers load first.
    kept = {key: os.environ[key] for key in ("ASAN_OPTIONS", "LD_PRELOAD")
            if key in os.environ}
    printed = call(program, layer_path, "machine=edge", cwd="/", env=kept)
    name, *numbers = printed.splitlines()[0].split()
    assert name == "y:" and len(numbers) == 8
    assert printed.splitlines()[1].endswith(" us")


def test_example_builds_by_cmake(prefix, layer_path, tmp_path):
    call("cmake", "-G", "Ninja", "-S", EXAMPLE, "-B", tmp_path,
         f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DCMAKE_C_COMPILER={shutil.which('cc')}")
    call("cmake", "--build", tmp_path)
    check_example(tmp_path / "run-model", layer_path)


def test_example_builds_by_pkg_config(prefix, layer_path, tmp_path):
    flags = call(
        "pkg-config", "--cflags", "--libs", "tilicho",
        env={**os.environ, "PKG_CONFIG_PATH": f"{prefix}/lib/pkgconfig"},
    ).split()
    program = tmp_path / "run-model"
    call("cc", "-std=c99", "-Wall", "-Werror", EXAMPLE / "run-model.c", *flags,
         f"-Wl,-rpath,{prefix}/lib", "-o", program)
    check_example(program, layer_path)


def test_example_tells_what_is_wrong(prefix, layer_path, tmp_path):
    program = tmp_path / "run-model"
    call("cc", EXAMPLE / "run-model.c", f"-I{prefix}/include", f"-L{prefix}/lib",
         "-ltilicho-runtime", f"-Wl,-rpath,{prefix}/lib", "-o", program)
    done = subprocess.run([program, layer_path, "presicion=bf16"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "error 1: option presicion is unknown" in done.stderr


def test_wheel_runs_on_its_own(layer_path, tmp_path):
    call(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
         "-q", "-w", tmp_path, ROOT, env={**os.environ, "TILICHO_BUILD": str(BUILD)})
    (wheel,) = tmp_path.glob("tilicho-*.whl")
    assert "none-any" not in wheel.name
    package = tmp_path / "package"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(package)
    # As pip would; zipfile forgets what is executable.
    (package / "tilicho/native/bin/tilicho-compile-worker").chmod(0o755)
    code = (
        "import numpy, sys, tilicho\n"
        "for own in (False, True):\n"
        "    program = tilicho.compile(sys.argv[1], own_process=own)\n"
        "    y = program.run({'x': numpy.ones((4, 16), 'float32')})['y']\n"
        "print(tilicho.__file__, y.shape)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TILICHO_BUILD"}
    printed = call(sys.executable, "-c", code, layer_path, cwd="/",
                   env={**environment, "PYTHONPATH": str(package)})
    assert printed == f"{package}/tilicho/__init__.py (4, 8)\n"
