#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs small models by several releases of ONNX Runtime, each installed by pip
into a folder of its own: releases.py FOLDER VERSION...

Nothing that this calls is newer than ONNX Runtime 1.23.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import warnings


def sessions():
    """Models with inputs; each is run on Tilicho and without it."""
    import numpy
    import plugin_models as models

    yield models.perceptron(), {"x": models.random(3, 8)}
    for shape in [(1, 5, 16), (2, 9, 16)]:
        yield models.transformer(), {"x": models.random(*shape)}
    yield models.with_strings(), {
        "x": numpy.arange(24, dtype=numpy.float32).reshape(3, 8)}
    for flag in (False, True):
        yield models.with_branches(), {"flag": numpy.array(flag),
                                       "x": models.random(3, 8)}
    yield models.with_loop(), {"count": numpy.array(3),
                               "x": models.random(3, 8)}


def options(entries=()):
    import onnxruntime

    chosen = onnxruntime.SessionOptions()
    chosen.log_severity_level = 3
    for key, value in dict(entries).items():
        chosen.add_session_config_entry(key, value)
    return chosen


def compare(session, model, feeds):
    import numpy
    import onnxruntime

    session.disable_fallback()
    plain = onnxruntime.InferenceSession(model.SerializeToString(), options(),
                                         providers=["CPUExecutionProvider"])
    for ours, theirs in zip(session.run(None, feeds), plain.run(None, feeds)):
        numpy.testing.assert_allclose(ours, theirs, 1e-4, 1e-4)


def check(path):
    """All that a release has to do, in the process that has loaded it."""
    import onnxruntime
    import plugin_models as models
    import tilicho.onnxruntime

    warnings.simplefilter("ignore")
    provider = tilicho.onnxruntime.register()
    for model, feeds in sessions():
        compare(provider.session(model, options()), model, feeds)
    model = models.perceptron(batch=3)
    provider.session(model, options({"ep.context_enable": "1",
                                     "ep.context_file_path": path,
                                     "ep.context_embed_mode": "1"}))
    compare(provider.session(path, options()), model,
            {"x": models.random(3, 8)})
    how = "by name too" if provider.by_name else "not by name"
    print(f"{onnxruntime.__version__}: passed; {how}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("versions", nargs="*")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if not given.versions:
        path = given.folder / f"compiled-{os.getpid()}.onnx"
        check(str(path))
        path.unlink()
        return 0
    failed = 0
    for version in given.versions:
        place = given.folder / version
        if not place.exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "-q",
                            "--no-deps", "--target", place,
                            f"onnxruntime=={version}"], check=True)
        path = os.pathsep.join([str(place), os.environ.get("PYTHONPATH", "")])
        code = subprocess.run([sys.executable, __file__, given.folder],
                              env={**os.environ, "PYTHONPATH": path}).returncode
        if code:
            print(f"{version}: failed")
        failed += code != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
