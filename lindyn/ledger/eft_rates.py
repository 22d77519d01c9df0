"""EFT, rates: Theorem 4.4."""

from __future__ import annotations

from typing import Any

import numpy as np

from lindyn.bounds.eft import BOUNDS
from lindyn.ledger.model import Domain, Log, Row
from lindyn.ledger.rank_one_starts import LATER, View
from lindyn.ledger.stable_starts import FAR, STABLE, Stable, stable
from lindyn.ledger.writing import Page, factor

PAGE = Page("eft/rates")


def arrival_slack(factor: float, **case: object) -> float | None:
    """The bound on the time until s ≤ √6σ₁ over that time, times factor; both finite."""
    at = stable(**case)
    if at is None or at.launch.s0 < 1.001 * FAR * at.launch.first:
        return None
    start = at.launch
    time = start.at(at.near()).t / at.m
    values = {"N": start.depth, "m": at.m, "s_0": start.s0, "sigma_1": start.first}
    return float(BOUNDS["own-faraway-rate"](**values) / time - factor)


def _narrow(at_share: float, **case: Any) -> Stable | None:
    """A start whose γ makes the printed exponents negative, if ``at_share`` is at most 0.6."""
    N, alpha, beta = case["depth"], 1 - case["shy"], case["beta"]
    widest = at_share * (alpha / beta) ** (2 - 2 / N) / (2 * N)
    return stable(**case, widest=widest)


def far_rate_slack(part: float, factor: float, **case: object) -> float | None:
    """(38a): ln L lost until a part of the way to √6σ₁, over factor times the bound's."""
    at = _narrow(0.6, **case)
    if at is None or at.launch.s0 < 1.001 * FAR * at.launch.first:
        return None
    begin, view = at.launch.at(0.0), at.launch.at(part * at.near())
    found, rate = at.lost(begin, view), at.rate("eft-thm-4-4-a", beta=at.beta)
    return None if found is None or rate <= 0 else found[0] / (rate * found[1]) - factor


def near_rate_slack(later: float, factor: float, **case: object) -> float | None:
    """(38b): ln L lost from θ on, over factor times the bound's."""
    at = _narrow(0.6, **case)
    if at is None:
        return None
    first = at.near()
    begin, view = at.launch.at(first), at.launch.at(first + later)
    found, rate = at.lost(begin, view), at.rate("eft-thm-4-4-b", beta=at.beta, theta=0.0)
    return None if found is None or rate <= 0 else found[0] / (rate * found[1]) - factor


def complexity_slack(digits: float, factor: float, **case: object) -> float | None:
    """At factor times the time of the bound the distance is below ε = C·10^{−digits}."""
    at = _narrow(0.6, **case)
    if at is None:
        return None
    start, near = at.launch, at.near()
    fast, slow = (
        at.rate("eft-thm-4-4-a", beta=at.beta),
        at.rate("eft-thm-4-4-b", beta=at.beta, theta=0.0),
    )
    if min(fast, slow) <= 0:
        return None
    theta, begin = start.at(near).t / at.m, at.log_loss(start.at(0.0))
    C, asked = 2 * np.exp(begin), digits * np.log(10)
    if asked <= fast * theta:
        time = asked / fast
    else:
        values = {"C": C, "epsilon": C * np.exp(-asked), "theta": theta}
        time = float(BOUNDS["eft-thm-4-4-complexity"](**values, r_a=fast, r_b=slow))
    record = start.flow.at(factor * time * at.m)
    lost = begin - at.log_loss(View(start, record))
    return float(lost / asked - 1)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "eft-thm-4-4-a",
        "Theorem 4.4, (38a): the rate far away",
        factor(
            far_rate_slack,
            Domain(**STABLE | {"beta": Log(2.6, 1e2)}, part=Log(1e-3, 1.0)),
            2 * FAR * 1.04,
            "2√6 at least: N = 2, γ_Z → 0, α → 1",
            best=2 * FAR,
            tolerance=1e-8,
            evaluations=300,
        ),
        "eft-lem-4-2",
        "eft-lem-4-3",
        "own-loss-decay",
        note="No smallness of γ_Z is needed: own-faraway-rate.",
    ),
    PAGE.row(
        "eft-thm-4-4-b",
        "Theorem 4.4, (38b): the rate nearby",
        factor(
            near_rate_slack,
            Domain(**STABLE | LATER),
            2.08,
            "2 at least: γ_Z → 0, α → 1",
            best=2.0,
            tolerance=1e-8,
            evaluations=300,
        ),
        "own-loss-decay-nearby",
        "eft-lem-4-3",
    ),
    PAGE.row(
        "eft-thm-4-4-c",
        "Theorem 4.4: rank one for ever, and the far phase ends",
        factor(
            arrival_slack,
            Domain(**STABLE | {"beta": Log(2.6, 1e6)}),
            1.04,
            "1, aligned, as s(0) → √6σ₁",
            evaluations=300,
        ),
        "eft-lem-3-3",
        "eft-lem-4-3",
        "eft-eq-32",
        note="The check compares the time with its bound: own-faraway-rate.",
    ),
    PAGE.row(
        "eft-thm-4-4-complexity",
        "After Theorem 4.4: the time to a given accuracy",
        factor(
            complexity_slack,
            Domain(**STABLE, digits=Log(1e-2, 8.0)),
            0.48,
            "½ at least, by the factors of (38a) and (38b)",
            best=0.5,
            tolerance=1e-8,
            evaluations=200,
        ),
        "eft-thm-4-4-a",
        "eft-thm-4-4-b",
        note="With the exponents 2 − 2/N of Theorem 4.4. The text at hand has 2 throughout this "
        "display; whether print has it we cannot tell. With s_Z² the time would be too short for "
        "large s_Z.",
    ),
)
