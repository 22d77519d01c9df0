"""CLZ, rates: Theorems 4.5 to 4.9 with their steps, Remarks 4.6 and 4.10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.clz_stages import scalar_start
from lindyn.ledger.model import (
    Choice,
    Domain,
    Log,
    Printed,
    Proof,
    Row,
    Searched,
    Symbolic,
    Uniform,
    Verdict,
)
from lindyn.ledger.own_rank_one import critical_size
from lindyn.ledger.rank_one_starts import (
    AHEAD,
    BEHIND,
    DEEP,
    LATER,
    SHAPE,
    SIZE,
    Launch,
    grow,
    launch,
)
from lindyn.ledger.rank_one_states import STATES, state

PAGE = "clz/rates"
ROUNDING = 1e-9
LONGEST = 1e250
LATE_ENOUGH = {"later": Log(1e-2, 1e2)}
SMALL = {"tilt": Log(1e-6, 0.999)}


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


def explicit_slack(later: float, factor: float, **case: object) -> float | None:
    """Theorem 4.9: room in s over what its last term takes, and the bound itself."""
    start = rising_launch(**case)
    if start is None:
        return None
    view, begin = start.at(later), start.at(0.0)
    values = {"s_0": start.s0, "sigma_1": start.first}
    values |= {"c": begin.product, "sigma_2": start.second, "t": view.t}
    c5 = 2 * start.s0 ** (1 - 2 / start.depth) * (start.first - start.second)
    c6 = start.depth * start.s0 ** (2 - 2 / start.depth)
    if begin.missing < 1e-6 or abs(c5 / c6 - 1) < 1e-5 or not view.t < LONGEST:
        return None
    lag = (np.exp(-c5 * view.t) - np.exp(-c6 * view.t)) / (c6 - c5)
    taken = (start.first + start.second) * c6 * lag * begin.missing / begin.product
    if taken < 1e-7 * start.first:
        return None  # lost in the rounding of s
    faded = (start.first - start.s0) * np.exp(-c6 * view.t)
    room = view.s - start.first + faded
    bound = start.first - faded - taken
    if begin.missing > 1e-4:  # 1/A = 1/c − 1 keeps its digits
        if start.depth > 2:
            direct = BOUNDS["clz-thm-4-9-explicit"](N=start.depth, **values)
        else:
            direct = BOUNDS["clz-thm-d-4-explicit"](**values)
        if abs(direct - bound) > 1e-8 * (abs(bound) + start.first):
            return -1.0
    return float(room / taken + factor)


def printed_explicit() -> float:
    """The size minus the printed bound: N = 3, σ = (1, 0.05), a₁ = b₁ = 0.1, s(0) = uᵀZv."""
    start = rising_launch(1.0, **_SADDLE, gap=0.95, share=0.1)
    t, A = 6.139, 0.01 / 0.99
    c5, c6 = 2 * start.s0 ** (1 / 3) * 0.95, 3 * start.s0 ** (4 / 3)
    bound = 1 - (start.s0 + 1) * np.exp(-c6 * t) - 1.05 * c6 / (A * c5) * np.exp(-c5 * t)
    return float(start.flow.at(t).s - bound)


_SADDLE: dict[str, Any] = {
    "depth": 3,
    "rank": 2,
    "top": 1.0,
    "lean": "second",
    "swap": True,
    "seed": 0,
    "ratio": 1e8,
}


def _integral(mended: bool) -> Sequence[Any]:
    """Derivative less integrand, and the value at t = 0."""
    import sympy as sp

    t, A, c = sp.symbols("t A c", positive=True)
    top = 1 + 1 / A if mended else (1 + sp.exp(-c * t) / A) ** 2
    value = sp.log(top / (1 + sp.exp(-c * t) / A)) / c
    return [sp.diff(value, t) - 1 / (1 + A * sp.exp(c * t)), value.subs(t, 0)]


def printed_integral() -> float:
    """The printed integral from 0 to 0 with A = c = 1 should be 0; it is ln 2."""
    return -float(np.log(2))


DEEPER = SHAPE | {"depth": DEEP}
NEVER = {
    "depth": Choice(3, 4, 6, 9),
    "top": SHAPE["top"],
    "gap": Uniform(0.01, 0.499),
    "tilt": Log(1e-6, 0.3),
    "over": Log(1e-3, 1e3),
}
RISING = {"size": Log(1e-6, 1.0)}


def _row(id: str, title: str, check: Any, *uses: str, **more: Any) -> Row:
    return Row(id, title, PAGE, Proof.FULL, uses, check, **more)


def _searched(
    slack: Any,
    domain: Domain,
    control: float,
    sharp: str,
    best: float = 1.0,
    evaluations: int = 150,
) -> Searched:
    return Searched(
        slack,
        domain,
        {"factor": 1.0},
        {"factor": control},
        tolerance=1e-8,
        evaluations=evaluations,
        sharp=lambda: sharp,
        sharp_at={"factor": best},
    )


ROWS: tuple[Row, ...] = (
    _row(
        "clz-eq-42-45",
        "Equations (42) to (45): signs in the first stage",
        _searched(
            stages_slack,
            Domain(**SHAPE, **BEHIND, **SIZE, **LATER),
            1.02,
            "1, at t = 0",
        ),
        "clz-eq-14",
        "clz-prop-2-2-5",
        repair="The lemma called on is for ẋ = x^{2α}g; here x′ = xg, with the solution "
        "x(0)exp∫g, which keeps its sign.",
    ),
    _row(
        "clz-eq-b1a1",
        "The derivative of b₁/a₁",
        Searched(
            quotient_slack,
            Domain(**STATES),
            {"factor": 1.0},
            {"factor": 1.02},
            evaluations=120,
        ),
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
    _row(
        "clz-eq-46",
        "Equations (46) to (48): the ratio of a₁ + b₁ to a₁ − b₁",
        _searched(
            ratio_slack,
            Domain(**DEEPER, **BEHIND, **SIZE, **LATER),
            1.02,
            "1, as t → 0",
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
    _row(
        "clz-thm-4-5-a",
        "Theorem 4.5: the rate in the first stage",
        _searched(
            first_rate_slack,
            Domain(**DEEPER, **BEHIND, **SIZE, part=Log(1e-3, 1.0)),
            1.02,
            "1, at t = 0 with C₁ → 0",
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
    _row(
        "clz-thm-4-5-b",
        "Theorem 4.5, (10): how long the first stage lasts",
        _searched(
            first_time_slack,
            Domain(**DEEPER, **BEHIND, **SIZE),
            0.97,
            "1, as C₁ → 1; for small C₁ see own-first-stage-time",
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
    _row(
        "clz-thm-4-5-c",
        "Theorem 4.5, (11): after the first stage",
        _searched(
            positive_slack,
            Domain(**DEEPER, **BEHIND, size=Choice(1e-6, 1e-3, 0.1, 1.0, 10.0, 1e4)),
            3.04,
            "2.9035 = 3(1 − e^{2−2e}): N = 3, s(0) = σ₁, C₁ → 1 beside nearly equal modes",
            3 * (1 - np.exp(2 - 2 * np.e)),
            300,
        ),
        "clz-eq-46",
        "clz-eq-42-45",
        printed=Printed(
            Verdict.FALSE,
            print_says="a₁b₁ = Ω([a₁(0) + b₁(0)]^{2/N}) from the printed time on",
            truth="a₁b₁ ≥ (a₁(0) + b₁(0))²B₁/(8 + 4B₁), from (eC₁^{−1/B₁} − 1)/A₁ on",
            why="The proof ends with (a₁(0) + b₁(0))²/N: the exponent is 2, and 2/N would claim "
            "more. The time misses the factor s₁, as (10) does.",
            refutation=printed_positive,
            counterexample="N = 3, Z = (0.1, 0), u = 1, v = (−0.9, √0.19), s(0) = 0.1: at the "
            "printed time a₁b₁ = −0.594. Exponent: N = 3, σ = (1, 0.9), C₁ = ¼, |a₁ + b₁| → 0",
            consequence="None.",
            weight=2,
        ),
    ),
    _row(
        "clz-rem-4-6",
        "Remark 4.6: nearly opposite starts stay long",
        _searched(
            long_slack,
            Domain(**SHAPE, **BEHIND, **SIZE),
            1.03,
            "1: s = max(σ₁, s(0)) meanwhile, or N = 2",
        ),
        "own-first-stage-time",
        repair="(10) bounds t₁ from above and shows no long stay; and it is the ratio of "
        "a₁ + b₁ to a₁ − b₁ that decides. t₁ ≥ ln(1/C₁)/(2σ₁s₀^{1−2/N}) does show it.",
    ),
    _row(
        "clz-eq-49",
        "Equation (49): the growth of a₁b₁",
        _searched(
            growth_slack,
            Domain(**SHAPE, **AHEAD, **SIZE, **LATER),
            1.02,
            "1, attained by a = b in the first two modes",
        ),
        "clz-eq-14",
        "clz-eq-40",
    ),
    _row(
        "clz-thm-4-7",
        "Theorem 4.7: the rate in the second stage",
        _searched(
            second_rate_slack,
            Domain(**DEEPER, **AHEAD, **SIZE, **LATE_ENOUGH),
            1.02,
            "1, as t → 0; for large t see own-second-stage and own-global-linear",
        ),
        "clz-eq-49",
        "clz-thm-4-4-9b",
        note="1 − a₁b₁ ≤ 1/(A(1 + B(N−2)t)^{c₂/(N−2)} + 1). The true rate is exponential.",
    ),
    _row(
        "clz-eq-50-51",
        "Equations (50), (51): where the size falls for ever",
        _searched(
            falling_slack,
            Domain(**NEVER, later=Log(1e-3, 30.0)),
            1.02,
            "1, as t → ∞",
        ),
        "clz-eq-4c",
        "clz-thm-3-1-i",
    ),
    _row(
        "clz-thm-4-8-a",
        "Theorem 4.8: the direction where the size falls for ever",
        _searched(
            never_rate_slack,
            Domain(**NEVER | {"depth": Choice(3)}, **LATE_ENOUGH),
            3.1,
            "3: (σ₁ + σ₂)/(σ₁ − σ₂) at least, and σ₂ > σ₁/2",
            3.0,
        ),
        "clz-eq-49",
        "clz-eq-50-51",
        note="Nearly empty: with a₁b₁ < 1 there is no such start for N ≥ 4, and for N = 3 only "
        "those of own-never-turning.",
    ),
    _row(
        "clz-thm-4-8-b",
        "Theorem 4.8: the size where it falls for ever",
        _searched(
            never_size_slack,
            Domain(**NEVER, later=Log(1e-2, 10.0)),
            1.03,
            "1, aligned, as s(0) → σ₁",
        ),
        "clz-eq-39",
        "clz-eq-50-51",
    ),
    _row(
        "clz-eq-52",
        "Equation (52): the bound for 1 − a₁b₁ where the size rises",
        None,
        "clz-eq-49",
        "clz-lem-4-2-ii",
        shares_check_of="clz-thm-4-9-a",
    ),
    _row(
        "clz-thm-4-9-a",
        "Theorem 4.9: the direction where the size rises",
        _searched(
            third_rate_slack,
            Domain(**DEEPER, **AHEAD, **RISING, **LATE_ENOUGH),
            1.03,
            "1, as t → 0; for large t it is s(0) → σ₁: own-late-direction",
        ),
        "clz-eq-49",
        "clz-lem-4-2-ii",
    ),
    _row(
        "clz-thm-4-9-b",
        "Theorem 4.9: the size where it rises",
        None,
        "clz-thm-4-9-explicit",
        shares_check_of="clz-thm-4-9-explicit",
        repair="Two gaps. s ≥ s(0) may be put before the bracket only where that is not negative; "
        "elsewhere ṡ ≥ 0 serves. And the integral is evaluated wrongly; the right one does not "
        "lead to s₁, as e^{c₆x} must stay inside. With it inside, the rate follows. If c₅ = c₆, "
        "start a little later: both are then larger.",
    ),
    _row(
        "clz-thm-4-9-explicit",
        "Proof of Theorem 4.9: the explicit bound on the size",
        _searched(
            explicit_slack,
            Domain(**DEEPER | {"share": Uniform(1e-3, 0.9995)}, **AHEAD, **RISING, **LATE_ENOUGH),
            0.97,
            "1, as a₁b₁ → 1",
            evaluations=250,
        ),
        "clz-eq-52",
        "clz-eq-41",
        "clz-lem-4-2-ii",
        printed=Printed(
            Verdict.FALSE,
            print_says="s ≥ s₁ − (s(0) + s₁)e^{−c₆t} − ((s₁ + s₂)c₆/(Ac₅))e^{−c₅t}",
            truth="s ≥ σ₁ − (σ₁ − s(0))e^{−c₆t} − ((σ₁ + σ₂)c₆/A)E, with "
            "E = (e^{−c₅t} − e^{−c₆t})/(c₆ − c₅), and te^{−c₅t} where c₅ = c₆",
            why="It rests on a wrong integral.",
            refutation=printed_explicit,
            counterexample="N = 3, σ = (1, 0.05), a₁ = b₁ = 0.1, the rest in the second mode, "
            "s(0) = uᵀZv, t = 6.139: s = 0.1712, bound 0.2064",
            consequence="Theorem 4.9 and D.4 stay true.",
            weight=2,
        ),
    ),
    _row(
        "clz-thm-4-9-integral",
        "Proofs of Theorems 4.9 and D.4: the integral of 1/(1 + Ae^{cx})",
        Symbolic(
            lambda: _integral(True),
            control=lambda: _integral(False)[1:],
            control_text="the printed value",
            domain="A, c > 0, t ≥ 0",
        ),
        printed=Printed(
            Verdict.FALSE,
            print_says="∫₀ᵗ dx/(1 + Ae^{cx}) = (1/c)ln(1 + A⁻¹e^{−ct})",
            truth="(1/c)ln[(1 + A⁻¹)/(1 + A⁻¹e^{−ct})]",
            why="The printed value is the integral from t to ∞.",
            refutation=printed_integral,
            counterexample="t = 0, A = c = 1: 0 against ln 2",
            consequence="The explicit bounds in the proofs of Theorems 4.9 and D.4 are false.",
            weight=2,
        ),
    ),
    _row(
        "clz-rem-4-10",
        "Remark 4.10: what is said of t₂ and of the linear rate",
        None,
        "clz-thm-4-7",
        "clz-thm-4-9-a",
        shares_check_of="clz-thm-4-7",
        note="t₂ has an exact equation: own-turning-time-s. And the rate is linear from the start, "
        "with explicit constants: own-global-linear.",
    ),
)
