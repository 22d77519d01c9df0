"""CLZ, the stages of a trajectory: Lemma 4.2, Remark 4.3, Theorem 4.4 and what Section 4 says."""

from __future__ import annotations

import numpy as np

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.model import Choice, Domain, Log, Printed, Row, Verdict
from lindyn.ledger.rank_one_starts import ANY, BEHIND, DEEP, LATER, SHAPE, SIZE, Launch, launch
from lindyn.ledger.writing import Page, factor
from lindyn.natural import RankOneFlow

PAGE = Page("clz/stages")
ROUNDING = 1e-9
WHOLE = SHAPE | ANY | SIZE
TWO = {"depth": Choice(2)}


def first_stage_slack(factor: float, **case: object) -> float | None:
    """At factor·ln(1/C₁)/(2σ₁) of natural time a₁b₁ ≥ 0, just before it is not; and t₁."""
    start = launch(**case)
    if start.ratio > 0.9:
        return None
    later = start.tau1 * start.first
    gains = []
    for at, sign in ((factor * later, 1), (0.99 * later, -1)):
        square = start.at(at).record.plus[0] ** 2, start.at(at).record.minus[0] ** 2
        gains.append(sign * (square[0] - square[1]) / (square[0] + square[1]))
    reached = start.flow.time(start.tau1)
    agree = abs(start.flow.t1 / reached - 1) if reached < 1e280 else 0.0
    return float(min(*gains, 1e-7 - agree) + ROUNDING)


def sign_slack(before: float, later: float, factor: float, **case: object) -> float | None:
    """Slack of s − uᵀZv ≥ 0 up to factor·t₂ (at a share of it), ≤ 0 after, over s + σ₁."""
    start = launch(**case)
    t2 = start.flow.t2
    turn = start.flow.natural_time(t2) * start.first if np.isfinite(t2) else np.inf
    found = []
    if turn > 0:
        view = start.at(factor * before * min(turn, 1e3))
        found.append((view.s - view.pull) / (view.s + start.first))
    if np.isfinite(turn):
        view = start.at(turn + later)
        found.append((view.pull - view.s) / (view.s + start.first))
    return float(min(found)) if found else None


def ceiling_slack(later: float, factor: float, **case: object) -> float:
    """Slack of s ≤ factor·max(σ₁, s(0)), relative."""
    start = launch(**case)
    return float(factor - start.at(later).s / BOUNDS["clz-thm-4-4-ub"](s_max=start.s_max))


def two_floor_slack(later: float, factor: float, **case: object) -> float:
    """Two layers: 2(σ₁ + s_max)t over the loss of ln s, and the bound itself."""
    start = launch(**case)
    view = start.at(later)
    bound = BOUNDS["clz-thm-4-4-9a"](s_0=start.s0, s_max=start.s_max, sigma_1=start.first, t=view.t)
    allowed = 2 * (start.first + start.s_max) * view.t
    fall = np.log(start.s0) - view.log_s
    return float(min(factor - fall / allowed, 1 - bound / view.s + ROUNDING))


def floor_slack(later: float, factor: float, **case: object) -> float | None:
    """Deeper: the gain of s^{2/N−1} over (σ₁ + s_max)(N − 2)t, and the bound itself."""
    start = launch(**case)
    view, power = start.at(later), 2 / start.depth - 1
    if not 0 < view.t < 1e250:
        return None
    gain = start.s0**power * np.expm1(power * (view.log_s - np.log(start.s0)))
    allowed = (start.first + start.s_max) * (start.depth - 2) * view.t
    bound = BOUNDS["clz-thm-4-4-9b"](
        N=start.depth, s_0=start.s0, s_max=start.s_max, sigma_1=start.first, t=view.t
    )
    return float(min(factor - gain / allowed, 1 - bound / view.s + ROUNDING))


def speed_slack(later: float, factor: float, **case: object) -> float:
    """Equation (39): uᵀZv ≤ factor·σ₁, the growth of s over N s^{2−2/N}, relative to σ₁."""
    start = launch(**case)
    return factor - start.at(later).pull / start.first


def rest_slack(later: float, factor: float, **case: object) -> float | None:
    """Equation (40), for both signs: |Σ_{j≥2} σ_j a_j b_j| ≤ factor·σ₂(1 − |a₁b₁|)."""
    start = launch(**case)
    view = start.at(later)
    room = view.missing if view.product >= 0 else _behind_by(view.record)
    if start.second == 0 or room < 1e-200:
        return None
    return float(factor - abs(view.rest) / (start.second * room))


def _behind_by(record) -> float:
    """1 + a₁b₁, without cancellation."""
    plus, minus = record.plus**2, record.minus**2
    return float(plus[0] + (plus[1:].sum() + minus[1:].sum()) / 2)


def fall_slack(later: float, factor: float, **case: object) -> float:
    """Equation (41): uᵀZv ≥ σ₁a₁b₁ − σ₂(1 − |a₁b₁|) ≥ −σ₁, the last times factor."""
    start = launch(**case)
    view = start.at(later)
    middle = start.first * view.product - start.second * (1 - abs(view.product))
    gap = (view.pull - middle) / start.first
    return float(min(gap, factor + view.pull / start.first))


def printed_stage_one() -> float:
    """The rate with the printed c₁, at the end of the stage: Z = (0.1, 0), v = (−0.6, 0.8)."""
    start = scalar_start(0.1, -0.6)
    t = start.flow.t1
    spread = 2 * 0.1
    bound = 2 / (1 + start.ratio * (1 + spread * t * 0.1 ** (1 / 3)) ** (2 / spread))
    return float(bound - 1)


def scalar_start(first: float, b1: float, s0: float | None = None, depth: int = 3) -> Launch:
    """Target (σ₁, 0), u = 1, v = (b₁, √(1 − b₁²)); by default s(0) = σ₁."""
    share = (1 - b1) / np.sqrt(2)
    ratio = (1 + b1) / (1 - b1)
    return launch(
        depth=depth,
        rank=1,
        top=first,
        gap=0.5,
        share=share * (1 + ratio) / np.sqrt(2),
        lean="outside",
        swap=False,
        seed=0,
        ratio=ratio,
        size=(first if s0 is None else s0) / first,
    )


def printed_fall() -> float:
    """S less uᵀZv in Stage 1: Z = diag(2, 1), u = (0.6, 0.8), v = (−0.28, 0.96), s(0) = 0.1."""
    flow = RankOneFlow(np.diag([2.0, 1.0]), u=[0.6, 0.8], v=[-0.28, 0.96], s=0.1, depth=3)
    begin = flow.at(0.0)
    return float(begin.s - [2.0, 1.0] @ (begin.a * begin.b))


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-lem-4-2-i-a",
        "Lemma 4.2 (I): the first stage ends",
        factor(
            first_stage_slack,
            Domain(**SHAPE, **BEHIND, **SIZE),
            0.99,
            "exact: a₁b₁ = 0 at τ = ln(1/C₁)/(2σ₁)",
            evaluations=150,
        ),
        "own-square-closed-form",
        note="Exactly: t₁ = ∞ if and only if a₁(0) + b₁(0) = 0 ≠ a₁(0) − b₁(0). The check tests "
        "the exact end of the stage.",
    ),
    PAGE.shared(
        "clz-lem-4-2-i-b",
        "Lemma 4.2 (I): a₁b₁ does not decrease",
        "clz-prop-2-2-3",
        "clz-prop-2-2-3",
    ),
    PAGE.row(
        "clz-lem-4-2-ii",
        "Lemma 4.2 (II): the size falls, then rises",
        factor(
            sign_slack,
            Domain(**WHOLE, before=Log(1e-3, 1.0), **LATER),
            1.03,
            "t₂ is exact: own-turning-time-s",
            tolerance=ROUNDING,
            evaluations=200,
        ),
        "clz-prop-2-2-2",
        "own-turning-time-s",
        repair="uᵀZv = s at t₂ fails where t₂ = 0 and uᵀZv > s; and case (ii), where u and v rest, "
        "concludes ṡ = 0, which is wrong for d = 1, Z = 1, s(0) = ½. Instead: where uᵀZv > 0, "
        "s ≤ uᵀZv means F ≤ 1/s(0) for a function F of natural time that does not increase.",
    ),
    PAGE.shared(
        "clz-rem-4-3",
        "Remark 4.3: what the size does",
        "clz-lem-4-2-ii",
        "clz-lem-4-2-i-a",
        "clz-lem-4-2-ii",
        "own-never-turning",
        note="To fall for ever is possible only for N ≤ 3 or with u, v aligned with u₁, v₁.",
    ),
    PAGE.row(
        "clz-eq-39",
        "Equation (39): the size grows no faster than aligned",
        factor(
            speed_slack,
            Domain(**WHOLE, **LATER),
            0.98,
            "attained by aligned vectors",
            tolerance=1e-12,
            evaluations=100,
        ),
        "clz-eq-4c",
        "clz-eq-26",
    ),
    PAGE.row(
        "clz-eq-40",
        "Equation (40): what the other modes can add",
        factor(
            rest_slack,
            Domain(**WHOLE, **LATER),
            0.98,
            "attained by two modes with a = b",
            tolerance=1e-9,
            evaluations=150,
        ),
        "clz-eq-13",
        note="Printed for one sign; the proof gives both, as (41) needs.",
    ),
    PAGE.row(
        "clz-eq-41",
        "Equation (41): the size falls no faster than opposite",
        factor(
            fall_slack,
            Domain(**WHOLE, **LATER),
            0.98,
            "attained by opposite vectors",
            tolerance=1e-9,
            evaluations=150,
        ),
        "clz-eq-4c",
        "clz-eq-40",
        "clz-thm-4-4-ub",
        repair="It needs Σ σ_j a_j b_j ≥ −σ₂(1 − |a₁b₁|), while (40) is printed for the other "
        "sign only; its proof gives both.",
    ),
    PAGE.row(
        "clz-thm-4-4-ub",
        "Theorem 4.4: the size is bounded",
        factor(
            ceiling_slack,
            Domain(**WHOLE, **LATER),
            0.98,
            "attained at t = 0 and as t → ∞",
            tolerance=1e-12,
            evaluations=100,
        ),
        "clz-eq-39",
    ),
    PAGE.row(
        "clz-thm-4-4-9a",
        "Theorem 4.4, (9a): two layers, the size from below",
        factor(
            two_floor_slack,
            Domain(**WHOLE | TWO, **LATER),
            0.98,
            "1, as t → 0, opposite; for large t see own-size-floor",
            tolerance=1e-9,
            evaluations=150,
        ),
        "clz-eq-41",
    ),
    PAGE.row(
        "clz-thm-4-4-9b",
        "Theorem 4.4, (9b): more layers, the size from below",
        factor(
            floor_slack,
            Domain(**WHOLE | {"depth": DEEP}, **LATER),
            0.98,
            "1, as t → 0, opposite; for large t see own-size-floor",
            tolerance=1e-9,
            evaluations=150,
        ),
        "clz-eq-41",
    ),
    PAGE.shared(
        "clz-txt-sec4-stage1",
        "Section 4: the rates of Stage 1",
        "clz-thm-4-5-a",
        "clz-thm-4-5-a",
        "clz-thm-4-4-9b",
        printed=Printed(
            Verdict.FALSE,
            print_says="1 − a₁b₁ = O([(N−2)t]^{−c₁/(N−2)}) with c₁ = 2/(s₁ + s₀)",
            truth="1 − a₁b₁ ≤ 2/(1 + C₁(1 + A₁t)^{B₁}) with B₁ = 2σ₁/((σ₁ + s₀)(N − 2))",
            why="c₁ lost a factor s₁. And on Stage 1, where 1 − a₁b₁ ≥ 1, O(·) says nothing for "
            "one trajectory, and for all of them no exponent is true, as t₁ is unbounded.",
            refutation=printed_stage_one,
            counterexample="N = 3, Z = (0.1, 0), u = 1, v = (−0.6, 0.8), s(0) = 0.1 at t₁ = 20.92",
            consequence="None beyond Theorem 4.5.",
            weight=2,
        ),
    ),
    PAGE.shared(
        "clz-txt-sec4-stage1-falls",
        "Section 4.2: the size falls in Stages 1 and 2",
        "clz-lem-4-2-ii",
        "clz-lem-4-2-ii",
        printed=Printed(
            Verdict.FALSE,
            print_says="In Stages 1 and 2 ṡ ≤ 0",
            truth="ṡ ≤ 0 for t < t₂; and t₂ < t₁ is possible",
            why="Lemma 4.2 speaks of t₂ only; Stage 1 ends at t₁.",
            refutation=printed_fall,
            counterexample="Z = diag(2, 1), u = (0.6, 0.8), v = (−0.28, 0.96), s(0) = 0.1: "
            "a₁b₁ = −0.168, but uᵀZv = 0.432 > s, so s rises",
            consequence="None: Theorem 4.4 does not use it.",
        ),
    ),
    PAGE.shared(
        "clz-txt-sec4-stage2",
        "Section 4: the rates of Stage 2",
        "clz-thm-4-7",
        "clz-thm-4-7",
        "clz-thm-4-4-9b",
    ),
    PAGE.shared(
        "clz-txt-sec4-stage3",
        "Section 4: the rates of Stage 3",
        "clz-thm-4-9-a",
        "clz-thm-4-9-a",
        "clz-thm-4-9-b",
    ),
)
