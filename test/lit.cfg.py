# SPDX-License-Identifier: Apache-2.0
"""How lit runs the files of this folder.

`lit build/test`, or `lit test --param build=FOLDER` from the source tree.
TILICHO_VERIFY_ROUNDTRIP=1 reruns the suite with every module printed, parsed
and compared.
"""
import os
import sys

import lit.formats

llvm_bin = "/usr/lib/llvm-22/bin"
source = os.path.dirname(os.path.abspath(__file__))
build = getattr(config, "tilicho_build", None) or lit_config.params.get(
    "build", os.path.join(os.path.dirname(source), "build")
)

config.name = "tilicho"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".tas", ".td", ".test"]
config.excludes = ["Inputs", "unit", "CMakeLists.txt"]
config.test_source_root = source
config.test_exec_root = os.path.join(build, "test", "lit")

path = [os.path.join(build, "bin"), llvm_bin, os.environ.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(path)
for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "HOME"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

opt = "tilicho-opt"
if os.environ.get("TILICHO_VERIFY_ROUNDTRIP"):
    opt += " --verify-roundtrip"
config.substitutions += [
    (r"(?<![\w/-])tilicho-opt(?![\w/-])", opt),
    (r"(?<![\w/-])FileCheck(?![\w/-])", "FileCheck -enable-var-scope"),
    ("%source", os.path.dirname(source)),
    ("%build", build),
    ("%python", sys.executable),
]
