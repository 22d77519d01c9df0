"""margin_flow and max_margin against general integrators and optimisers.

The flow of three unbalanced layers is taken to ten risks, the smallest e^{−end}.  Each side runs
at the loosest of a ladder of tolerances with which w is as accurate as asked at all of them;
margin_flow besides at its default ones.  max_margin is compared with optimisers of SciPy on the
same problem or its dual.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lindyn.flows import IntegrationError, gradient_flow
from lindyn.margins import max_margin
from lindyn.networks import Weights, multiply
from lindyn.risk_clock import MarginTrajectory, margin_flow
from lindyn.risks import Separable

Array = NDArray[np.float64]
ACCURACY = 1e-8  # largest relative error of w at any of the risks
LADDER = tuple(10.0 ** (-k / 2) for k in range(12, 27))  # relative tolerances 1e-6 … 1e-13
GIVE_UP = 30.0  # processor seconds of one integration
LAST_TIME = 700.0  # largest ln t that a float holds, about


def labelled(examples: int, dim: int, gap: float) -> tuple[Array, Array]:
    """Separable data of longest input 1, all labels 1."""
    z = np.random.default_rng(0).standard_normal((examples, dim))
    z[:, 0] = 0.5 * np.abs(z[:, 0]) + gap
    return z / np.max(np.linalg.norm(z, axis=1)), np.ones(examples)


@dataclass(frozen=True)
class FlowJob:
    """Three unbalanced layers, to ten risks between 1 and e^{−end} of that of the start."""

    examples: int
    dim: int
    hidden: int
    end: float

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """Inputs and labels."""
        return labelled(self.examples, self.dim, gap=0.1)

    @cached_property
    def layers(self) -> Weights:
        """Layers at the start, on the right side of the data on average."""
        rng, widths = np.random.default_rng(1), (self.dim, self.hidden, self.hidden, 1)
        layers = [
            rng.standard_normal((b, a)) * 0.8 / a**0.5
            for a, b in zip(widths[:-1], widths[1:], strict=True)
        ]
        if float(np.mean(self.data[0] @ multiply(layers)[0])) < 0:
            layers[-1] *= -1
        return tuple(layers)

    @cached_property
    def goals(self) -> Array:
        """Values of −ln R."""
        first = -np.log(Separable(*self.data).value(multiply(self.layers)))
        return np.asarray(first + np.geomspace(1.0, self.end, 10))

    def own(self, **options: Any) -> MarginTrajectory:
        """By margin_flow."""
        return margin_flow(*self.data, self.layers, neg_log_risks=self.goals, **options)

    @cached_property
    def reference(self) -> MarginTrajectory:
        """By an explicit method at the least tolerance."""
        return self.own(method="DOP853", rtol=3e-14, atol=3e-16)

    def error(self, found: Array) -> float:
        """Largest relative error of w, from products of shape (T, 1, d)."""
        expected = self.reference.product
        sizes = np.linalg.norm(expected, axis=-1)
        return float(np.max(np.linalg.norm(found - expected, axis=-1) / sizes))


Solver = Callable[[FlowJob, float], Array]


def in_time(method: str) -> Solver:
    """The flow in t, at the times at which the risks are reached (which one has to know)."""

    def solve(job: FlowJob, rtol: float) -> Array:
        moments = job.reference.log_time
        if moments[-1] > LAST_TIME:
            raise OverflowError("t overflows")
        run = gradient_flow(
            Separable(*job.data),
            job.layers,
            np.exp(moments),
            rtol=rtol,
            atol=rtol * 1e-3,
            method=method,
        )
        return run.product

    return solve


def in_log_risk(job: FlowJob, rtol: float) -> Array:
    """DOP853 with −ln R as the clock, without the Jacobian."""
    return job.own(method="DOP853", rtol=rtol, atol=rtol * 1e-2).product


def in_own_way(job: FlowJob, rtol: float) -> Array:
    """By margin_flow, at a tolerance."""
    return job.own(rtol=rtol, atol=rtol * 1e-2).product


FLOW_PEERS: dict[str, Solver] = {
    "DOP853 in t": in_time("DOP853"),
    "LSODA in t": in_time("LSODA"),
    "DOP853 in ln R": in_log_risk,
}


def slsqp(z: Array) -> Array:
    """The shortest w with z w ≥ 1, by SLSQP from the mean."""
    from scipy.optimize import minimize

    mean = z.mean(axis=0)
    run = minimize(
        lambda w: 0.5 * float(w @ w),
        mean / (mean @ mean),
        jac=lambda w: w,
        method="SLSQP",
        constraints={"type": "ineq", "fun": lambda w: z @ w - 1.0, "jac": lambda w: z},
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    return np.asarray(run.x)


def dual_lbfgsb(z: Array) -> Array:
    """The same through its dual, max Σλ − ½‖zᵀλ‖² over λ ≥ 0, by L-BFGS-B."""
    from scipy.optimize import minimize

    def value(multipliers: Array) -> tuple[float, Array]:
        w = multipliers @ z
        return 0.5 * float(w @ w) - float(multipliers.sum()), z @ w - 1.0

    run = minimize(
        value,
        np.ones(len(z)) / len(z),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(z),
        options={"maxiter": 100_000, "maxfun": 200_000, "ftol": 1e-16, "gtol": 1e-12},
    )
    return np.asarray(run.x @ z)


MARGIN_PEERS: dict[str, Callable[[Array], Array]] = {
    "SLSQP": slsqp,
    "L-BFGS-B (dual)": dual_lbfgsb,
}


def seconds(task: Callable[[], object], repeats: int = 3) -> float:
    """Least processor seconds of one call, after one that is not counted if it is short."""
    found = []
    for _ in range(repeats + 1):
        start = time.process_time()
        task()
        found.append(time.process_time() - start)
        if found[-1] > 3.0:
            break
    return min(found)


def loosest(job: FlowJob, solve: Solver) -> tuple[float, float, str]:
    """Loosest tolerance that is accurate enough, the error with it, and why there is none."""
    best = np.inf
    for rtol in LADDER:
        start = time.process_time()
        try:
            best = min(best, job.error(solve(job, rtol)))
        except OverflowError as error:
            return rtol, best, str(error)
        except IntegrationError:
            return rtol, best, "fails"
        if best <= ACCURACY:
            return rtol, best, ""
        if time.process_time() - start > GIVE_UP:
            break
    return rtol, best, f"reaches only {best:.0e}"


def compare_flow(job: FlowJob, repeats: int = 3) -> list[dict[str, Any]]:
    """Rows of one flow, each side at the loosest tolerance that reaches ACCURACY.

    Besides, what margin_flow takes at its default tolerances, and its error there.
    """
    default = job.own()
    rtol, own_error, _ = loosest(job, in_own_way)
    mine = {
        "examples": job.examples,
        "dim": job.dim,
        "hidden": job.hidden,
        "end": job.end,
        "seconds": seconds(lambda: in_own_way(job, rtol), repeats),
        "error": own_error,
        "default_seconds": seconds(job.own, repeats),
        "default_error": job.error(default.product),
        "certificate": default.certificate,
    }
    rows = []
    for name, solve in FLOW_PEERS.items():
        rtol, best, note = loosest(job, solve)
        elapsed = None
        if not note:
            elapsed = seconds(lambda s=solve, r=rtol: s(job, r), repeats)  # type: ignore[misc]
        theirs = {
            "peer": name,
            "peer_seconds": elapsed,
            "peer_error": None if note else best,
            "ratio": elapsed and elapsed / mine["seconds"],
            "note": note,
        }
        rows.append({**mine, **theirs})
    return rows


def compare_margin(examples: int, dim: int, repeats: int = 3) -> list[dict[str, Any]]:
    """Rows of one data set: seconds, and what the margin found lacks of that of max_margin."""
    X, y = labelled(examples, dim, gap=0.2)
    found = max_margin(X, y)
    mine = {
        "examples": examples,
        "dim": dim,
        "seconds": seconds(lambda: max_margin(X, y), repeats),
    }
    rows = []
    for name, solve in MARGIN_PEERS.items():
        w = solve(X)
        lacking = 1 - float(np.min(X @ w)) / float(np.linalg.norm(w)) / found.margin
        elapsed = seconds(lambda s=solve: s(X), repeats)  # type: ignore[misc]
        theirs = {"peer": name, "peer_seconds": elapsed, "lacking": lacking}
        rows.append({**mine, **theirs, "ratio": elapsed / mine["seconds"]})
    return rows


def flow_jobs() -> list[FlowJob]:
    """The flows of the table."""
    small = [FlowJob(20, 2, 4, end) for end in (10.0, 100.0, 690.0, 2000.0)]
    return small + [FlowJob(50, 5, 8, end) for end in (10.0, 690.0)]


MARGIN_JOBS = ((20, 2), (200, 10), (500, 50), (2000, 10))


def measure(
    flows: Sequence[FlowJob], margins: Sequence[tuple[int, int]], repeats: int = 3
) -> dict[str, Any]:
    """All rows, as they are written to the file."""
    from tqdm import tqdm

    rows = [row for job in tqdm(flows, desc="flows") for row in compare_flow(job, repeats)]
    other = [row for job in tqdm(margins, desc="margins") for row in compare_margin(*job, repeats)]
    return {"accuracy": ACCURACY, "flows": rows, "margins": other}
