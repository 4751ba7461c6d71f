# SPDX-License-Identifier: Apache-2.0
"""Puts the libraries and machine files of the build into the package."""

import os
import pathlib
import shutil

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

SOURCE = pathlib.Path(__file__).absolute().parent
# TILICHO_BUILD names another build folder.
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", SOURCE.parent / "build"))
FILES = [
    "lib/libtilicho-runtime.so",
    "lib/libtilicho-compiler.so",
    *(f"share/tilicho/machines/{name}.textproto"
      for name in ("edge", "tpu1", "trn1", "trn2")),
]


class BuildWithLibraries(build_py):
    """Copies what the build made beside the modules."""

    def run(self):
        super().run()
        native = pathlib.Path(self.build_lib) / "tilicho" / "native"
        for name in FILES:
            if not (BUILD / name).exists():
                raise SystemExit(
                    f"{BUILD / name} is missing: run scripts/build, or set "
                    "TILICHO_BUILD to the build folder"
                )
            (native / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BUILD / name, native / name)


class BinaryDistribution(Distribution):
    """The package is for one platform, though no module is compiled."""

    def has_ext_modules(self):
        return True


setup(cmdclass={"build_py": BuildWithLibraries}, distclass=BinaryDistribution)
