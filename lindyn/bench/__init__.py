"""``python -m lindyn bench``: closed forms against general integrators.

SphericalFlow at equal accuracy; RankOneFlow on ensembles, see :mod:`lindyn.bench.rank_one`;
margin_flow and max_margin, see :mod:`lindyn.bench.separable`.

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
    margin_flow_table,
    max_margin_table,
    results,
    table,
)
from lindyn.bench.separable import flow_jobs

__all__ = [
    "cost_table",
    "ensemble_table",
    "late_table",
    "machine_line",
    "main",
    "margin_flow_table",
    "max_margin_table",
    "measure",
    "results",
    "table",
]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write the results; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m lindyn bench", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench_results.json"), metavar="FILE")
    parser.add_argument("--repeats", type=int, default=7, metavar="N")
    parser.add_argument("--quick", action="store_true", help="a few jobs only")
    given = parser.parse_args(argv)
    if os.environ.get("OMP_NUM_THREADS") != "1":  # read when NumPy is first imported: start anew
        command = [sys.executable, "-m", "lindyn", "bench", *(argv or [])]
        return subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}).returncode
    chosen = (jobs(), ensembles(), flow_jobs())
    if given.quick:
        chosen = (chosen[0][:2], chosen[1][:1], chosen[2][:1])
    found = measure(*chosen, repeats=given.repeats)
    given.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    tables = (
        table,
        cost_table,
        ensemble_table,
        late_table,
        margin_flow_table,
        max_margin_table,
        machine_line,
    )
    print(*(each(found) for each in tables), sep="\n\n")
    print(f"\nwritten to {given.out}")
    return 0
