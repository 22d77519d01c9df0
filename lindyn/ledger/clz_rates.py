"""CLZ, rates after the first stage: Theorems 4.7 to 4.9, Remark 4.10."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.model import Choice, Domain, Log, Row, Uniform
from lindyn.ledger.own_rank_one import critical_size
from lindyn.ledger.rank_one_starts import (
    AHEAD,
    DEEPER,
    LATER,
    LONGEST,
    SHAPE,
    SIZE,
    Launch,
    grow,
    launch,
)
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/rates")
LATE_ENOUGH = {"later": Log(1e-2, 1e2)}


def growth_slack(later: float, factor: float, **case: object) -> float | None:
    """(49): the growth of a₁b₁ over factor·2(σ₁ − σ₂)a₁b₁(1 − a₁b₁), in natural time."""
    start = launch(**case)
    view = start.at(later)
    least = 2 * (start.first - start.second) * view.product * view.missing
    if view.product <= 0 or least < 1e-200 * start.first:
        return None
    plus, minus = view.record.plus[0] ** 2, view.record.minus[0] ** 2
    grown = plus * view.lag + minus * (2 * start.first - view.lag)
    return float(grown / least - factor)


def _gained(start: Launch, later: float) -> tuple[float, float] | None:
    """Gain of the logarithm of a₁b₁/(1 − a₁b₁), and the time."""
    begin = start.at(0.0)
    if begin.product <= 1e-5 * start.p[0] ** 2 or begin.missing < 1e-12:
        return None
    view = start.at(later)
    if not 0 < view.t < LONGEST or view.missing < 1e-280:
        return None
    return view.log_odds - begin.log_odds, view.t


def second_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """Theorem 4.7: the gain over (c₂/(N−2))·ln(1 + B(N−2)t)."""
    start = launch(**case)
    found = _gained(start, later)
    if found is None:
        return None
    clock = grow(start.s0, start.first + start.s_max, found[1], start.depth)
    return float(found[0] / (2 * (start.first - start.second) * clock) - factor)


def never_launch(depth: int, top: float, gap: float, tilt: float, over: float) -> Launch | None:
    """A start with t₂ = ∞: aligned but for one mode with a₂ = −b₂, s(0) above its critical size.

    Where there is no critical size: aligned, and s(0) > σ₁.
    """
    case = {"depth": depth, "rank": 2, "top": top, "gap": gap, "lean": "second", "swap": False}
    case |= {"seed": 0, "ratio": 1e8}
    tilted = launch(**case, share=1 - tilt, size=1.0) if depth < 4 else None
    critical = critical_size(tilted) if tilted else np.inf
    if tilted and np.isfinite(critical):
        return launch(**case, share=1 - tilt, size=critical / top * (1 + over))
    return launch(**case, share=1.0, size=1 + over)


def never_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """Theorem 4.8, while s falls for ever: the gain over c₃t; nothing to gain where aligned."""
    start = never_launch(**case)
    found = _gained(start, later)
    if found is None:
        return None
    speed = 2 * start.first ** (1 - 2 / start.depth) * (start.first - start.second)
    return float(found[0] / (speed * found[1]) - factor)


def never_size_slack(later: float, factor: float, **case: object) -> float | None:
    """Theorem 4.8, while s falls for ever: the loss of ln(s − σ₁) over c₄t, and s ≥ σ₁."""
    start = never_launch(**case)
    view = start.at(later / start.depth)
    above = np.expm1(view.log_s - np.log(start.first))
    if above < 1e-9:
        return None
    fall = np.log(start.s0 / start.first - 1) - np.log(above)
    return float(fall / (start.depth * start.first ** (2 - 2 / start.depth) * view.t) - factor)


def falling_slack(later: float, factor: float, **case: object) -> float:
    """(50), (51): s ≥ factor·σ₁ and s ≥ uᵀZv while s falls for ever, relative."""
    start = never_launch(**case)
    view = start.at(later)
    return float(min(view.s - factor * start.first, view.s - view.pull) / start.first)


def rising_launch(size: float, **case: object) -> Launch | None:
    """A start with a₁b₁ > 0 and s(0) = size·uᵀZv ≤ uᵀZv."""
    start = launch(**case, size=1.0)
    pull = start.at(0.0).pull
    if pull < 1e-9 * start.first or start.ratio <= 1 + 1e-5:
        return None
    return Launch(start.sigma, start.p, start.m, size * pull, start.depth)


def third_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """Theorem 4.9, where s rises: the gain over c₅t."""
    start = rising_launch(**case)
    found = _gained(start, later) if start else None
    if found is None:
        return None
    speed = 2 * start.s0 ** (1 - 2 / start.depth) * (start.first - start.second)
    return float(found[0] / (speed * found[1]) - factor)


NEVER = {
    "depth": Choice(3, 4, 6, 9),
    "top": SHAPE["top"],
    "gap": Uniform(0.01, 0.499),
    "tilt": Log(1e-6, 0.3),
    "over": Log(1e-3, 1e3),
}
RISING = {"size": Log(1e-6, 1.0)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-eq-49",
        "Equation (49): the growth of a₁b₁",
        factor(
            growth_slack,
            Domain(**SHAPE, **AHEAD, **SIZE, **LATER),
            1.02,
            "1, attained by a = b in the first two modes",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-14",
        "clz-eq-40",
    ),
    PAGE.row(
        "clz-thm-4-7",
        "Theorem 4.7: the rate in the second stage",
        factor(
            second_rate_slack,
            Domain(**DEEPER, **AHEAD, **SIZE, **LATE_ENOUGH),
            1.02,
            "1, as t → 0; for large t see own-second-stage and own-global-linear",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-49",
        "clz-thm-4-4-9b",
        note="1 − a₁b₁ ≤ 1/(A(1 + B(N−2)t)^{c₂/(N−2)} + 1). The true rate is exponential.",
    ),
    PAGE.row(
        "clz-eq-50-51",
        "Equations (50), (51): where the size falls for ever",
        factor(
            falling_slack,
            Domain(**NEVER, later=Log(1e-3, 30.0)),
            1.02,
            "1, as t → ∞",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-4c",
        "clz-thm-3-1-i",
    ),
    PAGE.row(
        "clz-thm-4-8-a",
        "Theorem 4.8: the direction where the size falls for ever",
        factor(
            never_rate_slack,
            Domain(**NEVER | {"depth": Choice(3)}, **LATE_ENOUGH),
            3.1,
            "3: (σ₁ + σ₂)/(σ₁ − σ₂) at least, and σ₂ > σ₁/2",
            best=3.0,
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-49",
        "clz-eq-50-51",
        note="Nearly empty: with a₁b₁ < 1 there is no such start for N ≥ 4, and for N = 3 only "
        "those of own-never-turning.",
    ),
    PAGE.row(
        "clz-thm-4-8-b",
        "Theorem 4.8: the size where it falls for ever",
        factor(
            never_size_slack,
            Domain(**NEVER, later=Log(1e-2, 10.0)),
            1.03,
            "1, aligned, as s(0) → σ₁",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-39",
        "clz-eq-50-51",
    ),
    PAGE.shared(
        "clz-eq-52",
        "Equation (52): the bound for 1 − a₁b₁ where the size rises",
        "clz-thm-4-9-a",
        "clz-eq-49",
        "clz-lem-4-2-ii",
    ),
    PAGE.row(
        "clz-thm-4-9-a",
        "Theorem 4.9: the direction where the size rises",
        factor(
            third_rate_slack,
            Domain(**DEEPER, **AHEAD, **RISING, **LATE_ENOUGH),
            1.03,
            "1, as t → 0; for large t it is s(0) → σ₁: own-late-direction",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-49",
        "clz-lem-4-2-ii",
    ),
    PAGE.shared(
        "clz-thm-4-9-b",
        "Theorem 4.9: the size where it rises",
        "clz-thm-4-9-explicit",
        "clz-thm-4-9-explicit",
        repair="Two gaps. s ≥ s(0) may be put before the bracket only where that is not negative; "
        "elsewhere ṡ ≥ 0 serves. And the integral is evaluated wrongly; the right one does not "
        "lead to s₁, as e^{c₆x} must stay inside. With it inside, the rate follows. If c₅ = c₆, "
        "start a little later: both are then larger.",
    ),
    PAGE.shared(
        "clz-rem-4-10",
        "Remark 4.10: what is said of t₂ and of the linear rate",
        "clz-thm-4-7",
        "clz-thm-4-7",
        "clz-thm-4-9-a",
        note="t₂ has an exact equation: own-turning-time-s. And the rate is linear from the start, "
        "with explicit constants: own-global-linear.",
    ),
)
