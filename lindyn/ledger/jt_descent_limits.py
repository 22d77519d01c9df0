"""Rows of the page [jt/descent-margin]: Theorems 3.6 and 3.7, Corollary 3.8.

Long runs under Assumption 3.5 are compared with the flow at the same risk; what the flow does in
the limit, down to risks of e^{−3000}, is the matter of other rows.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from lindyn._check import Array
from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import FREE, STARTS, careful, careful_run, free_run
from lindyn.ledger.model import Domain, Integer, Log, Row
from lindyn.ledger.separable_cases import SeparableData, State, admissible
from lindyn.ledger.separable_flows import flowed
from lindyn.ledger.writing import Page, factor, farthest, quotient
from lindyn.losses import Logistic
from lindyn.margins import max_margin

PAGE = Page("jt/descent-margin")

Z = np.array([[0.9, 0.2], [0.5, -0.6], [0.8, 0.5]])
LONG = {1: 4000, 2: 8000, 3: 8000}
"""Steps of the long runs, by depth."""


@lru_cache(maxsize=1)
def beside_the_flow() -> tuple[tuple[State, State, float], ...]:
    """Where long runs under Assumption 3.5 end, the flow at that risk, and the ratio of times."""
    best = max_margin(Z, np.ones(3))
    data = SeparableData(Z, np.ones(3), best.margin, best.direction, best.dual)
    found = []
    for depth, steps in LONG.items():
        rng = np.random.default_rng(depth)
        dims = [2] * depth + [1]
        layers = [0.6 * rng.standard_normal((dims[k + 1], dims[k])) for k in range(depth)]
        run = careful(admissible(State(data, Logistic(), tuple(layers))), steps)
        end = State(data, run.start.loss, tuple(layer[-1] for layer in run.weights))
        (flow,) = flowed(run.start, [end.neg_log_risk - run.start.neg_log_risk])
        found.append((end, flow.now, float(run.steps.sum() / np.exp(flow.log_time))))
    return tuple(found)


def time_measure() -> float:
    """The time Ση to the last risk over that of the flow."""
    return farthest(ratio for _, _, ratio in beside_the_flow())


def norm_measure() -> float:
    """‖W_k‖_F over that of the flow."""
    return farthest(x for end, flow, _ in beside_the_flow() for x in end.norms / flow.norms)


def alignment_measure() -> float:
    """|⟨w/Π‖W_k‖_F, v_1⟩| over that of the flow."""
    return farthest(_aligned(end) / _aligned(flow) for end, flow, _ in beside_the_flow())


def _aligned(at: State) -> float:
    return abs(float(at.w @ at.leading[0][1])) / float(np.prod(at.norms))


def angle_measure() -> float:
    """The angles of v_1 and w with ū over those of the flow."""
    pairs = [(end, flow) for end, flow, _ in beside_the_flow()]
    return farthest(
        _aside(end, vector(end)) / _aside(flow, vector(flow))
        for end, flow in pairs
        for vector in (lambda at: at.w, lambda at: at.leading[0][1])
    )


def _aside(at: State, vector: Array) -> float:
    return float(np.linalg.norm(at.data.across(vector)) / np.linalg.norm(vector))


def margin_measure() -> float:
    """The least margin of the normalised layers over that of the flow."""
    least = [
        [np.min(at.margins) / np.prod(at.norms) for at in row[:2]] for row in beside_the_flow()
    ]
    return farthest(end / flow for end, flow in least)


def across_slack(factor: float, **case) -> float | None:
    """(C.18): ‖Π_⊥W_1‖² after a step of any size, ``factor`` on the last term."""
    run = free_run(**case | {"steps": 1})
    if run is None:
        return None
    start, eta = run.start, run.steps[0]
    before, after = (np.sum(start.data.across(layer) ** 2) for layer in run.weights[0])
    pulled = np.exp(start.log_pull) * start.pulled
    gain = 2 * eta * start.data.across(start.w) @ pulled
    moved = np.sum(run.moves[0] ** 2)
    scale = before + abs(gain) + moved + after
    return float((before + gain + factor * moved - after) / scale) if scale > 0 else None


def paid_slack(factor: float, **case) -> float | None:
    """(C.19): η²‖∂_1‖² ≤ η‖∇R‖² ≤ factor·2(R(W(t)) − R(W(t + 1))), each step."""
    run = careful_run(**case)
    if run is None:
        return None
    first = np.sum(run.moves[0] ** 2, axis=(1, 2))
    if np.any(first > run.squares * (1 + 1e-9)):
        return -1.0
    seen = run.squares > 1e-8 * run.risks[:-1]
    fallen = -np.diff(run.risks)
    return float(np.min((2 * factor - run.squares / fallen)[seen])) if seen.any() else None


def bullet_slack(epsilon: float, R_0: float, factor: float) -> float:
    """What bullet 3 is for: (1 + √(2R(W(0))))/‖W_1‖_F ≤ ε, where ‖W_1‖_F is as large as it asks."""
    size = factor * float(BOUNDS["jt-txt-proof-3-7-bullet3"](epsilon=epsilon, R_0=R_0))
    return epsilon - (1 + np.sqrt(2 * R_0)) / size


_LONG = "one, two, three layers, 4,000 to 8,000 steps: the ratio to the flow at the same risk"


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-thm-3-6-i",
        "Theorem 3.6: the risk tends to 0",
        quotient(time_measure, 0.003, "the time Ση; " + _LONG),
        "jt-lem-c5-ii",
        "jt-lem-c5-iii",
        "jt-lem-c7-i",
        "jt-lem-c7-ii",
        "jt-eq-c17",
        repair="(C.12), on which the first line rests, has wrong signs. In the last display R(W) "
        "stands for its gradient, the bounds c(ε) and C^N/2 for their squares, and C^N for "
        "C^{N−1}, the product of N − 1 norms.",
    ),
    PAGE.row(
        "jt-thm-3-6-ii",
        "Theorem 3.6: all norms tend to infinity",
        quotient(norm_measure, 0.003, "the norms; " + _LONG),
        "jt-thm-3-6-i",
        "jt-eq-c17",
        repair="(C.17) rests on (C.12), whose signs are wrong in print.",
    ),
    PAGE.row(
        "jt-thm-3-6-iii",
        "Theorem 3.6: the product lines up with v_1",
        quotient(alignment_measure, 0.003, "the inner product; " + _LONG),
        "jt-thm-3-6-ii",
        "jt-lem-c7-iii",
        repair="The last line cites Lemma C.5; meant is Lemma C.7, whose proof is mended here.",
    ),
    PAGE.row(
        "jt-eq-c18",
        "(C.18): the part of W_1 across ū after a step",
        factor(
            across_slack,
            Domain(**FREE),
            0.97,
            "1, as γ → 0: the step may lie across ū",
            tolerance=1e-12,
            evaluations=400,
        ),
        "jt-eq-proj-wprod",
    ),
    PAGE.row(
        "jt-eq-c19",
        "(C.19): the squared step is paid for by the risk",
        factor(
            paid_slack,
            Domain(**STARTS, steps=Integer(1, 20)),
            0.65,
            "2/3 of it serves: 4N/(4N − 1) in place of 2",
            best=2 / 3,
            tolerance=1e-6,
            evaluations=300,
        ),
        "jt-eq-3-3",
    ),
    PAGE.row(
        "jt-txt-proof-3-7-bullet3",
        "Proof of Theorem 3.7: how large ‖W_1‖_F must be",
        factor(
            bullet_slack,
            Domain(epsilon=Log(1e-6, 1.0), R_0=Log(1e-6, 1e2)),
            0.97,
            "1: the last line of the proof needs just that",
            tolerance=1e-12,
        ),
        "jt-thm-3-6-ii",
        note="The text at hand shows 1 + √(2R(W(0)))/ε; it loses the grouping of fractions "
        "elsewhere, so whether print has the bar under both terms is not known here. The last line "
        "of the proof needs both.",
    ),
    PAGE.row(
        "jt-thm-3-7",
        "Theorem 3.7: gradient descent finds the maximum margin direction",
        quotient(angle_measure, 0.003, "the angles of v_1 and w with ū; " + _LONG),
        "jt-thm-3-6-iii",
        "jt-lem-2-11-log",
        "jt-eq-c18",
        "jt-eq-c19",
        "jt-txt-proof-3-7-bullet3",
        repair="It rests on Lemma C.7 with its proof mended. "
        "Neither Assumption 2.7 nor almost all data are needed: own-margin-descent.",
    ),
    PAGE.row(
        "jt-cor-3-8",
        "Corollary 3.8: the normalised layers maximise the margin",
        quotient(margin_measure, 0.003, "the least margin; " + _LONG),
        "jt-thm-3-7",
        "jt-cor-2-9",
        repair="It rests on Theorem 3.7, so on Lemma C.7 with its proof mended.",
    ),
)
