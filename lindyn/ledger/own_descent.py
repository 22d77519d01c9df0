"""Own results on gradient descent: best smoothness, what steps cost, constant steps, the margin."""

from __future__ import annotations

import numpy as np

from lindyn.bounds import BOUNDS
from lindyn.ledger.descent_cases import STARTS, careful_run, constants
from lindyn.ledger.jt_smoothness import PAIRS, sharp_lipschitz_slack
from lindyn.ledger.model import Choice, Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.separable_cases import (
    DATA,
    LOSSES,
    SEEDS,
    SeparableData,
    State,
    balanced_state,
    separable_data,
)
from lindyn.ledger.sideways_cases import spread
from lindyn.ledger.writing import Page, factor

DESCENT, DESCENT_MARGIN = Page("jt/descent"), Page("jt/descent-margin")
FAR = DATA | {
    "depth": Integer(1, 4),
    "reach": Log(1.0, 1e3),
    "tilt": Log(1e-3, 10.0),
    "noise": Log(1e-4, 1.0),
    "seed": SEEDS,
}
"""States of small risk: a product near ū of size reach·4/γ, almost balanced."""


def best_sum_slack(factor: float, steps: int, **case) -> float | None:
    """Ση‖∇R‖² against factor·4N/(4N − 1)·(R(W(0)) − R(W(t))), and Ση²‖∇R‖² against its bound."""
    run = careful_run(steps, **case)
    if run is None:
        return None
    beta, steepest = constants(run.start.loss)
    fallen = run.risks[0] - run.risks[1:]
    plain, squared = np.cumsum(run.squares), np.cumsum(run.steps * run.squares)
    seen = plain > 1e-9 * run.risks[0]
    if not seen.any():
        return None
    most = BOUNDS["own-eta-sum"](N=run.depth, R_0=fallen)
    squares = BOUNDS["own-eta-sum-squares"](N=run.depth, R_0=fallen, beta=beta, G=steepest)
    return float(
        min(np.min((factor - plain / most)[seen]), np.min((factor - squared / squares)[seen]))
    )


def far_state(
    loss: str, depth: int, reach: float, tilt: float, noise: float, seed: int, **data
) -> State | None:
    """A state of small risk; None where there is no such data."""
    found = separable_data(**data)
    if found is None:
        return None
    rng = np.random.default_rng(seed)
    direction = found.direction + tilt * found.margin * rng.standard_normal(found.direction.size)
    w = 4 * reach / found.margin * direction / np.linalg.norm(direction)
    exact = balanced_state(found, loss, depth, w, seed)
    layers = tuple(layer + noise * rng.standard_normal(layer.shape) for layer in exact.layers)
    return State(found, exact.loss, layers)


def step(at: State, pace: float) -> State:
    """A step of gradient descent with ηG = ``pace``."""
    layers = tuple(w + pace * v for w, v in zip(at.layers, at.velocity, strict=True))
    return State(at.data, at.loss, layers)


def constant_slack(share: float, bound: float, steps: int = 6, **case) -> float | None:
    """Steps of constant η with ηRNF^{2N−2} ≤ ``bound`` at a state with M ≥ 4, exponential loss.

    The smallest of: R − R⁺ over η‖∇R‖², less ½; the shares by which ln(M/F^{N/2}) and
    −ln(RF^{2N−2}) grow with ln M and −ln R.
    """
    at = far_state("exponential", **case)
    if at is None or at.smoothed_margin < 4:
        return None
    L, first = at.depth, at.neg_log_risk
    eta = (
        share
        * 5
        * bound
        * float(BOUNDS["own-constant-step"](N=L, R=1.0, F=np.linalg.norm(at.norms)))
    )
    worst = np.inf
    for _ in range(steps):
        pace = eta * np.exp(first - at.neg_log_risk)
        after = step(at, pace)
        fallen = after.neg_log_risk - at.neg_log_risk
        paid = pace * sum(float(np.sum(v**2)) for v in at.velocity)
        if paid < 1e-7 * at.neg_log_risk:
            break
        grown = 2 * np.log(np.linalg.norm(after.norms) / np.linalg.norm(at.norms))
        if after.smoothed_margin <= at.smoothed_margin:
            return -1.0
        margin = np.log(after.smoothed_margin / at.smoothed_margin)
        kept = (1 - L / 4 * grown / margin, 1 - (L - 1) * grown / fallen)
        worst = min(worst, -np.expm1(-fallen) / paid - 0.5, *kept)
        at = after
    return None if worst == np.inf else float(worst)


def height(at: State) -> float:
    """h: the most that Σp_i(m_i − m_min) can be; W((n − 1)/e) for the exponential loss."""
    gain = 1.0 + (np.exp(-at.margins.min()) if at.loss.name == "logistic" else 0.0)
    return spread(len(at.data.z), gain)


def worst_state(loss: str, depth: int, count: int, margin: float, reach: float) -> State:
    """z_0 = (γ, 0) and ``count`` copies of (γ, b); w across ū with ⟨w, z_i⟩ = reach·(1 + h)."""
    b = np.sqrt(1 - margin**2)
    z = np.vstack([[margin, 0.0], np.tile([margin, b], (count, 1))])
    dual = np.eye(count + 1)[0]
    data = SeparableData(z, np.ones(count + 1), margin, np.array([1.0, 0.0]), dual)
    x = 1 + spread(count + 1, 2.0 if loss == "logistic" else 1.0)
    return balanced_state(data, loss, depth, np.array([0.0, reach * x / b]))


def margin_step_slack(
    pattern: str, count: int, eta: float, factor: float, loss: str, **case
) -> float | None:
    """‖Π_⊥W_1‖² after a step against its value plus 2ηG·factor·h + η²‖∂_1‖², over 2ηG."""
    if pattern == "worst":
        at = worst_state(loss, case["depth"], count, case["margin"], np.clip(case["reach"], 1, 1.5))
    else:
        at = far_state(loss, **case)
    if at is None or at.w @ at.data.direction < 0 or len(at.data.z) == 1:
        return None
    if at.margins.min() < -600:  # e^{−m} of the logistic h overflows
        return None
    after = step(at, eta)
    gain = np.sum(at.data.across(after.layers[0]) ** 2) - np.sum(at.data.across(at.layers[0]) ** 2)
    moved = eta**2 * np.sum(at.velocity[0] ** 2)
    size = np.sum(after.layers[0] ** 2)
    if size * 1e-16 > 1e-7 * eta:
        return None
    return float(factor * height(at) - (gain - moved) / (2 * eta))


ROWS: tuple[Row, ...] = (
    DESCENT.row(
        "own-smoothness-sharp",
        "The best smoothness constant of B(r)",
        factor(
            sharp_lipschitz_slack,
            Domain(**PAIRS | {"radius": Log(0.1, 3.0)}),
            0.97,
            "1 for every depth: aligned layers of norm R where ℓ″ jumps from 0 to β at |ℓ′| = G",
            tolerance=1e-6,
            evaluations=500,
        ),
        "jt-asm-3-1",
        "jt-eq-layer-grad",
        note="For every r > 0. It is at most β(r)/(2N) where r ≥ 1.",
    ),
    DESCENT_MARGIN.row(
        "own-eta-sum",
        "What the steps of Assumption 3.5 cost",
        factor(
            best_sum_slack,
            Domain(**STARTS, steps=Integer(1, 20)),
            0.97,
            "1, first sum, as G/β → 0: one step into the stretch where ℓ″ = β",
            tolerance=1e-7,
            evaluations=300,
        ),
        "own-smoothness-sharp",
        "jt-eq-c6",
        note="For the logistic loss and two layers Ση²‖∇R‖² ≤ 0.115 R(W(0)), against 2R(W(0)).",
    ),
    DESCENT_MARGIN.row(
        "own-constant-step",
        "Constant steps, once the risk is small",
        Searched(
            constant_slack,
            Domain(**FAR, share=Uniform(0.01, 1.0)),
            {"bound": 0.2},
            {"bound": 1.7},
            tolerance=1e-7,
            evaluations=200,
            sharp=lambda: "the constant 1/5 is not best; for one layer it is at most 1.594",
        ),
        "jt-eq-layer-grad",
        note="Exponential loss. If M ≥ 4 and ηRNF^{2N−2} ≤ 1/5 at some t_0, then from t_0 on both "
        "stay true, R(t + 1) ≤ R(t) − ½η‖∇R‖², M/F^{N/2} does not fall, and R → 0. Not proved: "
        "that a given η gets there.",
    ),
    DESCENT_MARGIN.row(
        "own-margin-descent",
        "Gradient descent finds the maximum margin direction of any separable data",
        factor(
            margin_step_slack,
            Domain(
                **FAR | LOSSES,
                pattern=Choice("random", "worst"),
                count=Integer(1, 30),
                eta=Log(1e-3, 10.0),
            ),
            0.97,
            "1: one example on the margin, the others at ⟨w, z⟩ = 1 + h beside it",
            tolerance=1e-6,
            evaluations=400,
        ),
        "jt-eq-c18",
        "jt-eq-c19",
        "own-margin-all-data",
        "jt-thm-3-6-i",
        "jt-thm-3-6-iii",
        note="Theorem 3.7 without Assumption 2.7 and for all data: ‖Π_⊥W_1‖² grows by at most "
        "2ηhG + η²‖∂_1‖² in a step while ‖W_1‖_F² grows by at least 2ηGM, and M → ∞.",
    ),
)
