# SPDX-License-Identifier: Apache-2.0
"""The cycle model stays with the measurements, and the page with the model."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build"))


def test_measurements_are_met_and_printed():
    command = [ROOT / "benchmarks/cycle-model/run", "--check",
               f"--tools={BUILD / 'bin'}"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
