"""JT, Lemma 2.3: the flow leaves every ball, and the time it takes."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.separable_cases import STATES, State, admissible, state
from lindyn.ledger.separable_flows import MOMENTS, Moment, flowed, moment
from lindyn.ledger.writing import Page, factor
from lindyn.losses import Loss

PAGE = Page("jt/setting")


def least_first_gradient(
    loss: Loss, radius: float, depth: int, delta: float, gamma: float
) -> float:
    """ε(r) = (γ/r)·min of ρ|ℓ′(ρ)| over δ ≤ ρ ≤ r^N; the product rises, then falls."""
    if loss.name == "exponential":
        bound = BOUNDS["jt-lem-2-3-i"](N=depth, delta=delta, gamma=gamma, r=radius)
        return float(bound)
    ends = [rho * -float(loss.derivative(rho)) for rho in (delta, radius**depth)]
    return gamma / radius * min(ends)


def ball_slack(room, share, factor, **case: object) -> float | None:
    """‖∂R/∂W_1‖ over ε(r) for W in B(r) with R(W) ≤ ℓ(δ), δ > 0: all that the proof uses."""
    at = state(**case)
    if at is None:
        return None
    radius = room * float(np.max(at.norms))
    # R(W) = ℓ(level), with the level found by bisection on the monotone loss
    delta = share * _level(at)
    if not 1e-12 < delta or radius**at.depth > 300:
        return None
    floor = least_first_gradient(at.loss, radius, at.depth, delta, at.data.margin)
    found = np.exp(at.log_pull) * np.linalg.norm(at.velocity[0])
    return float(found / floor - factor)


def _level(at: State) -> float:
    """ℓ⁻¹(R(W))."""
    if at.loss.name == "exponential":
        return at.neg_log_risk
    return -float(np.log(np.expm1(np.exp(-at.neg_log_risk))))


def _entry(start: State) -> tuple[Moment, list[Moment]]:
    """The flow at about t = 1, and a fine record of it."""
    path = flowed(start, np.concatenate([[0.0], np.geomspace(1e-4, 25.0, 120)]))
    after = next(at for at in path if at.log_time >= 0)
    return after, path


def stay_slack(part, factor, **case: object) -> float | None:
    """(1 + R(W(1))/ε²) over the time spent in B(r): r is the norm reached at a part of the run."""
    found = state(**case)
    if found is None:
        return None
    start = admissible(found)
    if np.count_nonzero(start.norms == 0) > 1:
        return None
    after, path = _entry(start)
    largest = np.array([np.max(at.now.norms) for at in path])
    radius = float(largest[int(part * (len(path) - 1))])
    if radius**start.depth > 300:
        return None
    times = np.exp([at.log_time for at in path])
    inside = (largest[1:] <= radius) & (largest[:-1] <= radius)
    spent = float(np.sum(np.diff(times)[inside]))
    delta = _level(after.now)
    if spent == 0.0 or not delta > 0:
        return None
    epsilon = least_first_gradient(start.loss, radius, start.depth, delta, start.data.margin)
    bound = BOUNDS["jt-lem-2-3-ii"](R_1=np.exp(-after.now.neg_log_risk), epsilon=epsilon)
    return float(bound / spent - factor)


def unbounded_slack(run, moment_, power) -> float | None:
    """max_k ‖W_k‖_F ≥ M^{power}, M = ℓ⁻¹(nR), along flows: M ≤ ‖w‖ ≤ max ‖W_k‖_F^N."""
    at = moment(run, moment_).now
    if at.smoothed_margin <= 1:
        return None
    return float(np.log(np.max(at.norms)) - power / at.depth * np.log(at.smoothed_margin))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "jt-lem-2-3-i",
        "Lemma 2.3: the gradient of the first layer has a lower bound",
        factor(
            ball_slack,
            Domain(
                **STATES
                | {"depth": Choice(1, 2, 3), "dim": Choice(1, 2, 3), "size": Log(1e-3, 3.0)},
                room=Log(1.0, 10.0),
                share=Uniform(0.01, 1.0),
            ),
            1.03,
            "1, attained for n = 1 and one layer, and two balanced scalars",
            tolerance=1e-9,
            evaluations=600,
        ),
        "jt-eq-layer-grad",
        "jt-asm-1-2",
        note="Print says “for any W ∈ B(R)”; W is the paper's short form of W(t), and so it has to "
        "be read: at W = 0 all gradients vanish if there are two layers. The constant is ours: the "
        "printed proof is by contradiction. No hypothesis on the radius is needed.",
    ),
    PAGE.row(
        "jt-lem-2-3-ii",
        "Lemma 2.3: the flow spends a finite time in every ball",
        factor(
            stay_slack,
            Domain(
                **STATES
                | {
                    "depth": Choice(1, 2),
                    "dim": Choice(1, 2),
                    "extra": Integer(0, 2),
                    "margin": Log(0.3, 0.99),
                    "size": Log(1e-2, 1.0),
                    "spread": Log(0.5, 2.0),
                },
                part=Uniform(0.1, 0.9),
            ),
            3.0,
            "at most 1 + √3 (n = 1, one layer, w(0) = 0)",
            best=None,
            evaluations=25,
        ),
        "jt-lem-2-3-i",
        "jt-eq-2-1",
        note="With its bound: at most 1 + R(W(1))/ε(r)².",
    ),
    PAGE.row(
        "jt-lem-2-3-iii",
        "Lemma 2.3: the weights are unbounded",
        Searched(
            unbounded_slack,
            Domain(**MOMENTS),
            {"power": 1.0},
            {"power": 1.05},
            tolerance=1e-12,
            evaluations=150,
            sharp=lambda: "1, as M → ∞",
        ),
        "jt-lem-2-3-ii",
        note="With its size: max ‖W_k‖_F ≥ M^{1/N}, M = ℓ⁻¹(nR).",
    ),
)
