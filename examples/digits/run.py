#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the digits CNN, runs the held-out digits and reports on the run."""
import argparse
import json
import pathlib
import subprocess

import numpy as np
import onnxruntime

from heldout import load

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def run_tilicho(options, images):
    """Compiles for all images at once, runs them, returns logits and figures."""
    out = options.output
    out.mkdir(parents=True, exist_ok=True)
    np.savez(out / "digits.npz", images=images)
    tools = options.build / "bin"
    subprocess.run(
        [tools / "tilicho-compile", HERE / "digits.onnx", "-o",
         out / "digits.tlx", f"--dim=batch={len(images)}",
         f"--machine={options.machine}", f"--precision={options.precision}"],
        check=True)
    subprocess.run(
        [tools / "tilicho-run", out / "digits.tlx",
         f"--inputs={out}/digits.npz", f"--outputs={out}/logits.npz",
         f"--trace={out}/trace.json", f"--stats={out}/stats.json"],
        check=True)
    stats = json.loads((out / "stats.json").read_text())
    return np.load(out / "logits.npz")["logits"], stats


def report(name, value):
    print(f"  {name:34} {value}")


def print_accuracy(logits, reference, labels):
    ours, theirs = logits.argmax(1), reference.argmax(1)
    report("accuracy", f"{np.mean(ours == labels):.4f}")
    report("accuracy of ONNX Runtime", f"{np.mean(theirs == labels):.4f}")
    report("predictions that differ", int(np.sum(ours != theirs)))
    report("largest difference of a logit",
           f"{np.abs(logits - reference).max():.3g}")


def print_figures(stats):
    makespan = stats["makespan_us"]
    report("least possible time", f"{stats['bound_us']:.1f} us; "
           f"the run takes {makespan / stats['bound_us']:.2f} times that")
    report("HBM bytes", f"{stats['hbm_bytes']:.0f}, at least "
           f"{stats['hbm_compulsory_bytes']:.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machine", default="trn1")
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--output", type=pathlib.Path,
                        default=ROOT / "build/demo")
    options = parser.parse_args()
    _, (images, labels) = load()
    logits, stats = run_tilicho(options, images)
    session = onnxruntime.InferenceSession(HERE / "digits.onnx")
    reference = session.run(None, {"images": images})[0]
    print(f"{len(images)} held-out digits on {options.machine}, "
          f"{options.precision}:")
    print_accuracy(logits, reference, labels)
    print_figures(stats)
    print(f"  trace: open {options.output}/trace.json in Perfetto "
          "(ui.perfetto.dev) or chrome://tracing")


if __name__ == "__main__":
    main()
