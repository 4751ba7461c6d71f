# SPDX-License-Identifier: Apache-2.0
"""Puts what the build made into the package: `cmake --install` into its folder
`native`. Builds first where there is no build."""

import os
import pathlib
import subprocess
import tempfile

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

SOURCE = pathlib.Path(__file__).absolute().parent
# TILICHO_BUILD names another build folder.
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", SOURCE / "build"))
SCRATCH = tempfile.TemporaryDirectory()


class BuildWithLibraries(build_py):
    """Installs the libraries beside the modules."""

    def run(self):
        super().run()
        if not (BUILD / "lib" / "libtilicho-compiler.so").exists():
            subprocess.run(
                [SOURCE / "scripts" / "build"],
                check=True,
                env={**os.environ, "TILICHO_BUILD": str(BUILD)},
            )
        native = pathlib.Path(self.build_lib) / "tilicho" / "native"
        subprocess.run(
            ["cmake", "--install", BUILD, "--prefix", native.absolute(), "--strip"],
            check=True,
            stdout=subprocess.DEVNULL,
        )


class BinaryDistribution(Distribution):
    """The package is for one platform, though no module is compiled."""

    def has_ext_modules(self):
        return True


setup(
    cmdclass={"build_py": BuildWithLibraries},
    distclass=BinaryDistribution,
    # build/ is CMake's, and nothing of an earlier wheel is wanted in this one.
    options={"build": {"build_base": SCRATCH.name}},
)
