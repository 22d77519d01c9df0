"""Own results on the stages of rank-one flows: exact times, when s never turns, its best floor."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.model import Choice, Domain, Log, Row, Uniform
from lindyn.ledger.rank_one_starts import (
    ANY,
    BEHIND,
    DEEP,
    LATER,
    SHAPE,
    SIZE,
    Launch,
    integrated,
    launch,
    log_nu,
)
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/stages")
MODERATE = 1e-2, 1e2
"""Sizes over σ₁ for which equations (4a)–(4c) are integrated besides."""


def _moderate(start: Launch, later: float, longest: float = 4.0) -> bool:
    low, high = MODERATE
    return low <= start.s0 / start.first <= high and start.depth <= 5 and later <= longest


def first_stage_slack(factor: float, **case: object) -> float | None:
    """t₁ between its bounds, relative; and a₁b₁ = 0 at t₁ in the integrated equations."""
    start = launch(**case)
    if start.ratio > 0.999:
        return None
    t1, later = start.flow.t1, start.tau1 * start.first
    if t1 > 1e250:
        return None
    bound = BOUNDS["own-first-stage-time"](
        C_1=start.ratio, N=start.depth, s_0=start.s0, sigma_1=start.first
    )
    least = start.tau1 * start.s_max ** (2 / start.depth - 1)
    agree = 1e-5 - abs(np.prod(integrated(start, t1)[:2])) if _moderate(start, later) else 1.0
    return float(min(factor - t1 / bound, t1 / least - 1 + 1e-10, agree))


def product_slack(beyond: float, factor: float, **case: object) -> float:
    """a₁b₁ over (1 − K⁻²)(a₁(0) + b₁(0))²/4 when |a₁ + b₁|/|a₁ − b₁| has come to K."""
    start = launch(**case)
    K = max(1.0, start.ratio) * (1 + beyond)
    view = start.at(np.log(K / start.ratio) / 2)
    return float(view.product / ((1 - K**-2) * start.P**2 / 4) - factor)


def turning_slack(factor: float, **case: object) -> float | None:
    """The equation that t₂ solves, by quadrature, at factor times its natural time."""
    start = launch(**case)
    t2 = start.flow.t2
    if not 0 < t2 < 1e250:
        return None
    tau, N = factor * start.flow.natural_time(t2), start.depth
    view = start.at(tau * start.first)
    level = float(log_nu(start, tau))
    if view.s < 1e-4 * start.first or not 1e-6 < tau * start.first < 15:
        return None  # uᵀZv = s is there the same as uᵀZv = 0, or as s = σ₁, to rounding
    ratio = quad(
        lambda x: np.exp(N * (log_nu(start, tau * x) - level)), 0, 1, epsabs=1e-13, limit=200
    )[0]
    left = 1 / view.pull - N * tau * ratio
    right = np.exp(-N * level) / start.s0
    agree = 1.0
    if _moderate(start, tau * start.first):
        _, _, pull, s = integrated(start, t2)
        agree = 1e-5 - abs(pull / s - 1)
    size = max(right, 1 / view.s)
    return float(min(1e-8 - abs(left - right) / size, agree))


def critical_size(start: Launch) -> float:
    """The s(0) from which on uᵀZv < s for ever, where no slower mode is there; inf where none."""
    inverse = critical_inverse(start)
    return 1 / inverse if inverse > 0 else np.inf


def critical_inverse(start: Launch) -> float:
    """Its inverse, A^N/σ₁ − N∫(ν^N − A^N e^{Nσ₁τ}) with A = |a₁ + b₁|/2; −inf where it diverges."""
    N, first, amplitude = start.depth, start.first, start.P / 2
    there = start.m[1:] != 0
    others, sigma = start.m[1:][there] ** 2 / 2, start.sigma[1:][there]
    gains = 2 * (first + sigma) - N * first
    if gains.min() <= 0:
        return -np.inf

    def excess(tau: float) -> float:
        """Of ν^N over its leading term A^N e^{Nσ₁τ}."""
        share = float(np.sum(others * np.exp(-2 * (sigma + first) * tau))) / amplitude**2
        ratio = np.expm1(N / 2 * np.log1p(share)) / share if share > 1e-300 else N / 2
        return float(amplitude ** (N - 2) * ratio * np.sum(others * np.exp(-gains * tau)))

    total = quad(excess, 0, 40 / gains.min(), epsabs=0, epsrel=1e-10, limit=500)[0]
    return amplitude**N / first - N * total


def never_slack(
    depth: int, gap: float, top: float, share: float, offset: float, above: bool, factor: float
) -> float | None:
    """t₂ = ∞ exactly from the critical size on, times factor; ± offset where right or wrong."""
    case = {"depth": depth, "rank": 2, "top": top, "gap": gap, "share": share}
    case |= {"lean": "second", "swap": False, "seed": 0, "ratio": 1e8}
    start = launch(**case, size=1.0)
    critical = critical_size(start) if depth < 4 else np.inf
    if np.isinf(critical):
        # No size is enough.
        t2 = launch(**case, size=1e3).flow.t2
        return offset if np.isfinite(t2) else -offset
    size = factor * critical / top * ((1 + offset) if above else 1 / (1 + offset))
    t2 = launch(**case, size=size).flow.t2
    return offset if np.isinf(t2) == above else -offset


def floor_slack(later: float, factor: float, **case: object) -> float | None:
    """Logarithm of s over its floors, σ₁, σ₂ where a₁b₁ ≥ 0, with −uᵀZv where that is positive."""
    start = launch(**case)
    view, begin = start.at(later), start.at(0.0)
    if view.t > 1e250:
        return None
    speeds = [start.first]
    if begin.product >= 0:
        speeds.append(start.second)
    speeds.append(-begin.pull)
    N, s0 = start.depth, start.s0
    gaps = []
    for speed in speeds:
        if speed <= 0:
            continue
        fast = factor * speed
        passed = (N - 2) * fast * s0 ** (1 - 2 / N) * view.t
        fall = 2 * fast * view.t if N == 2 else N / (N - 2) * np.log1p(passed)
        gaps.append(view.log_s + np.log(1 / s0 + 1 / speed) + fall)
    return float(min(gaps))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "own-first-stage-time",
        "The first stage: its exact length, and best bounds",
        factor(
            first_stage_slack,
            Domain(**SHAPE | {"depth": DEEP}, **BEHIND, **SIZE),
            0.97,
            "1, as s(0) → 0 with u ≈ −v beside the first mode and σ₂ → σ₁",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-square-closed-form",
        note="In natural time ln(1/C₁)/(2σ₁) exactly, hence in t for N = 2.",
    ),
    PAGE.row(
        "own-first-stage-product",
        "After the first stage: a₁b₁ from below",
        factor(
            product_slack,
            Domain(**SHAPE, **BEHIND, size=Choice(1.0), beyond=Log(1e-2, 1e3)),
            1.03,
            "1, beside two nearly equal modes",
            tolerance=1e-9,
            evaluations=150,
        ),
        "own-first-stage-time",
        "clz-prop-2-2-5",
        note="When |a₁ + b₁|/|a₁ − b₁| has come to K > 1: a₁b₁ ≥ (1 − K⁻²)(a₁(0) + b₁(0))²/4.",
    ),
    PAGE.row(
        "own-turning-time-s",
        "When the size turns from falling to rising",
        factor(turning_slack, Domain(**SHAPE, **ANY, **SIZE), 1.02, "exact", evaluations=80),
        "own-square-closed-form",
        "clz-prop-2-2-2",
    ),
    PAGE.row(
        "own-never-turning",
        "When the size falls for ever",
        factor(
            never_slack,
            Domain(
                depth=Choice(2, 3, 4, 9),
                gap=SHAPE["gap"],
                top=SHAPE["top"],
                share=Uniform(0.6, 0.999),
                offset=Log(1e-5, 1e-2),
                above=Choice(False, True),
            ),
            1.02,
            "exact",
            evaluations=120,
        ),
        "own-turning-time-s",
        "own-late-size",
        note="Only if u, v are aligned with u₁, v₁ and s(0) > σ₁; or if, for N = 2, or N = 3 and "
        "2σ_j > σ₁, all other modes have a_i = −b_i, and s(0) is at least the critical size.",
    ),
    PAGE.row(
        "own-size-floor",
        "The best floor of the size",
        factor(
            floor_slack,
            Domain(**SHAPE, **ANY, **SIZE, **LATER),
            0.98,
            "1, attained as s(0) → 0 where u and v rest opposite to the target",
            tolerance=1e-9,
            evaluations=200,
        ),
        "clz-eq-4c",
        "clz-eq-40",
        note="With σ₂ for σ₁ where a₁(0)b₁(0) ≥ 0; with −uᵀZv at the start where that is positive.",
    ),
)
