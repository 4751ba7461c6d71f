# SPDX-License-Identifier: Apache-2.0
"""Programs take the time and move the bytes that are written down."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TILICHO_BUILD", ROOT / "build"))


def run(*arguments):
    return subprocess.run([ROOT / "benchmarks/run", *arguments],
                          capture_output=True, text=True,
                          env=dict(os.environ, TILICHO_BUILD=str(BUILD)))


def test_figures_are_as_written_down():
    done = run("--quick")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_figure_that_differs_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks/suite"))
    import table
    rows = [table.Row("a", 2, 1), table.Row("b", 3, 1, programBytes=128)]
    table.write_figures(rows, tmp_path / "figures.json")
    assert not list(table.differences(rows, tmp_path / "figures.json"))
    rows[1].programBytes = 256
    line, = table.differences(rows, tmp_path / "figures.json")
    assert line.startswith("b: ") and "256" in line
    del rows[0]
    assert len(list(table.differences(rows, tmp_path / "figures.json"))) == 2


def test_some_sections_leave_the_figures_of_others(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks/suite"))
    import table
    path = tmp_path / "figures.json"
    table.write_figures([table.Row("a", 2, 1), table.Row("b", 3, 1)], path)
    part = [table.Row("b", 4, 1)]
    line, = table.differences(part, path, is_part=True)
    assert line.startswith("b: ")
    table.write_figures(part, path, is_part=True)
    assert not list(table.differences([table.Row("a", 2, 1), *part], path))


@pytest.mark.parametrize("row, verdict", [
    ((1.04, 1, "", 1.1, 1.05), "aim"), ((1.08, 1, "", 1.1, 1.05), "yes"),
    ((1.2, 1, "", 1.1, 1.05), "no"), ((1.2, 1), ""),
    ((0.9, 1, "", 0.8, 0.85, True), "aim"),
    ((0.7, 1, "", 0.8, 0.85, True), "no")])
def test_verdicts(row, verdict, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks/suite"))
    import table
    assert table.Row("a", *row).verdict == verdict


def test_written_figures_are_of_known_lines():
    figures = json.loads((ROOT / "benchmarks/figures.json").read_text())
    assert any(name.startswith("GEMM") for name in figures)
    assert all(line["anchor"] > 0 for line in figures.values())
