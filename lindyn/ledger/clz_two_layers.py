"""CLZ, two layers: Appendix D, and the start of Appendix E."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.clz_rates import (
    NEVER,
    RISING,
    never_size_slack,
    rising_launch,
    second_rate_slack,
)
from lindyn.ledger.clz_rates_explicit import explicit_slack
from lindyn.ledger.clz_stages import scalar_start
from lindyn.ledger.model import Choice, Domain, Log, Printed, Row, Uniform, Verdict
from lindyn.ledger.rank_one_starts import AHEAD, BEHIND, DEPTHS, SHAPE, SIZE, integrated, launch
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/rates")

TWO = SHAPE | {"depth": Choice(2)}
LOST = "The factor s₁ is lost in the derivative of b₁/a₁."


def first_rate_slack(part: float, factor: float, **case: object) -> float | None:
    """D.1: the bound over 1 − a₁b₁, at a part of the first stage."""
    start = launch(**case)
    view = start.at(part * start.tau1 * start.first)
    bound = BOUNDS["clz-thm-d-1-a"](C_1=start.ratio, sigma_1=start.first, t=view.t)
    return float(bound / view.missing - factor)


def first_time_slack(factor: float, **case: object) -> float | None:
    """D.1, (53): a₁b₁ of the integrated equations at factor times the exact t₁, and t₁ itself."""
    start = launch(**case)
    if start.ratio > 0.99:
        return None
    t1 = float(BOUNDS["clz-thm-d-1-b"](C_1=start.ratio, sigma_1=start.first))
    agree = 1e-9 - abs(start.flow.t1 / t1 - 1)
    if start.tau1 * start.first > 4 or start.s0 > 100 * start.first:
        return agree if factor == 1 else None
    a1, b1, _, _ = integrated(start, factor * t1)
    return float(min(agree, 1e-6 + 1e-9 / a1 - abs(b1 / a1)))


def positive_slack(later: float, factor: float, **case: object) -> float:
    """D.1, (54): a₁b₁ over its bound, from ln(2/C₁)/(2σ₁) on."""
    start = launch(**case)
    view = start.at(np.log(2 / start.ratio) / 2 + later)
    return float(view.product / BOUNDS["clz-thm-d-1-c"](P=start.P) - factor)


def quotient_slack(later: float, factor: float, **case: object) -> float | None:
    """(59): b₁ = a₁ tanh(factor·σ₁t + ½ ln C₁) in the integrated equations."""
    start = launch(**case)
    a1, b1, _, _ = integrated(start, later / start.first)
    return float(1e-6 - abs(b1 - a1 * np.tanh(factor * later + np.log(start.ratio) / 2)))


def aligned_slack(depth: int, top: float, over: float, later: float, factor: float) -> float:
    """Appendix E: 1/σ₁ − 1/s falls like e^{−factor·Nσ₁τ} in the integrated equations; t₂ = ∞."""
    case = {"rank": 1, "gap": 0.5, "share": 1.0, "lean": "outside", "swap": False, "seed": 0}
    start = launch(depth=depth, top=top, ratio=1e8, size=1 + over, **case)
    t = start.flow.time(later / (depth * top))
    _, _, _, s = integrated(start, t)
    left = (1 - top / s) / (1 - top / start.s0)
    if np.isfinite(start.flow.t2) or s <= top:
        return -1.0
    return float(1e-6 - abs(left - np.exp(-factor * later)))


def printed_rate() -> float:
    """The printed bound minus 1 − a₁b₁ at the printed T₂: N = 2, Z = (½, 0), v = (−0.6, 0.8)."""
    start = scalar_start(0.5, -0.6, depth=2)
    t = np.log(1 / start.ratio) / 2
    return float(2 / (start.ratio * np.exp(2 * t) + 1) - start.at(t * start.first).missing)


def printed_time() -> float:
    """T₂ as printed minus t₁ for the same start."""
    start = scalar_start(0.5, -0.6, depth=2)
    return float(np.log(1 / start.ratio) / 2 - start.flow.t1)


def printed_positive() -> float:
    """a₁b₁ at the printed time: N = 2, Z = (0.3, 0), v = (−0.6, 0.8), s(0) = 0.3."""
    start = scalar_start(0.3, -0.6, depth=2)
    t = np.log(2 / start.ratio) / 2
    return float(start.at(t * start.first).product)


def printed_quotient() -> float:
    """Minus the error of the printed b₁/a₁ at t = 1, for Z = (½, 0), v = (−0.6, 0.8)."""
    start = scalar_start(0.5, -0.6, depth=2)
    a1, b1, _, _ = integrated(start, 1.0)
    return -float(abs(b1 / a1 - np.tanh(1.0 + np.log(start.ratio) / 2)))


def printed_explicit() -> float:
    """The size minus the printed bound: σ = (1, 0.2), a₁ = b₁ = 0.1, s(0) = uᵀZv, t = 3.513."""
    start = rising_launch(
        1.0,
        depth=2,
        rank=2,
        top=1.0,
        gap=0.8,
        share=0.1,
        lean="second",
        swap=True,
        seed=0,
        ratio=1e8,
    )
    t, A, s0 = 3.513, 0.01 / 0.99, start.s0
    bound = 1 - (s0 + 1) * np.exp(-2 * s0 * t) - s0 * 1.2 / (A * 0.8) * np.exp(-1.6 * t)
    return float(start.flow.at(t).s - bound)


PRINTED_RATE = Printed(
    Verdict.FALSE,
    print_says="1 − a₁b₁ = O(e^{−2t})",
    truth="1 − a₁b₁ ≤ 2/(C₁e^{2σ₁t} + 1) for t ≤ t₁",
    why=LOST,
    refutation=printed_rate,
    counterexample="Z = (½, 0), u = 1, v = (−0.6, 0.8): at t = 0.693 the bound with e^{2t} "
    "is 1, 1 − a₁b₁ = 1.333",
    consequence="None.",
)

ROWS: tuple[Row, ...] = (
    PAGE.shared(
        "clz-txt-appd-stage1",
        "Appendix D: the rates of Stage 1",
        "clz-thm-d-1-a",
        "clz-thm-d-1-a",
        "clz-thm-4-4-9a",
        printed=PRINTED_RATE,
    ),
    PAGE.shared(
        "clz-txt-appd-stage2",
        "Appendix D: the rates of Stage 2",
        "clz-thm-d-2",
        "clz-thm-d-2",
        "clz-thm-4-4-9a",
    ),
    PAGE.shared(
        "clz-txt-appd-stage3",
        "Appendix D: the rates of Stage 3",
        "clz-thm-d-4-explicit",
        "clz-thm-d-2",
        "clz-thm-d-4",
    ),
    PAGE.row(
        "clz-thm-d-1-a",
        "Theorem D.1: the rate in the first stage",
        factor(
            first_rate_slack,
            Domain(**TWO, **BEHIND, **SIZE, part=Log(1e-3, 1.0)),
            1.02,
            "1, at t = 0 with C₁ → 0, and all along with one output",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-59",
        printed=replace(PRINTED_RATE, consequence="Stage 1 of Appendix D.", weight=2),
    ),
    PAGE.row(
        "clz-thm-d-1-b",
        "Theorem D.1, (53): how long the first stage lasts",
        factor(
            first_time_slack,
            Domain(**TWO, **BEHIND, **SIZE),
            1.03,
            "exact",
            tolerance=1e-8,
            evaluations=80,
        ),
        "clz-eq-59",
        printed=Printed(
            Verdict.FALSE,
            print_says="t₁ ≤ ½ ln|(a₁(0) − b₁(0))/(a₁(0) + b₁(0))|",
            truth="t₁ = (1/(2σ₁)) ln|(a₁(0) − b₁(0))/(a₁(0) + b₁(0))|",
            why=LOST,
            refutation=printed_time,
            counterexample="Z = (½, 0), u = 1, v = (−0.6, 0.8): t₁ = ln 4 = 1.386, printed 0.693",
            consequence="None.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-thm-d-1-c",
        "Theorem D.1, (54): after the first stage",
        factor(
            positive_slack,
            Domain(**TWO, **BEHIND, **SIZE, later=Log(1e-6, 1e2)),
            2.3,
            "2.25: the factor is 3/16, beside two nearly equal modes",
            best=2.25,
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-59",
        printed=Printed(
            Verdict.FALSE,
            print_says="a₁b₁ = Ω((a₁(0) + b₁(0))²) for t ≥ ½ ln|2(a₁(0) − b₁(0))/(a₁(0) + b₁(0))|",
            truth="a₁b₁ ≥ (a₁(0) + b₁(0))²/12, even 3/16 of it, for t ≥ (1/(2σ₁)) ln(2/C₁)",
            why=LOST,
            refutation=printed_positive,
            counterexample="Z = (0.3, 0), u = 1, v = (−0.6, 0.8), s(0) = 0.3: at the printed time "
            "1.040 a₁b₁ = −0.364",
            consequence="None.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-eq-59",
        "Equations (55) to (60): b₁/a₁ for two layers",
        factor(
            quotient_slack,
            Domain(**TWO, **BEHIND, size=Log(1e-6, 1e2), later=Log(1e-3, 4.0)),
            1.02,
            "exact",
            tolerance=1e-8,
            evaluations=80,
        ),
        "clz-eq-b1a1",
        printed=Printed(
            Verdict.FALSE,
            print_says="b₁/a₁ = (A₂e^{2t} − 1)/(A₂e^{2t} + 1)",
            truth="b₁/a₁ = (A₂e^{2σ₁t} − 1)/(A₂e^{2σ₁t} + 1)",
            why=LOST,
            refutation=printed_quotient,
            counterexample="Z = (½, 0), u = 1, v = (−0.6, 0.8), t = 1: −0.191 against 0.298",
            consequence="Theorem D.1.",
            weight=2,
        ),
    ),
    PAGE.row(
        "clz-thm-d-2",
        "Theorem D.2, (61), (62): the direction after the first stage",
        factor(
            second_rate_slack,
            Domain(**TWO, **AHEAD, **SIZE, later=Log(1e-2, 1e2)),
            1.02,
            "1, attained by a = b in the first two modes",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-49",
    ),
    PAGE.row(
        "clz-thm-d-3",
        "Theorem D.3, (63), (64): the size where it falls for ever",
        factor(
            never_size_slack,
            Domain(
                **NEVER | {"depth": Choice(2), "gap": Uniform(0.01, 0.999)}, later=Log(1e-2, 10.0)
            ),
            1.03,
            "1, aligned, as s(0) → σ₁",
            tolerance=1e-8,
            evaluations=150,
        ),
        "clz-eq-39",
        "clz-eq-50-51",
        note="Not empty: a₁ = b₁, a_i = −b_i for i ≥ 2, and vᵀZ⁺u·s(0) ≥ 1. Elsewhere the rate "
        "can fail: with one output s₁ − s falls like te^{−2s₁t}.",
    ),
    PAGE.shared(
        "clz-thm-d-4",
        "Theorem D.4: the size where it rises",
        "clz-thm-d-4-explicit",
        "clz-thm-d-4-explicit",
        repair="As for Theorem 4.9: a bracket of either sign, and the wrong integral. With the "
        "exponential inside the integral the claim follows.",
    ),
    PAGE.row(
        "clz-thm-d-4-explicit",
        "Proof of Theorem D.4: the explicit bound on the size",
        factor(
            explicit_slack,
            Domain(
                **TWO | {"share": Uniform(1e-3, 0.9995)},
                **AHEAD,
                **RISING,
                later=Log(1e-2, 1e2),
            ),
            0.97,
            "1, as a₁b₁ → 1 and s(0) → σ₁",
            tolerance=1e-8,
            evaluations=600,
        ),
        "clz-thm-d-2",
        "clz-eq-41",
        "clz-lem-4-2-ii",
        printed=Printed(
            Verdict.FALSE,
            print_says="s ≥ s₁ − (s(0) + s₁)e^{−2s(0)t} − Be^{−2(s₁−s₂)t} with "
            "B = s(0)(s₁ + s₂)/(A(s₁ − s₂))",
            truth="s ≥ σ₁ − (σ₁ − s(0))e^{−2s(0)t} − (2(σ₁ + σ₂)s(0)/A)E, with "
            "E = (e^{−2(σ₁−σ₂)t} − e^{−2s(0)t})/(2s(0) − 2(σ₁ − σ₂))",
            why="It rests on a wrong integral.",
            refutation=printed_explicit,
            counterexample="σ = (1, 0.2), a₁ = b₁ = 0.1, the rest in the second mode, "
            "s(0) = uᵀZv, t = 3.513: s = 0.4888, bound 0.6080",
            consequence="Theorem D.4 stays true.",
        ),
    ),
    PAGE.row(
        "clz-txt-appe",
        "Appendix E: aligned starts above σ₁ fall for ever",
        factor(
            aligned_slack,
            Domain(depth=DEPTHS, top=SHAPE["top"], over=Log(1e-2, 1e2), later=Log(1e-2, 8.0)),
            1.02,
            "exact",
            tolerance=1e-8,
            evaluations=60,
        ),
        "clz-eq-4c",
        note="Exactly: 1/σ₁ − 1/s falls like e^{−Nσ₁τ}.",
    ),
)
