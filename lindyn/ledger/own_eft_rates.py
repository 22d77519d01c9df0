"""Own results on EFT's rates: the loss exactly, far away, nearby, for one output."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.model import Choice, Domain, Row
from lindyn.ledger.rank_one_starts import LATER
from lindyn.ledger.stable_starts import FAR, MOMENTS, STABLE, moment, stable
from lindyn.ledger.writing import Page, factor

PAGE = Page("eft/rates")
TIGHT = 1e-11
SINGLE = {"lean_u": Choice(0.0, np.pi), "turn_u": Choice(0.0)}
"""One output: u is u₁ or its opposite."""


def exact_slack(factor: float, **case: object) -> float:
    """DL/dt from all layers against the identity, the residual's terms times factor."""
    at = moment(**case)
    a, b = at.state.a[0], at.state.b[0]
    turned = (a - b) ** 2 + 2 * at.c * at.missing
    drift = at.state.depth * (at.state.s - at.first * at.c) + 2 * at.first * at.c
    claimed = 2 * at.state.depth * at.T1 + at.first**2 * turned - factor * at.rho * drift
    return TIGHT - abs(at.slope + at.speed * claimed) / at.unit


def faraway_slack(factor: float, **case: object) -> float | None:
    """−dL/dt over (5/3)(1 − γ/√6)mN s^pL, where s ≥ √6σ₁ and c ≥ 0."""
    at = moment(**case)
    if at.c < 0 or at.state.s < FAR * at.first:
        return None
    least = 5 / 3 * (1 - at.gamma / FAR) * at.state.depth * at.speed * at.loss
    return -at.slope / least - factor


def single_slack(factor: float, **case: object) -> float | None:
    """One output: −dL/dt lies between factor·2m s^pL and N/factor times 2m s^pL."""
    at = moment(**case, ratio=0.0)
    if at.loss < 1e-8 * (at.state.s + at.first) ** 2:
        return None
    values = {"m": at.m, "N": at.state.depth, "s": at.state.s, "L": at.loss}
    slow = BOUNDS["own-loss-two-sided"](**values)
    fast = BOUNDS["own-loss-two-sided-below"](**values)
    return float(min(at.slope / slow - factor, 1 - factor * at.slope / fast))


def proof_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """The rate that the proof of (38b) gives, from the start on, over factor times it."""
    N, alpha = case["depth"], 1 - case["shy"]
    at = stable(**case, widest=2 / (N / np.sqrt(2) + 2 * alpha))
    if at is None or at.launch.s0 < 1e-6 * at.launch.first or alpha <= at.gamma:
        return None
    found = at.lost(at.launch.at(0.0), at.launch.at(later))
    rate = at.rate("own-loss-decay-nearby") if found else 0.0
    return None if rate < 1e-6 * at.unit else found[0] / (rate * found[1]) - factor


def any_gap_slack(later: float, factor: float, **case: object) -> float | None:
    """The gain of ln(c/(1 − c)) over α/(1 − α) against factor times the bound's."""
    at = stable(**case)
    if at is None or at.gamma > 0.999 * at.alpha:
        return None
    view = at.launch.at(later)
    time, (N, first) = view.t / at.m, (at.launch.depth, at.launch.first)
    if not time < 1e250 or view.missing < 1e-280:
        return None
    speed = 2 * at.m * first * (1 - at.gamma)
    asked = speed * ((at.alpha - at.gamma) * first) ** (1 - 2 / N) * time
    gained = view.log_odds - np.log(at.alpha) + np.log1p(-at.alpha)
    if asked < 1e-6:
        return None
    if asked < 20:
        bound = BOUNDS["own-linear-rate-any-gap"](**at.values, t=time)
        if bound < view.missing * (1 - 1e-9):
            return -1.0
    return float(gained / asked - factor)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-loss-decay",
        "The derivative of the loss, exactly",
        factor(exact_slack, Domain(**MOMENTS), 1.03, evaluations=300),
        "eft-eq-34",
        "eft-eq-32",
        note="dL/dt = −m s^{2−2/N}[2NT₁ − Nϱ(s − σ₁c) + σ₁²(a₁² + b₁² − 2c²) − 2σ₁cϱ], where "
        "ϱ = uᵀ(Z − Z₁)v. Depth multiplies T₁, not T₂.",
    ),
    PAGE.row(
        "own-loss-decay-nearby",
        "The nearby rate that the proof of (38b) gives",
        factor(
            proof_rate_slack,
            Domain(**STABLE, **LATER),
            1.04,
            "1, as γ_Z → 0, α → 1",
            tolerance=1e-8,
            evaluations=300,
        ),
        "own-loss-decay",
        "eft-lem-4-2",
        "own-stable-floor",
        note="Without β, from t = 0 on, and at least twice the printed rate.",
    ),
    PAGE.row(
        "own-faraway-rate",
        "The rate far away, for every gap",
        factor(
            faraway_slack,
            Domain(**MOMENTS | {"depth": Choice(2, 3, 20, 200)}),
            1.03,
            "1: γ_Z = 0, c = 1/√6, s = √6σ₁, N → ∞",
            tolerance=1e-8,
            evaluations=600,
        ),
        "own-loss-decay",
        "eft-thm-4-4-c",
        note="−dL/dt ≥ (5/3)(1 − γ_Z/√6)mNs^{2−2/N}L where s ≥ √6σ₁ and c ≥ 0. The bound of the "
        "time is checked with eft-thm-4-4-c.",
    ),
    PAGE.row(
        "own-linear-rate-any-gap",
        "A linear rate in N_{α,β} for every gap",
        factor(
            any_gap_slack,
            Domain(**STABLE, **LATER),
            1.03,
            "1: N = 2, a = b beside the second mode",
            tolerance=1e-8,
            evaluations=400,
        ),
        "eft-lem-4-3",
        "own-stable-floor",
        note="For every start with a₁ + b₁ ≠ 0, inside N_{α,β} or not: own-global-linear.",
    ),
    PAGE.row(
        "own-loss-two-sided",
        "One output: the loss between two rates",
        factor(
            single_slack,
            Domain(**{k: v for k, v in MOMENTS.items() if k != "ratio"} | SINGLE),
            1.03,
            "1, at s = σ₁cos θ; and N, aligned",
            tolerance=1e-8,
            evaluations=150,
        ),
        "own-loss-decay",
        note="−2mNs^{2−2/N}L ≤ dL/dt ≤ −2ms^{2−2/N}L: the factor N is for the error of the norm.",
    ),
)
