"""CLZ, where balanced trajectories end: Theorems 3.1, 3.4 and 3.7 with their lemmas."""

from __future__ import annotations

import numpy as np

from lindyn.ledger.clz_kept import LATER, ROUNDING
from lindyn.ledger.model import Domain, Integer, Log, Row, Searched, Uniform
from lindyn.ledger.rank_one_states import STARTS, diagonal
from lindyn.ledger.writing import Page, factor

PAGE = Page("clz/limits")


def limit_slack(shift, **case) -> float | None:
    """Theorem 3.1 (I): after a long natural time W is σ_{k+1}u_{k+1}v_{k+1}ᵀ."""
    at = diagonal(**case)
    k = case["vanishing"]
    if at is None or k + shift >= at.sigma.size:
        return None
    sigma = at.sigma
    gap = sigma[k] - sigma[k + 1] if k + 1 < sigma.size else sigma[k]
    record = at.flow.at_natural_time(40 / gap + 40 / sigma[k])
    target = np.zeros(record.W.shape)
    target[k + shift, k + shift] = sigma[k + shift]
    found = max(np.abs(record.W - target).max(), np.abs(at.flow.limit - target).max())
    return 1e-9 - float(found / sigma[0])


def zero_slack(t, factor, **case) -> float | None:
    """Theorem 3.1 (II): s^{2−2/N} ≤ [s₀^{2/N−2} + (2N−2)t]^{−1}, as a slack of s^{2/N−2}."""
    case["vanishing"] = case["rank"]
    at = diagonal(**case)
    if at is None:
        return None
    depth = case["depth"]
    power = 2 - 2 / depth
    time = t * at.s**-power
    record = at.flow.at(time)
    fall = power * (np.log(at.s) - record.log_s)
    growth = np.expm1(min(fall, 700.0))  # of (s₀/s)^{2−2/N}
    return float(growth / ((2 * depth - 2) * t) - factor)


def floor_slack(later, factor, **case) -> float | None:
    """Lemma 3.2: s ≥ min(s₀, uᵀZv at the start), if that is positive."""
    at = diagonal(**case)
    if at is None or at.rayleigh <= 1e-9 * at.sigma[0]:
        return None
    record = at.flow.at_natural_time(later / at.sigma[0])
    return float(record.s / min(at.s, at.rayleigh) - factor)


def slow_fall_slack(later, factor, **case) -> float | None:
    """Equation (30): s^{2/N−1} ≤ s₀^{2/N−1} + (N−2)(s₀ − λ₀)t while uᵀZv ≤ 0."""
    at = diagonal(**case)
    if at is None or case["depth"] < 3 or at.rayleigh >= 0:
        return None
    record = at.flow.at_natural_time(later / at.sigma[0])
    if record.s > at.s or not 0 < record.t < 1e280:
        return None
    power = 1 - 2 / case["depth"]
    growth = np.expm1(power * (np.log(at.s) - record.log_s)) * at.s**-power
    return float(factor - growth / ((case["depth"] - 2) * (at.s - at.rayleigh) * record.t))


_LONG = {name: STARTS[name] for name in STARTS} | {"ratio": Uniform(0.1, 0.9)}

ROWS: tuple[Row, ...] = (
    PAGE.row(
        "clz-thm-3-1-i",
        "Theorem 3.1 (I): the limit is the first saddle whose sum does not vanish",
        Searched(
            limit_slack,
            Domain(**_LONG),
            {"shift": 0},
            {"shift": 1},
            evaluations=300,
        ),
        "own-square-closed-form",
        "clz-prop-2-2-4",
        "clz-prop-2-2-5",
        "clz-lem-3-2",
        "clz-lem-3-5-b",
        "clz-lem-3-6",
        repair="Step 4 gives no reason for ṡ(t_n) → 0; s → s̄ alone is none. It follows from "
        "Theorem B.3, since the limit is a critical point, or because uᵀZv converges.",
    ),
    PAGE.row(
        "clz-thm-3-1-ii",
        "Theorem 3.1 (II): if all sums vanish, the limit is 0",
        factor(
            zero_slack,
            Domain(**STARTS, t=Log(1e-3, 1e6)),
            1.03,
            "attained where u and v are orthogonal to all singular vectors",
            tolerance=1e-7,
            evaluations=250,
        ),
        "clz-prop-2-2-4",
        "clz-eq-4c",
    ),
    PAGE.shared(
        "clz-thm-3-1-ii-rate",
        "Remark 3.9: the rate of Theorem 3.1 (II)",
        "clz-thm-3-1-ii",
        "clz-thm-3-1-ii",
        note="Exponent and constant are right in the end if u or v has a part outside the singular "
        "vectors of Z; else uᵀZv tends to −σ_i < 0 and the fall is faster.",
    ),
    PAGE.row(
        "clz-lem-3-2",
        "Lemma 3.2: starts in R_b keep rank one in the limit",
        factor(
            floor_slack,
            Domain(**STARTS, **LATER),
            1.02,
            "min(s(0), u(0)ᵀZv(0)) is attained",
            tolerance=ROUNDING,
            evaluations=250,
        ),
        "clz-prop-2-2-2",
        "clz-eq-4c",
        note="With the floor min(s(0), u(0)ᵀZv(0)). (In the proof t₂ is printed for t₀.)",
    ),
    PAGE.shared("clz-eq-5", "Equation (5): the step of Lemma 3.2", "clz-lem-3-2"),
    PAGE.shared(
        "clz-thm-3-4",
        "Theorem 3.4: almost every start in R_b ends at the global minimiser",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        note="The exceptional set is exactly a₁ + b₁ = 0.",
    ),
    PAGE.shared(
        "clz-lem-3-5-a",
        "Lemma 3.5, (6) and (7): the vectors come to rest along a sequence",
        "clz-thm-3-1-i",
        "clz-eq-23",
        "clz-eq-30",
        repair="Case 1 gives no reason for d(uᵀZv)/dt → 0; convergence alone is none. It follows "
        "from Theorem B.3; a sequence of times serves as well. (H_b is printed for R_b.)",
    ),
    PAGE.shared("clz-lem-3-5-b", "Lemma 3.5, (8)", "clz-thm-3-1-i", "clz-lem-3-5-a"),
    PAGE.shared("clz-lem-3-6", "Lemma 3.6: uᵀZv → σ_{k+1} fixes the vectors", "clz-thm-3-1-i"),
    PAGE.shared(
        "clz-thm-3-7",
        "Theorem 3.7: every start in G_b ends at the global minimiser",
        "clz-thm-3-1-i",
        "clz-thm-3-1-i",
        "clz-def-gb",
        repair="The same step as in Theorem 3.1.",
    ),
    PAGE.row(
        "clz-eq-30",
        "Equations (29), (30): how fast s can fall while uᵀZv ≤ 0",
        factor(
            slow_fall_slack,
            Domain(**STARTS | {"depth": Integer(3, 9)}, **LATER),
            0.97,
            "attained as t → 0",
            tolerance=1e-7,
            evaluations=300,
        ),
        "clz-eq-4c",
        "clz-prop-2-2-2",
    ),
    PAGE.shared(
        "clz-eq-31", "Equation (31): the sequence of Lemma 3.5", "clz-thm-3-1-i", "clz-eq-30"
    ),
    PAGE.shared(
        "clz-eq-33-38", "Equations (32)–(38): the steps of Lemma 3.6", "clz-thm-3-1-i", "clz-eq-26"
    ),
)
