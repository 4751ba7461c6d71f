# SPDX-License-Identifier: Apache-2.0
"""Rows of figures: how they are kept, printed and compared."""

import dataclasses
import json


@dataclasses.dataclass
class Row:
    """One line: what was measured against its bound or anchor."""

    name: str
    measured: float = float("nan")
    anchor: float = float("nan")
    unit: str = ""
    #: What the ratio is to reach, and is hoped to; 0: printed only.
    least: float = 0
    aim: float = 0
    #: Whether a larger ratio is better.
    isLargerBetter: bool = False
    #: The bound with HBM at its own bandwidth, and bytes of instructions.
    anchorAtHbm: float = 0
    programBytes: int = 0
    note: str = ""

    @property
    def ratio(self):
        return self.measured / self.anchor if self.anchor else float("nan")

    @property
    def verdict(self):
        if not self.least or self.ratio != self.ratio:
            return ""
        def reaches(wanted):
            return (self.ratio >= wanted if self.isLargerBetter
                    else self.ratio <= wanted)
        if self.aim and reaches(self.aim):
            return "aim"
        return "yes" if reaches(self.least) else "no"


def number(value):
    if value != value:
        return "-"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.1f}"


COLUMNS = ["what", "measured", "bound or anchor", "unit", "ratio", "at least",
           "aim", "reached", "ratio at 410 GB/s", "program bytes", "note"]


def cells(row):
    limit = number(row.least) if row.least else ""
    aim = number(row.aim) if row.aim else ""
    at_hbm = number(row.measured / row.anchorAtHbm) if row.anchorAtHbm else ""
    size = str(row.programBytes) if row.programBytes else ""
    return [row.name, number(row.measured), number(row.anchor), row.unit,
            f"{row.ratio:.3f}" if row.ratio == row.ratio else "-", limit, aim,
            row.verdict, at_hbm, size, row.note]


def markdown(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |",
             "|" + " --- |" * len(COLUMNS)]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def line(row):
    ratio = f"{row.ratio:9.3f}" if row.ratio == row.ratio else "        -"
    wanted = f"(at least {number(row.least)}: {row.verdict or '-'})" \
        if row.least else ""
    return (f"{row.name:44s} {number(row.measured):>10s} "
            f"{number(row.anchor):>10s} {row.unit:7s} {ratio} {wanted} "
            f"{row.note}").rstrip()


# ---- gating ----

def figures(rows):
    """What is the same on every host, by name."""
    return {row.name: {"measured": round(row.measured, 6),
                       "anchor": round(row.anchor, 6),
                       "program_bytes": row.programBytes} for row in rows
            if row.measured == row.measured}


def read_figures(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write_figures(rows, path, is_part=False):
    """A part of the rows leaves the others' figures."""
    found = (read_figures(path) if is_part else {}) | figures(rows)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def differences(rows, path, is_part=False):
    """A line for each figure that is not as in the file; a part of the rows
    need not have them all."""
    known = read_figures(path)
    found = figures(rows)
    for name in sorted(found if is_part else known.keys() | found.keys()):
        if known.get(name) != found.get(name):
            yield f"{name}: {known.get(name)} expected, {found.get(name)} found"
