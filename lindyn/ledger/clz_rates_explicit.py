"""CLZ, rates after the first stage: the explicit bound on the size behind Theorem 4.9."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lindyn.bounds.clz import BOUNDS
from lindyn.ledger.clz_rates import LATE_ENOUGH, RISING, rising_launch
from lindyn.ledger.model import Domain, Printed, Row, Symbolic, Uniform, Verdict
from lindyn.ledger.rank_one_starts import AHEAD, DEEPER, LONGEST
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/rates")


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


ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-thm-4-9-explicit",
        "Proof of Theorem 4.9: the explicit bound on the size",
        factor(
            explicit_slack,
            Domain(**DEEPER | {"share": Uniform(1e-3, 0.9995)}, **AHEAD, **RISING, **LATE_ENOUGH),
            0.97,
            "1, as a₁b₁ → 1 and s(0) → σ₁",
            tolerance=1e-8,
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
    PAGE.row(
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
)
