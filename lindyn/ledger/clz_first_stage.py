"""CLZ, the first stage: Theorem 4.5 with its steps (42)–(48), and Remark 4.6."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.clz_stages import scalar_start
from lindyn.ledger.model import Choice, Domain, Log, Printed, Row, Verdict
from lindyn.ledger.rank_one_starts import (
    BEHIND,
    DEEPER,
    LATER,
    LONGEST,
    SHAPE,
    SIZE,
    Launch,
    grow,
    launch,
)
from lindyn.ledger.rank_one_states import STATES, state
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/rates")
ROUNDING = 1e-9


def stages_slack(later: float, factor: float, **case: object) -> float:
    """(42)–(45): a₁ − b₁ > 0, a₁ + b₁ ≥ factor of its start, a₁ ≥ half of that, |b₁| < a₁."""
    start = launch(**case)
    record = start.at(later).record
    plus, minus = float(record.plus[0]), float(record.minus[0])
    return float(min(plus / start.p[0] - factor + ROUNDING, 1.0 if minus > 0 else -1.0))


def quotient_slack(factor: float, **case: object) -> float:
    """a₁²(b₁/a₁)′ from all layers against σ₁s^{1−2/N}(a₁² − b₁²)."""
    at = state(**case)
    du, dv, _ = at.velocity()
    da, db = at.U[:, 0] @ du, at.V[:, 0] @ dv
    claimed = factor * at.sigma[0] * at.clock * (at.a[0] ** 2 - at.b[0] ** 2)
    unit = at.clock * (at.sigma[0] + at.s)
    return ROUNDING - abs(db * at.a[0] - da * at.b[0] - claimed) / unit


def printed_quotient() -> float:
    """The printed derivative of b₁/a₁, without σ₁, for Z = ½."""
    at = state(2, 1, 2, 0.5, 0.5, 1.0, 0.0, 1)
    du, dv, _ = at.velocity()
    da, db = at.U[:, 0] @ du, at.V[:, 0] @ dv
    found = (db * at.a[0] - da * at.b[0]) / at.a[0] ** 2
    return float(ROUNDING - abs(found - at.clock * (1 - (at.b[0] / at.a[0]) ** 2)))


def ratio_slack(later: float, factor: float, **case: object) -> float | None:
    """(46): ln of (a₁ + b₁)/(a₁ − b₁) has gained 2σ₁τ, over B₁ ln(1 + A₁t)."""
    start = launch(**case)
    view = start.at(later)
    if not 0 < view.t < LONGEST:
        return None
    record = view.record
    gained = np.log(record.plus[0] / record.minus[0]) - np.log(start.ratio)
    least = 2 * start.first * grow(start.s0, start.first + start.s_max, view.t, start.depth)
    return float(gained / least - factor)


def _behind_values(start: Launch) -> dict[str, float]:
    return {
        "C_1": start.ratio,
        "N": start.depth,
        "s_0": start.s0,
        "s_max": start.s_max,
        "sigma_1": start.first,
    }


def first_rate_slack(part: float, factor: float, **case: object) -> float | None:
    """Theorem 4.5: the bound over 1 − a₁b₁, at a part of the first stage."""
    start = launch(**case)
    if not 0 < start.tau1 * start.first < 1e3:
        return None
    view = start.at(part * start.tau1 * start.first)
    if view.t > LONGEST:
        return None
    bound = BOUNDS["clz-thm-4-5-a"](**_behind_values(start), t=view.t)
    return float(bound / view.missing - factor)


def first_time_slack(factor: float, **case: object) -> float | None:
    """Equation (10): t₁ ≤ factor·T₁, with B₁ = 2σ₁/((σ₁ + s_max)(N − 2))."""
    start = launch(**case)
    if start.ratio > 1 - 1e-6:
        return None
    with np.errstate(over="ignore"):
        T1 = float(BOUNDS["clz-thm-4-5-b"](**_behind_values(start)))
    return float(factor - start.flow.t1 / T1) if T1 < LONGEST else None


def printed_first_time() -> float:
    """T₁ as printed minus t₁: N = 3, Z = (½, 0), u = 1, v = (−0.6, 0.8), s(0) = ½."""
    start = scalar_start(0.5, -0.6)
    spread = start.first + start.s_max
    T1 = start.s0 ** (-1 / 3) / spread * (start.ratio ** (-spread / 2) - 1)
    return float(T1 - start.flow.t1)


def positive_slack(factor: float, **case: object) -> float | None:
    """Equation (11): a₁b₁ over its bound, at the time from which on it is claimed."""
    start = launch(**case)
    spread = (start.first + start.s_max) * (start.depth - 2)
    power = 2 * start.first / spread
    exponent = 1 - np.log(start.ratio) / power
    if exponent > 500:
        return None
    time = np.expm1(exponent) / (spread * start.s0 ** (1 - 2 / start.depth))
    if not time < LONGEST:
        return None
    record = start.flow.at(time)
    plus, minus = record.plus[0] ** 2, record.minus[0] ** 2
    bound = BOUNDS["clz-thm-4-5-c"](
        N=start.depth, P=start.P, s_max=start.s_max, sigma_1=start.first
    )
    return float((plus - minus) / 2 / bound - factor)


def printed_positive() -> float:
    """a₁b₁ at the printed time: N = 3, Z = (0.1, 0), v = (−0.9, √0.19), s(0) = 0.1."""
    start = scalar_start(0.1, -0.9)
    spread = start.first + start.s_max
    time = start.s0 ** (-1 / 3) / spread * (np.e * start.ratio ** (-spread / 2) - 1)
    record = start.flow.at(time)
    return float(record.plus[0] ** 2 - record.minus[0] ** 2) / 2


def long_slack(factor: float, **case: object) -> float | None:
    """Remark 4.6: t₁ over factor·ln(1/C₁)/(2σ₁ s_max^{1−2/N})."""
    start = launch(**case)
    if start.ratio > 1 - 1e-6:
        return None
    least = start.tau1 * start.s_max ** (2 / start.depth - 1)
    return float(start.flow.t1 / least - factor)


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-eq-42-45",
        "Equations (42) to (45): signs in the first stage",
        factor(
            stages_slack,
            Domain(**SHAPE, **BEHIND, **SIZE, **LATER),
            1.02,
            "1, at t = 0",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-14",
        "clz-prop-2-2-5",
        repair="The lemma called on is for ẋ = x^{2α}g; here x′ = xg, with the solution "
        "x(0)exp∫g, which keeps its sign.",
    ),
    PAGE.row(
        "clz-eq-b1a1",
        "The derivative of b₁/a₁",
        factor(quotient_slack, Domain(**STATES), 1.02, evaluations=120),
        "clz-eq-14",
        printed=Printed(
            Verdict.FALSE,
            print_says="d(b₁/a₁)/dt = s^{1−2/N}(1 − (b₁/a₁)²)",
            truth="d(b₁/a₁)/dt = σ₁s^{1−2/N}(1 − (b₁/a₁)²)",
            why="(14) has the factor s₁ in front of a₁ and b₁; it is lost. Scaling Z shows it.",
            refutation=printed_quotient,
            counterexample="N = 2, Z = (½, 0), s(0) = ½, most starts: twice the true derivative",
            consequence="The exponents of (46), (10), (11) and c₁ lose the factor; (53), (54) and "
            "(59) too. All fail where s₁ < 1, and are weaker than need be where s₁ > 1.",
            weight=3,
        ),
    ),
    PAGE.row(
        "clz-eq-46",
        "Equations (46) to (48): the ratio of a₁ + b₁ to a₁ − b₁",
        factor(
            ratio_slack,
            Domain(**DEEPER, **BEHIND, **SIZE, **LATER),
            1.02,
            "1, as t → 0",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-b1a1",
        "clz-thm-4-4-9b",
        printed=Printed(
            Verdict.FALSE,
            print_says="(a₁ + b₁)/(a₁ − b₁) ≥ C₁(1 + A₁t)^{B₁}, B₁ = 2/((s₁ + s₀)(N − 2))",
            truth="B₁ = 2σ₁/((σ₁ + s₀)(N − 2))",
            why="The factor s₁ is lost in the derivative of b₁/a₁.",
            refutation=printed_first_time,
            counterexample="N = 3, Z = (½, 0), u = 1, v = (−0.6, 0.8), s(0) = ½: the right side "
            "is 1 at t = 1.2599, the left only at t₁ = 2.4473",
            consequence="Theorem 4.5.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-thm-4-5-a",
        "Theorem 4.5: the rate in the first stage",
        factor(
            first_rate_slack,
            Domain(**DEEPER, **BEHIND, **SIZE, part=Log(1e-3, 1.0)),
            1.02,
            "1, at t = 0 with one output, or as C₁ → 0",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-46",
        "clz-eq-42-45",
        printed=Printed(
            Verdict.FALSE,
            print_says="1 − a₁b₁ = O([(N−2)t]^{−c₁/(N−2)}) for t ≤ t₁, c₁ = 2/(s₁ + s₀)",
            truth="1 − a₁b₁ ≤ 2/(C₁(1 + A₁t)^{B₁} + 1) for t ≤ t₁, c₁ = 2σ₁/(σ₁ + s₀)",
            why="c₁ lost a factor s₁. For one trajectory O(·) on [0, t₁] is empty; with one "
            "constant for all of them no exponent is true, since 1 − a₁b₁ ≥ 1 up to t₁, which is "
            "unbounded.",
            refutation=printed_first_time,
            counterexample="N = 3, Z = (½, 0), u = 1, v = (−0.6, 0.8), s(0) = ½: the bound with "
            "the printed exponent is 1 at t = 1.2599, 1 − a₁b₁ only at t₁ = 2.4473",
            consequence="The rate of Stage 1 in Section 4.",
            weight=2,
        ),
        note="Print's constant depends on the start; said with C₁ it is a bound.",
    ),
    PAGE.row(
        "clz-thm-4-5-b",
        "Theorem 4.5, (10): how long the first stage lasts",
        factor(
            first_time_slack,
            Domain(**DEEPER, **BEHIND, **SIZE),
            0.97,
            "1, as C₁ → 1; for small C₁ see own-first-stage-time",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-46",
        printed=Printed(
            Verdict.FALSE,
            print_says="T₁ has the exponent −(s₁ + s₀)(N − 2)/2 on C₁",
            truth="−(σ₁ + s₀)(N − 2)/(2σ₁)",
            why="The factor s₁ is lost in the derivative of b₁/a₁.",
            refutation=printed_first_time,
            counterexample="N = 3, Z = (½, 0), u = 1, v = (−0.6, 0.8), s(0) = ½: t₁ = 2.4473, "
            "printed T₁ = 1.2599, corrected T₁ = 3.7798",
            consequence="Remark 4.6 reads its dependence on C₁ off T₁; what it says stays true.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-thm-4-5-c",
        "Theorem 4.5, (11): after the first stage",
        factor(
            positive_slack,
            Domain(**DEEPER, **BEHIND, size=Choice(1e-6, 1e-3, 0.1, 1.0, 10.0, 1e4)),
            3.04,
            "2.9035 = 3(1 − e^{2−2e}): N = 3, s(0) = σ₁, C₁ → 1 beside nearly equal modes",
            best=3 * (1 - np.exp(2 - 2 * np.e)),
            tolerance=1e-8,
            evaluations=300,
        ),
        "clz-eq-46",
        "clz-eq-42-45",
        printed=Printed(
            Verdict.FALSE,
            print_says="a₁b₁ = Ω([a₁(0) + b₁(0)]²/N) from the printed time on",
            truth="a₁b₁ ≥ (a₁(0) + b₁(0))²B₁/(8 + 4B₁), from (eC₁^{−1/B₁} − 1)/A₁ on",
            why="The time misses the factor s₁, as (10) does; a bound of the printed order holds "
            "from the corrected time on.",
            refutation=printed_positive,
            counterexample="N = 3, Z = (0.1, 0), u = 1, v = (−0.9, √0.19), s(0) = 0.1: at the "
            "printed time a₁b₁ = −0.594",
            consequence="None.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-rem-4-6",
        "Remark 4.6: nearly opposite starts stay long",
        factor(
            long_slack,
            Domain(**SHAPE, **BEHIND, **SIZE),
            1.03,
            "1: s = max(σ₁, s(0)) meanwhile, or N = 2",
            tolerance=1e-8,
            evaluations=150,
        ),
        "own-first-stage-time",
        repair="(10) bounds t₁ from above and shows no long stay; and it is the ratio of "
        "a₁ + b₁ to a₁ − b₁ that decides. t₁ ≥ ln(1/C₁)/(2σ₁s₀^{1−2/N}) does show it.",
    ),
)
