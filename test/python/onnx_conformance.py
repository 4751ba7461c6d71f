# SPDX-License-Identifier: Apache-2.0
"""Runs ONNX's own backend tests through tilicho.backend, and writes a table.

    python test/python/onnx_conformance.py --table=table.md

All node tests, and the simple and PyTorch models of the onnx package. Each runs
in a process that may crash without harm to the others. --list writes the tests
that are not supported, sorted by operator, as unsupported_nodes.txt holds them.
"""

import argparse
import collections
import dataclasses
import functools
import pathlib
import subprocess
import sys

import onnx
from onnx.backend.test import runner
from onnx.backend.test.loader import load_model_tests

KINDS = ("node", "simple", "pytorch-converted", "pytorch-operator")
#: The table's columns. Programs consist of engines' instructions, so that nothing
#: passes with a step on the host.
OUTCOMES = ("engines", "host step", "unsupported", "wrong", "crashed")
LIST = pathlib.Path(__file__).resolve().with_name("unsupported_nodes.txt")


#: Larger absolute tolerances, with the reason. Where the result is exactly 0,
#: what is expected is 2e-7: a rounding error of the f32 transform that made it,
#: which a transform in f64 misses as well.
ABSOLUTE = {"test_dft_inverse": 1e-6, "test_dft_inverse_opset19": 1e-6}

#: Their values are drawn: only types and shapes are given by ONNX.
DRAWN = ("test_bernoulli", "test_training_dropout")


@functools.lru_cache(None)
def all_cases():
    """Test cases of the onnx package by name."""
    return {case.name: case for kind in KINDS
            for case in load_model_tests(kind=kind)}


def load_values(case, folder, kind, infos):
    """Tensors, sequences and optionals of files KIND_0.pb, ..."""
    values = []
    for index in range(len(list(folder.glob(f"{kind}_*.pb")))):
        runner.Runner._load_proto(None, folder / f"{kind}_{index}.pb", values,
                                  infos[index].type)
    return values


def data_sets(case, model):
    """Inputs and expected outputs of each data set."""
    for folder in sorted(pathlib.Path(case.model_dir).glob("test_data_set_*")):
        yield (load_values(case, folder, "input", model.graph.input),
               load_values(case, folder, "output", model.graph.output))


@dataclasses.dataclass
class Outcome:
    kind: str
    text: str = ""


def run_case(name):
    """What becomes of a test; a fault of ours is raised."""
    import tilicho.backend

    case = all_cases()[name]
    model = onnx.load(pathlib.Path(case.model_dir) / "model.onnx")
    try:
        prepared = tilicho.backend.prepare(model, sanitize=True, timing="off",
                                           threads=1)
        for inputs, expected in data_sets(case, model):
            outputs = list(prepared.run(inputs))
            if name.startswith(DRAWN) and "zero_ratio" not in name:
                assert ([(value.dtype, value.shape) for value in outputs]
                        == [(value.dtype, value.shape) for value in expected])
                continue
            runner.Runner.assert_similar_outputs(expected, outputs, case.rtol,
                                                 ABSOLUTE.get(name, case.atol))
    except tilicho.backend.Unsupported as error:
        assert str(error).strip(), "a refusal without a reason"
        return Outcome("unsupported", str(error))
    except AssertionError as error:
        return Outcome("wrong", str(error))
    return Outcome("engines")


def operators(name):
    """The operators of a test, as text."""
    model = onnx.load(pathlib.Path(all_cases()[name].model_dir) / "model.onnx")
    return ", ".join(sorted({node.op_type for node in model.graph.node}))


def listed():
    """The names of tests that are not supported; a line is OPERATORS: NAME."""
    return {line.rsplit(" ", 1)[1]
            for line in LIST.read_text().splitlines() if line}


def serve():
    """Runs the tests named on standard input, a line each way."""
    for line in sys.stdin:
        name = line.strip()
        try:
            outcome = run_case(name)
        except Exception as error:  # The table says crashed.
            outcome = Outcome("crashed", f"{type(error).__name__}: {error}")
        text = " ".join(outcome.text.split())
        print(f"{name}\t{outcome.kind}\t{text}", flush=True)


def start():
    return subprocess.Popen([sys.executable, __file__, "--serve"], text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL)


def run_all(names):
    """The outcome of each test, in a process of their own that is started again
    when it dies."""
    outcomes = {}
    worker = start()
    for name in names:
        worker.stdin.write(name + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline().rstrip("\n")
        if line:
            _, kind, text = line.split("\t")
            outcomes[name] = Outcome(kind, text)
            continue
        outcomes[name] = Outcome("crashed", f"exit code {worker.wait()}")
        worker = start()
    worker.stdin.close()
    worker.wait()
    return outcomes


def write_table(outcomes):
    counts = collections.Counter(
        (all_cases()[name].kind, outcome.kind)
        for name, outcome in outcomes.items())
    rows = ["| tests | all | " + " | ".join(OUTCOMES) + " |",
            "| --- |" + " --- |" * (1 + len(OUTCOMES))]
    for kind in KINDS:
        each = [counts[kind, outcome] for outcome in OUTCOMES]
        if sum(each):
            rows.append(f"| {kind} | {sum(each)} | "
                        + " | ".join(map(str, each)) + " |")
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", help="tests; all without any")
    options = parser.parse_args()
    unknown = set(options.names) - set(all_cases())
    if unknown:
        parser.error(f"no test is called {', '.join(sorted(unknown))}")
    if options.serve:
        return serve()
    outcomes = run_all(options.names or list(all_cases()))
    for name, outcome in outcomes.items():
        if outcome.kind in ("wrong", "crashed") or options.names:
            print(f"{name}: {outcome.kind} {outcome.text}", file=sys.stderr)
    table = write_table(outcomes)
    if options.table:
        options.table.write_text(table)
    if options.list:
        lines = [f"{operators(name)}: {name}"
                 for name, outcome in outcomes.items()
                 if outcome.kind == "unsupported"]
        print("\n".join(sorted(lines)))
    else:
        print(table, end="")
    return int(any(outcome.kind in ("wrong", "crashed")
                   for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
