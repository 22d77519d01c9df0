"""``python -m lindyn bench``: closed forms against general integrators.

SphericalFlow at equal accuracy; RankOneFlow on ensembles, see :mod:`lindyn.bench.rank_one`.

Every row is one job done by both sides in this process: the law, the start, the depth, the times.
The integrators solve the two-dimensional flow that balanced layers induce on w; the loosest of a
ladder of tolerances with which they reach the accuracy asked is the one that is timed.  Times are
processor seconds, so a busy machine disturbs them little; a row shows the median of repeats.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lindyn.bench.jobs import jobs
from lindyn.bench.measure import measure
from lindyn.bench.rank_one import ensembles
from lindyn.bench.report import (
    cost_table,
    ensemble_table,
    late_table,
    machine_line,
    results,
    table,
)

__all__ = [
    "cost_table",
    "ensemble_table",
    "late_table",
    "machine_line",
    "main",
    "measure",
    "results",
    "table",
]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write the results; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lindyn bench", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench_results.json"), metavar="FILE")
    parser.add_argument("--repeats", type=int, default=7, metavar="N")
    parser.add_argument("--quick", action="store_true", help="three jobs only")
    given = parser.parse_args(argv)
    if os.environ.get("OMP_NUM_THREADS") != "1":  # read when NumPy is first imported: start anew
        command = [sys.executable, "-m", "lindyn", "bench", *(argv or [])]
        return subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode
    chosen = (jobs()[:2], ensembles()[:1]) if given.quick else (jobs(), ensembles())
    found = measure(*chosen, repeats=given.repeats)
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    tables = (table, cost_table, ensemble_table, late_table, machine_line)
    print(*(each(found) for each in tables), sep="\n\n")
    print(f"\nwritten to {given.out}")
    return 0
