"""Time and error of each job, by each side."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn import laws
from lindyn.bench import rank_one, separable
from lindyn.bench.jobs import PEERS, START, TEACHER, Job, Solver, heyoka_solver, log_polar
from lindyn.flows import gradient_flow
from lindyn.natural import SphericalFlow
from lindyn.networks import balanced
from lindyn.risks import SphericalLogistic

Array = NDArray[np.float64]

ACCURACY = 1e-10  # largest relative error of w at any of the times
LADDER = tuple(10.0 ** (-k / 2) for k in range(14, 27))  # relative tolerances 1e-7 … 1e-13
GIVE_UP = 20.0  # processor seconds of one integration


@dataclass(frozen=True)
class Row:
    """One comparison; ``note`` says why there are no numbers, where there are none."""

    law: str
    depth: int
    horizon: float
    peer: str
    seconds: float | None
    peer_seconds: float | None
    ratio: float | None
    error: float
    peer_error: float | None
    peer_rtol: float | None
    note: str = ""


@dataclass(frozen=True)
class Cost:
    """What SphericalFlow costs when one size grows."""

    what: str
    value: int
    seconds: float


def seconds(task: Callable[[], object], repeats: int = 7, least: float = 0.02) -> float:
    """Processor seconds of one call: the median of ``repeats`` runs of at least ``least``."""
    start = time.process_time()
    task()
    once = time.process_time() - start
    loops = max(1, math.ceil(least / max(once, 1e-6)))
    runs = []
    for _ in range(repeats if once < 0.5 else 3 if once < 5 else 1):
        start = time.process_time()
        for _ in range(loops):
            task()
        runs.append((time.process_time() - start) / loops)
    return statistics.median(runs)


def error(found: Array, expected: Array) -> float:
    """Largest relative error of w over the times."""
    return float(
        np.max(np.linalg.norm(found - expected, axis=1) / np.linalg.norm(expected, axis=1))
    )


def compare(job: Job, peers: dict[str, Solver], repeats: int = 7) -> list[Row]:
    """Rows of one job, each peer at the loosest tolerance that reaches ACCURACY."""
    expected = log_polar(job, 3e-14)
    own_error, own_seconds = error(job.own(), expected), seconds(job.own, repeats)
    rows = []
    for name, solve in peers.items():
        head = (repr(job.law), job.depth, job.horizon, name)
        for rtol in LADDER:
            start = time.process_time()
            peer_error = error(solve(job, rtol), expected)
            if peer_error <= ACCURACY or time.process_time() - start > GIVE_UP:
                break
        if peer_error > ACCURACY:
            note = f"reaches only {peer_error:.0e}"
            rows.append(Row(*head, own_seconds, None, None, own_error, peer_error, rtol, note))
            continue
        peer_seconds = seconds(lambda s=solve, r=rtol: s(job, r), repeats)  # type: ignore[misc]
        ratio = peer_seconds / own_seconds
        rows.append(Row(*head, own_seconds, peer_seconds, ratio, own_error, peer_error, rtol))
    return rows


def costs(repeats: int = 7) -> list[Cost]:
    """SphericalFlow at 1,000 times to t = 1000, when dimension or depth grows; weight space too."""
    times, found = np.linspace(0.0, 1000.0, 1000), []

    def flow(dim: int, depth: int) -> Callable[[], object]:
        start, teacher = np.zeros(dim), np.zeros(dim)
        start[:2], teacher[:2] = START, TEACHER
        law = laws.Gaussian(dim)
        return lambda: SphericalFlow(law, teacher, start, depth).at(times)

    for dim in (2, 100, 10_000):
        found.append(Cost("dimension (depth 3)", dim, seconds(flow(dim, 3), repeats)))
    for depth in (1, 2, 4, 16, 64):
        found.append(Cost("depth (dimension 2)", depth, seconds(flow(2, depth), repeats)))
    for width in (2, 8, 32):
        task = _weight_space(width)
        found.append(Cost("width, all weights by DOP853 to t = 10 (depth 3)", width, seconds(task)))
    return found


def _weight_space(width: int) -> Callable[[], object]:
    weights = balanced(START[None, :], 3, widths=(width, width), rng=np.random.default_rng(0))
    risk = SphericalLogistic(laws.Gaussian(2), TEACHER)
    times = np.linspace(0.0, 10.0, 1000)
    return lambda: gradient_flow(risk, weights, times, rtol=1e-10, atol=1e-13)


def machine() -> dict[str, Any]:
    """Processor, cores and versions; nothing that names the host."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        model = names[0] if names else model
    versions = {"python": platform.python_version()}
    for name in ("numpy", "scipy", "heyoka", "diffrax"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {"processor": model, "cores": os.cpu_count(), "versions": versions}


def measure(
    chosen: Sequence[Job],
    starts: Sequence[rank_one.Ensemble] = (),
    flows: Sequence[separable.FlowJob] = (),
    repeats: int = 7,
) -> dict[str, Any]:
    """All rows, as they are written to the file."""
    from tqdm import tqdm

    taylor, rows = heyoka_solver(), []
    for job in tqdm(chosen, desc="jobs", unit="job"):
        peers = dict(PEERS)
        if taylor and job.law == laws.UniformSphere(2):
            peers["heyoka (compiled before)"] = taylor
        rows += compare(job, peers, repeats)
    return {
        "machine": machine(),
        "accuracy": ACCURACY,
        "times": 1000,
        "rows": [asdict(row) for row in rows],
        "costs": [asdict(cost) for cost in costs(repeats)],
        "rank_one": rank_one.measure(starts),
        "separable": separable.measure(flows, separable.MARGIN_JOBS if flows else ()),
    }
