"""Rows of [jt/descent]: the step rule, Lemmas 3.4 and C.5; of [jt/descent-margin]: (C.10)."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import (
    STARTS,
    Run,
    careful,
    careful_run,
    descend,
    descent_start,
    smoothness,
)
from lindyn.ledger.model import Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.separable_cases import SEEDS, State
from lindyn.ledger.writing import Page, factor

DESCENT, DESCENT_MARGIN = Page("jt/descent"), Page("jt/descent-margin")
RUNS = STARTS | {"steps": Integer(1, 60)}


def leaving(start: State, radius: float, most: int) -> Run | None:
    """Steps 1/β(r) until W leaves B(r); None if that takes more than ``most`` of them."""
    step, count = 1 / smoothness(start.depth, radius, start.loss), 64
    while count <= most:
        run = descend(start, step, count)
        if run.norms.max() > radius:
            return run
        count *= 4
    return None


def least_slope(start: State, radius: float, first_risk: float) -> float:
    """ε(r) of Lemma 2.3 for the logistic loss: γ|ℓ′| times the least ‖W_N ⋯ W_2‖."""
    furthest = radius**start.depth
    nearest = -np.log(np.expm1(first_risk))
    ends = np.array([min(nearest, furthest), furthest])
    return float(start.data.margin / radius * np.min(ends / (1 + np.exp(ends))))


def exit_slack(factor: float, radius: float, **case) -> float | None:
    """The time of the first W(t) outside B(r) against its bound, for the logistic loss."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.norms.max() > radius:
        return None
    run = leaving(start, radius, 2**14)
    if run is None:
        return None
    eps = least_slope(start, radius, run.risks[1])
    bound = BOUNDS["jt-lem-3-4"](
        beta=smoothness(start.depth, radius, start.loss), R_1=run.risks[1], epsilon=eps
    )
    left = int(np.argmax(run.norms.max(axis=1) > radius))
    return float(factor - left / bound)


def critical_exit_slack(factor: float, radius: float, **case) -> float | None:
    """A critical start, all layers 0, which never leaves: what Assumption 1.2 is for."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.depth == 1:
        return None
    still = State(start.data, start.loss, tuple(0 * layer for layer in start.layers))
    return -1.0 if leaving(still, radius, 256) is None else 1.0


def increment_slack(factor: float, steps: int, **case) -> float | None:
    """(C.6): the growth of the norms in a step against factor/(2N²r_t^{N−1}), along a run."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    radius = 1 + np.maximum.accumulate(run.norms.max(axis=1))[:-1]
    bound = BOUNDS["jt-eq-c6"](N=run.depth, r=radius)
    return float(factor - np.max(np.diff(run.norms, axis=0).max(axis=1) / bound))


def way_slack(factor: float, steps: int, **case) -> float | None:
    """Ση against factor·‖W(t) − W(0)‖²/(2R(W(0))), all t."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    way = sum(np.sum((w - w[0]) ** 2, axis=(1, 2)) for w in run.weights)[1:]
    bound = BOUNDS["jt-lem-c5-ii"](delta=np.sqrt(way), R_0=run.risks[0])
    moved = bound > 0
    return float(np.min((np.cumsum(run.steps) / bound)[moved]) - factor) if moved.any() else None


def stay_slack(factor: float, radius: float, **case) -> float | None:
    """Ση over the t ≥ 1 with W(t) ∈ B(r) against 2R(W(1))/ε(r)², for the logistic loss."""
    start = descent_start("logistic", 1.0, 1.0, **case)
    if start is None or start.norms.max() > radius:
        return None
    count = 64
    while count <= 2**12:
        run = careful(start, count)
        if run.norms[-1].max() > radius:
            inside = run.norms.max(axis=1)[1:-1] <= radius
            eps = least_slope(start, radius, run.risks[1])
            return float(factor - np.sum(run.steps[1:][inside]) * eps**2 / (2 * run.risks[1]))
        count *= 4
    return None


def sums_slack(factor: float, steps: int, **case) -> float | None:
    """(C.10): Σ_k tr P_k ≤ Ση‖∇R‖² ≤ 2(R(W(0)) − R(W(t))), in turn and for all t."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    squared, plain = np.cumsum(run.steps * run.squares), np.cumsum(run.squares)
    traces = sum(np.trace(run.left(k), axis1=1, axis2=2) for k in range(1, run.depth + 1))[1:]
    fallen = run.risks[0] - run.risks[1:]
    seen = plain > 1e-9 * run.risks[0]
    if not seen.any():
        return None
    if np.max(np.abs(traces - squared)) > 1e-9 * squared[-1] or np.any(squared > 1.000001 * plain):
        return -1.0
    return float(np.min((factor * 2 - plain / fallen)[seen]))


LEAVING = {
    "dim": Integer(1, 3),
    "extra": Integer(0, 3),
    "margin": Log(0.2, 0.99),
    "kind": STARTS["kind"],
    "data_seed": SEEDS,
    "depth": Integer(1, 2),
    "width": Integer(1, 3),
    "size": Log(1e-2, 1.0),
    "spread": Log(0.5, 2.0),
    "seed": SEEDS,
    "radius": Uniform(1.0, 2.0),
}

ROWS: tuple[Row, ...] = (
    DESCENT.row(
        "jt-lem-3-4",
        "Lemma 3.4: with a constant step the iterates leave B(r)",
        Searched(
            exit_slack,
            Domain(**LEAVING),
            {"factor": 1.0},
            control_slack=critical_exit_slack,
            control_text="Assumption 1.2 dropped: all layers 0",
            evaluations=60,
        ),
        "jt-eq-3-3",
        "jt-lem-2-3-i",
        repair="The sum in the proof starts at t = 0, where ∂R/∂W_1 may vanish: W_2(0) = 0 is "
        "allowed. From t = 1 on Lemma 2.3 applies, and its ε(r) gives the exit time "
        "t ≤ 1 + 2β(r)R(W(1))/ε(r)². Tacit: r ≥ 1.",
    ),
    DESCENT.assumption(
        "jt-asm-3-5",
        "Assumption 3.5: the step sizes",
        "jt-lem-3-2",
        note="r_t never falls: if W(t + 1) is not in B(r_t − 1), then r_{t+1} > r_t. No search is "
        "needed: r_t = max(r_{t−1}, 1 + max‖W_k(t)‖_F) serves.",
    ),
    DESCENT.row(
        "jt-eq-c6",
        "(C.6): a step makes no norm grow by more than 1",
        factor(
            increment_slack,
            Domain(**RUNS),
            0.97,
            "1/(2N²r_t^{N−1}), which is at most ½: one layer, β/G → 0",
            evaluations=250,
        ),
        "jt-asm-3-5",
        note="So W(t + 1) lies in B(r_t), and (3.3) applies to every step.",
    ),
    DESCENT.shared(
        "jt-lem-c5-i",
        "Lemma C.5: the norms are unbounded",
        "jt-lem-c5-iii",
        "jt-lem-3-4",
        "jt-eq-c6",
        repair="Lemma 3.4 is about a constant step: with it r_t leaves every value it takes, but "
        "could still tend to a finite limit. If it did, all W(t) would lie in B(r_∞), the steps "
        "would stay above min(1/β(r_∞), 1), and (3.3) with Lemma 2.3 would sum to infinity.",
    ),
    DESCENT.row(
        "jt-lem-c5-ii",
        "Lemma C.5: the step sizes sum to infinity",
        factor(way_slack, Domain(**RUNS), 1.9, evaluations=250),
        "jt-lem-c5-i",
        "jt-eq-sum-eta2",
        note="In numbers: Ση ≥ ‖W(t) − W(0)‖²/(2R(W(0))), from the same Cauchy–Schwarz. "
        "4N/(4N − 1) serves in place of its 2.",
    ),
    DESCENT.row(
        "jt-lem-c5-iii",
        "Lemma C.5: finite time in every B(r)",
        factor(stay_slack, Domain(**LEAVING), 0.05, evaluations=40),
        "jt-lem-c5-i",
        "jt-lem-2-3-i",
        note="In numbers, for t ≥ 1: Ση ≤ 2R(W(1))/ε(r)² over the t with W(t) ∈ B(r).",
    ),
    DESCENT_MARGIN.row(
        "jt-eq-sum-eta2",
        "(C.10): the sum of the squared steps",
        factor(
            sums_slack,
            Domain(**RUNS),
            0.65,
            "2/3 of it serves, one layer: 4N/(4N − 1) in place of 2; see own-eta-sum",
            best=2 / 3,
            tolerance=1e-9,
            evaluations=300,
        ),
        "jt-eq-3-3",
        "jt-eq-c6",
    ),
)
