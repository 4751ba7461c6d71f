# SPDX-License-Identifier: Apache-2.0
"""Runs ONNX's node tests on the structured level and prints what fails.

Usage: structured_nodes.py BIN [--filter=REGEX] [--jobs=N] [--all]
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import onnx

import node_cases


def run(tool, case, folder):
    """None, or why the case fails."""
    model = folder / "model.onnx"
    onnx.save(case.model, model)
    for index, tensor in enumerate(case.inputs):
        (folder / f"input_{index}.pb").write_bytes(tensor.SerializeToString())
    command = [tool, model, f"--inputs={folder}",
               f"--outputs={folder / 'out.npz'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                          check=False)
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        crash = f"exit {done.returncode}: " if done.returncode != 1 else ""
        return crash + (lines[0] if lines else "no message")
    with numpy.load(folder / "out.npz") as results:
        for name, expected in case.expected.items():
            text = node_cases.difference(results[name], expected)
            if text:
                return f"output {name}: {text}"
    return None


def attempt(tool, name):
    try:
        case = node_cases.Case(name)
    except Exception as error:  # Sequences, strings: no tensors.
        return name, [], f"data: {error}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            return name, case.operators(), run(tool, case,
                                               pathlib.Path(folder))
        except Exception as error:
            return name, case.operators(), f"harness: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin", help="folder of the tools")
    parser.add_argument("--filter", default="", help="only names that match")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tool = pathlib.Path(options.bin) / "tilicho-interpret"
    chosen = [name for name in node_cases.names()
              if re.search(options.filter, name)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda name: attempt(tool, name), chosen))
    failures = collections.defaultdict(list)
    for name, operators, why in results:
        if why:
            failures[", ".join(operators)].append((name, why))
    for operators, items in sorted(failures.items()):
        for name, why in items:
            print(f"{operators}: {name}: {why}")
    failed = sum(map(len, failures.values()))
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
